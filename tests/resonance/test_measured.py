"""The Laplace resonance on the built-in ephemeris.

Authority: published (values from theory L1.2 and JPL jup365, Lainey et al. 2006; nodes of IAU 2009; where a source has
an error or a last digit, that is the tolerance), law (d'Alembert's rules, the Laplace relation) and independent (JPL's
own vectors, every 20 days).
"""

from pathlib import Path

import numpy as np
import pytest

from perijove.bodies.galilean import GALILEAN_MEAN_MOTIONS_DEG_DAY
from perijove.bodies.jupiter import JUPITER_SYSTEM_ANGLES_DEG
from perijove.constants import AU_KM, J2000_JD, SECONDS_PER_DAY
from perijove.ephemeris.galilean import SPAN_TDB, galilean_states
from perijove.errors import InputError
from perijove.export.resonance_record import RESONANCE_KEYS, resonance_key_table, resonance_record
from perijove.resonance.conjunctions import first_conjunctions
from perijove.resonance.elements import equatorial_states, osculating_elements
from perijove.resonance.measured import MOONS, ResonanceReport, _mean_motion, resonance_report
from perijove.resonance.slow_motion import laplace_angle_deg, laplace_series_deg, moon_gm_km3_s2, slow_motion

pytestmark = pytest.mark.slow  # years of moons, integrated and measured

YEAR_S = 365.25 * SECONDS_PER_DAY


@pytest.fixture(scope="module")
def report() -> ResonanceReport:
    low, high = SPAN_TDB
    return resonance_report(galilean_states, start_tdb=low, years=(high - low) / YEAR_S)


def test_mean_motions(report: ResonanceReport) -> None:
    for moon, published in zip(report.moons, GALILEAN_MEAN_MOTIONS_DEG_DAY.values(), strict=True):
        assert moon.mean_motion_deg_day.value == pytest.approx(published, abs=2e-6)  # 0.1 deg in 140 years
        assert 0.0 < moon.mean_motion_deg_day.sigma < 1e-6
    assert report.moons[0].period_h.value == pytest.approx(42.459, abs=5e-4)


def test_conjunction_rates_are_equal(report: ResonanceReport) -> None:
    first, second = report.conjunction_rate_io_europa_deg_day, report.conjunction_rate_europa_ganymede_deg_day
    assert first.value == pytest.approx(0.73951, abs=5e-6)
    assert abs(report.laplace.rate_deg_day.value) < 1e-7
    assert abs(report.laplace.rate_deg_day.value) < 4.0 * report.laplace.rate_deg_day.sigma
    assert first.value == pytest.approx(second.value, abs=1e-7)
    # The eccentricities turn at the rate at which the longitudes say that conjunctions do.
    motions = [moon.mean_motion_deg_day for moon in report.moons]
    error = np.hypot(motions[0].sigma, 2.0 * motions[1].sigma) + first.sigma
    assert motions[0].value - 2.0 * motions[1].value == pytest.approx(first.value, abs=4.0 * error)


def test_laplace_angle(report: ResonanceReport) -> None:
    laplace = report.laplace
    assert laplace.mean_deg.value == pytest.approx(180.0, abs=0.02)
    assert 0.40 < laplace.osculating_half_range_deg < 0.50
    libration = laplace.free_libration
    assert 2050.0 < libration.period_days.value < 2070.0
    assert 0.02 < libration.amplitude_deg.value < 0.05
    assert libration.period_days.sigma < 1.0
    assert libration.amplitude_deg.sigma < 1e-3
    assert laplace.residual_rms_deg < 4e-3
    strongest, second = laplace.forced[:2]
    assert strongest.argument == "l1 - 2 l2 + free pericentre of Ganymede"
    assert (strongest.period_days.value, strongest.amplitude_deg.value) == pytest.approx(
        (482.0, 0.17), rel=3e-3, abs=5e-3
    )
    assert second.argument == "l1 - 2 l2 + free pericentre of Callisto"
    assert (second.period_days.value, second.amplitude_deg.value) == pytest.approx((485.6, 0.09), rel=3e-3, abs=5e-3)


def test_lines_make_up_the_angle(report: ResonanceReport) -> None:
    slow = laplace_series_deg(report.motion) - 180.0
    left = slow - report.laplace_lines.values(report.motion.days)
    assert np.sqrt(np.mean(left**2)) == pytest.approx(report.laplace.residual_rms_deg, rel=1e-6)


def test_eccentricities(report: ResonanceReport) -> None:
    io, europa, ganymede, callisto = report.moons
    assert 0.0041 < io.forced_eccentricity.value < 0.0042
    assert io.forced_eccentricity.sigma < 1e-6
    assert europa.forced_eccentricity.value == pytest.approx(0.00936, abs=5e-6)
    assert ganymede.forced_eccentricity.value == pytest.approx(0.00059, abs=5e-6)
    assert ganymede.free_eccentricity.value == pytest.approx(0.0014, abs=5e-5)
    assert callisto.free_eccentricity.value == pytest.approx(0.0074, abs=5e-5)
    assert io.free_eccentricity.value < 2e-5
    rates = [moon.pericenter_deg_day.value for moon in report.moons]
    assert rates == sorted(rates, reverse=True)
    assert all(moon.pericenter_deg_day.sigma < 2e-4 for moon in report.moons)


def test_inclinations_and_nodes(report: ResonanceReport) -> None:
    published = [JUPITER_SYSTEM_ANGLES_DEG[name][1] / 36525.0 for name in ("J3", "J4", "J5", "J6")]
    for moon, rate, digits in zip(report.moons, published, (3e-4, 3e-4, 4e-5, 2e-4), strict=True):
        assert -moon.node_deg_day.value == pytest.approx(rate, abs=digits), moon.name
    assert report.moons[0].free_inclination_deg.value == pytest.approx(0.036, abs=2e-3)
    assert report.moons[1].free_inclination_deg.value == pytest.approx(0.468, abs=5e-3)
    assert report.moons[2].free_inclination_deg.value == pytest.approx(0.188, abs=5e-3)
    tilts = [moon.forced_inclination_deg.value for moon in report.moons]
    assert tilts == sorted(tilts)  # the Sun tilts the Laplace plane of far moons more


def test_resonant_angles(report: ResonanceReport) -> None:
    centers = [angle.center_deg for angle in report.resonant_angles]
    assert centers[:3] == pytest.approx([0.0, 180.0, 0.0], abs=0.1)
    assert [angle.librates for angle in report.resonant_angles] == [True, True, True, False]
    assert np.isnan(centers[3])


def test_a_third_of_the_span_finds_the_same(report: ResonanceReport) -> None:
    """Lines that 140 years tell apart merge in 45; what is left must still be found."""
    half = resonance_report(galilean_states, start_tdb=0.0, years=45.0)
    assert half.laplace.mean_deg.value == pytest.approx(180.0, abs=0.02)
    assert half.moons[0].forced_eccentricity.value == pytest.approx(report.moons[0].forced_eccentricity.value, abs=3e-6)
    assert half.laplace.free_libration.period_days.value == pytest.approx(2059.0, abs=6.0)


def test_what_a_short_span_cannot_tell_is_not_told() -> None:
    """Fifteen years: the Laplace angle is there, the modes of centuries are not."""
    short = resonance_report(galilean_states, start_tdb=0.0, years=15.0)
    assert 2040.0 < short.laplace.free_libration.period_days.value < 2080.0
    assert 0.02 < short.laplace.free_libration.amplitude_deg.value < 0.05
    assert short.moons[0].forced_eccentricity.value == pytest.approx(0.004155, abs=2e-6)
    callisto = resonance_record(short, [])["moons"][3]  # type: ignore[index]
    assert callisto["node_deg_day"] == pytest.approx(-0.001728)
    assert callisto["node_deg_day_sigma"] is None
    assert callisto["free_inclination_deg"] is None


def test_json_has_the_documented_keys(report: ResonanceReport) -> None:
    product = resonance_record(report, [])
    seen: set[str] = set()

    def walk(value: object, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path}.{key}" if path else key)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            walk(value[0], f"{path}[]")
        else:
            seen.add(path)

    walk(product, "")
    documented = {
        path + ending
        for path, text in RESONANCE_KEYS.items()
        for ending in (("", "_sigma") if text.endswith(" *") else ("",))
        if not path.startswith("removals")
    }
    assert seen - {"removals"} == documented
    assert "`laplace_angle.mean_deg` and `_sigma`" in resonance_key_table()


def test_short_spans_and_ends_are_refused() -> None:
    with pytest.raises(InputError, match="12 or more"):
        resonance_report(galilean_states, start_tdb=0.0, years=11.0)
    with pytest.raises(InputError, match="1930 to 2070"):
        resonance_report(galilean_states, start_tdb=0.0, years=80.0)


def test_where_the_third_moon_stands() -> None:
    """A Laplace angle of 180 deg: 90 deg from Io and Europa, opposite Europa and Ganymede; equations of centre ± 2."""
    first, second, third = first_conjunctions(galilean_states, 8e8)
    for conjunction in (first, second, third):
        inner, outer = (MOONS.index(name) for name in conjunction.pair)
        assert abs(conjunction.longitude_deg[inner] - conjunction.longitude_deg[outer]) < 1e-5
        assert 8e8 < conjunction.tdb < 8e8 + 7.2 * SECONDS_PER_DAY
    away = [(c.longitude_deg - c.longitude_deg[MOONS.index(c.pair[0])]) % 360.0 for c in (first, second, third)]
    assert away[0][2] % 180.0 == pytest.approx(90.0, abs=2.0)
    assert away[1][0] == pytest.approx(180.0, abs=3.0)
    assert min(abs(away[2][1] - place) for place in (60.0, 180.0, 300.0)) < 2.0
    # Io at its pericentre, Europa at its apocentre.
    assert first.pericenter_longitude_deg[0] == pytest.approx(first.longitude_deg[0] % 360.0, abs=2.0)
    assert (first.pericenter_longitude_deg[1] + 180.0) % 360.0 == pytest.approx(first.longitude_deg[1] % 360.0, abs=5.0)


@pytest.mark.data
def test_jpl_vectors_say_the_same(data_dir: Path, report: ResonanceReport) -> None:
    """Laplace angle from JPL's own vectors every 20 days: their range lies in ours, their mean is ours."""
    tables = [
        np.loadtxt(data_dir / "ephemeris" / f"horizons_jup365_{moon.lower()}.csv", delimiter=",", skiprows=1)
        for moon in MOONS
    ]
    per_second = AU_KM * np.array([1.0, 1.0, 1.0, *[1.0 / SECONDS_PER_DAY] * 3])
    states = np.stack([table[:, 1:] * per_second for table in tables], axis=1)
    elements = osculating_elements(equatorial_states(states), gm_km3_s2=moon_gm_km3_s2())
    angle = laplace_angle_deg(elements.mean_longitude_deg)
    assert angle.mean() == pytest.approx(report.laplace.mean_deg.value, abs=0.01)
    assert 0.9 * report.laplace.osculating_half_range_deg < 0.5 * np.ptp(angle)
    assert 0.5 * np.ptp(angle) <= report.laplace.osculating_half_range_deg + 1e-3
    days = tables[0][:, 0] - J2000_JD
    for k, moon in enumerate(report.moons):
        left = elements.mean_longitude_deg[:, k] - moon.mean_motion_deg_day.value * days
        left = np.unwrap(left, period=360.0)
        assert np.polyfit(days, left, 1)[0] == pytest.approx(0.0, abs=2e-7), moon.name  # 0.01 deg in 140 years
    ours = galilean_states(days[:50] * SECONDS_PER_DAY)
    assert laplace_angle_deg(
        osculating_elements(equatorial_states(ours), gm_km3_s2=moon_gm_km3_s2()).mean_longitude_deg
    ) == pytest.approx(angle[:50], abs=0.02)


@pytest.mark.parametrize(("years", "starts"), [(15.0, (-69.0, -41.0, -13.0, 15.0, 43.0)), (50.0, (-69.0, 11.0))])
def test_short_spans_say_how_little_they_know(report: ResonanceReport, years: float, starts: tuple[float, ...]) -> None:
    """Held data: what spans of 15 and 50 years say, against the 140 years that tell all lines apart.

    Half a year of Jupiter is 114 years from beating with the libration once: with the errors of the fit alone these
    spans miss by up to 30 (period) and 200 (amplitude) of them.
    """
    missed = []
    for start in starts:
        short = resonance_report(galilean_states, start_tdb=start * YEAR_S, years=years)
        for moon, known in zip(short.moons, report.moons, strict=True):
            rate = moon.mean_motion_deg_day
            assert abs(rate.value - known.mean_motion_deg_day.value) < 3.0 * rate.sigma < 2e-4
        laplace = short.laplace
        assert abs(laplace.rate_deg_day.value) < 3.0 * laplace.rate_deg_day.sigma < 2e-5  # Laplace's relation is exact
        period, amplitude = laplace.free_libration.period_days, laplace.free_libration.amplitude_deg
        missed.append([(period.value - 2059.0) / period.sigma, (amplitude.value - 0.0302) / amplitude.sigma])
        missed[-1].append((laplace.mean_deg.value - 180.0) / laplace.mean_deg.sigma)
    rms = np.sqrt(np.mean(np.square(missed), axis=0))
    assert np.all(rms[:2] < 1.7)  # five draws of a normal deviate pass 1.7 in one case of 30
    assert np.all(rms[:2] > 0.5)
    assert rms[2] < 1.7 if years < 20.0 else rms[2] < 3.0


def test_a_slow_line_does_not_take_the_mean_motion_s_place() -> None:
    """Held data: in 15 years from 2031 a line slower than the span once left Europa 0.02 deg per day off."""
    motion = slow_motion(galilean_states, start_tdb=31.0 * YEAR_S, years=15.0)
    rate = _mean_motion(motion.mean_longitude_deg[:, 1], motion.step_days)
    assert rate.value == pytest.approx(GALILEAN_MEAN_MOTIONS_DEG_DAY["EUROPA"], abs=1e-5)
    assert abs(rate.value - GALILEAN_MEAN_MOTIONS_DEG_DAY["EUROPA"]) < 2.0 * rate.sigma
