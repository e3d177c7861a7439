"""Tables of positions.

Authority: law (what was written is read, in km and TDB), regression (one line for each fault, with file and line).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.constants import AU_KM
from perijove.errors import FormatError, InputError
from perijove.formats.position_table import read_position_table

PLAIN = "jd_tdb,x_km,y_km,z_km\n2451545.5,1,2,3\n2451545.0,4,5,6\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "io.csv"
    path.write_bytes(text.encode())
    return path


def test_kilometres_with_errors_and_comments(tmp_path: Path) -> None:
    text = "\ufeff# made up\njd_tdb,x_km,y_km,z_km,sigma_km\n2451546.0,1,2,3,0.5\n\n# later\n2451545.0,4,5,6,0.25\n"
    table = read_position_table(written(tmp_path, text))
    assert table.tdb == pytest.approx([0.0, 86400.0])
    assert np.array_equal(table.position_km, [[4.0, 5.0, 6.0], [1.0, 2.0, 3.0]])
    assert table.sigma_km is not None
    assert table.sigma_km == pytest.approx([0.25, 0.5])


def test_horizons_in_astronomical_units(tmp_path: Path) -> None:
    """Times keep more digits than a double of the Julian date has: 1e-9 d is 86 microseconds."""
    text = "jd_tdb,x_au,y_au,z_au,vx_au_d,vy_au_d,vz_au_d\r\n2426545.000000001,1e-3,-2E-03,0,7,8,9\r\n"
    table = read_position_table(written(tmp_path, text))
    assert table.tdb[0] + 25000.0 * 86400.0 == pytest.approx(86.4e-6, abs=3e-7)
    assert table.position_km[0] == pytest.approx(AU_KM * np.array([1e-3, -2e-3, 0.0]), rel=1e-15)
    assert table.sigma_km is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("jd_tdb,x_km,y_km,z_km\n", "no rows"),
        ("jd,x,y,z\n1,2,3,4\n", "give a header"),
        ("jd_tdb,x_km,y_km,z_au\n1,2,3,4\n", "give a header"),
        (PLAIN + "2451547,1,2\n", "line 4: has 3 columns"),
        (PLAIN + "2451547,1,2,three\n", "line 4: '2451547,1,2,three' is not"),
        (PLAIN + "2024-12-27,1,2,3\n", "line 4"),
        (PLAIN + "2451547,1,nan,3\n", "line 4: not all numbers are finite"),
        (PLAIN + "2451545.5,1,2,4\n", "lines 2 and 4 have one time"),
        ("jd_tdb,x_km,y_km,z_km,sigma_km\n2451547,1,2,3,0\n", "line 2: sigma_km 0.0 is not 1e-09 or more"),
        ("\x00\x01", "give a header"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FormatError, match=r"io\.csv") as caught:
        read_position_table(written(tmp_path, text))
    assert says in str(caught.value)


# Layout of Horizons API version 1.2, vectors of Io (501) from 500@599 as CSV; shortened.
HORIZONS = """*******************************************************************************
 Revised: Jul 31, 2013             Io / (Jupiter)                           501
*******************************************************************************
Target body name: Io (501)                        {source: jup365_merged}
Center body name: Jupiter (599)                   {source: jup365_merged}
Center-site name: BODY CENTER
*******************************************************************************
Start time      : A.D. 2000-Jan-01 12:00:00.0000 TDB
Output units    : AU-D
Calendar mode   : Mixed Julian/Gregorian
Output type     : GEOMETRIC cartesian states
Output format   : 2 (position and velocity)
Reference frame : ICRF
*******************************************************************************
            JDTDB,            Calendar Date (TDB),                  X,                  Y,                  Z,
*******************************************************************************
$$SOE
2451545.000000000, A.D. 2000-Jan-01 12:00:00.0000,  2.671925E-03,  7.644388E-04,  4.091146E-04,
2451546.000000000, A.D. 2000-Jan-02 12:00:00.0000, -2.1E-03, -1.6E-03, -8.0E-04,
$$EOE
*******************************************************************************
"""


def test_tables_as_horizons_prints_them(tmp_path: Path) -> None:
    """Published: Io at J2000, 399,714, 114,358 and 61,203 km of jup365 to seven digits of au."""
    table = read_position_table(written(tmp_path, HORIZONS))
    assert table.tdb == pytest.approx([0.0, 86400.0])
    assert table.position_km[0] == pytest.approx([399714.3, 114358.4, 61202.7], abs=0.1)
    kilometres = read_position_table(written(tmp_path, HORIZONS.replace("AU-D", "KM-S")))
    assert kilometres.position_km[1] == pytest.approx([-2.1e-3, -1.6e-3, -8.0e-4])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("$$EOE", "", "cut off"),
        ("Jupiter (599)", "Sun (10)", "Center body name is 'Sun (10)'"),
        (": ICRF", ": Ecliptic of J2000.0", "Reference frame is 'Ecliptic of J2000.0'"),
        ("GEOMETRIC cartesian", "LT+S cartesian", "Output type is 'LT+S cartesian states'"),
        ("AU-D", "furlongs", "units AU-D or KM-S"),
        ("JDTDB,", "Date", "as CSV"),
        ("7.644388E-04,  4.091146E-04,", "", "line 18: has 4 columns"),
        ("7.644388E-04", "n.a.", "line 18"),
    ],
)
def test_other_tables_of_horizons_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(FormatError, match=r"io\.csv") as caught:
        read_position_table(written(tmp_path, HORIZONS.replace(old, new, 1)))
    assert says in str(caught.value)


def test_what_is_no_text_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_position_table(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_position_table(tmp_path)
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\xff\xfe")
    with pytest.raises(FormatError, match="not a text file"):
        read_position_table(tmp_path / "picture.csv")
