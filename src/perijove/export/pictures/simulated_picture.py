"""Simulated pictures on disk: the mission site's PNG and JSON, and the truth beside them."""

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from perijove.ephemeris.solutions import SOLUTIONS
from perijove.export.answer import answer_json
from perijove.export.atomic import ProductSet
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.simulator.label import SIMULATED
from perijove.simulator.simulation import SimulatedPicture
from perijove.timescales import tdb_to_utc

__all__ = ["truth_record", "write_product"]

_COMPRESSION = 4  # of the PNG: noise does not pack; higher levels cost seconds for 3 %


def _rows(values: np.ndarray, digits: int) -> list[object]:
    """Nested lists with rounded numbers; NaN becomes null."""
    if values.ndim > 1:
        return [_rows(row, digits) for row in values]
    return [None if np.isnan(value) else round(float(value), digits) for value in values]


def _ra_dec_deg(direction: np.ndarray) -> list[float]:
    """Right ascension and declination of an ICRF direction, as ``perijove process --spin-axis`` takes them."""
    dec, ra = planetocentric_deg(direction)
    return [round(float(ra) % 360.0, 6), round(float(dec), 6)]


def truth_record(picture: SimulatedPicture) -> dict[str, object]:
    """What the simulator knows, ready for JSON: what a processed picture is to be compared with."""
    truth, scenario = picture.truth, picture.scenario
    poses = truth.poses
    middle = len(poses.times_tdb) // 2
    position = poses.position_km[middle]
    distance = float(np.linalg.norm(position))
    axis = None if scenario.spin_axis is None else list(scenario.spin_axis)
    return {
        "simulated": True,
        "product_id": picture.product_id,
        "seed": picture.seed,
        "start_offset_s": truth.start_offset_s,
        "extra_delay_ms": scenario.extra_delay_ms,
        "spin_deg_s": truth.spin_deg_s,
        "spin_phase_deg": truth.spin_phase_deg,
        "spin_epoch_tdb": truth.spin_epoch_tdb,
        "spin_axis_icrf": axis,
        "spin_axis_ra_dec_deg": None if axis is None else _ra_dec_deg(np.array(axis)),
        "axis_tilt_deg": list(scenario.axis_tilt_deg),
        "focal_length_px": truth.focal_length_px,
        "psf_sigma_px": scenario.psf_sigma_px,
        "phase_deg": float(np.degrees(np.arccos(position @ poses.sun[middle] / distance))),
        "range_km": distance,
        "frames": [
            {
                "frame": k + 1,
                "mid_time_utc": tdb_to_utc(float(poses.times_tdb[k])),
                "position_body_fixed_km": _rows(poses.position_km[k], 6),
                "body_to_camera": _rows(truth.view.body_to_camera[k], 12),
                "sun_body_fixed": _rows(poses.sun[k], 12),
            }
            for k in range(len(poses.times_tdb))
        ],
        "framelets": [
            {
                "index": k,
                "frame": picture.frames[k],
                "filter": picture.filters[k],
                "body_px": int(truth.body_px[k]),
                "disc_center_px": _rows(truth.disc_center_px[k], 5),
                "disc_center_undistorted_px": _rows(truth.disc_center_undistorted_px[k], 5),
            }
            for k in range(len(picture.filters))
        ],
        "dn_per_radiance_factor": dict(truth.dn_per_radiance_factor),
        "changes": picture.changes.record(),
    }


def write_product(
    picture: SimulatedPicture,
    folder: str | Path,
    *,
    overwrite: bool = False,
    truth: bool = False,
    command: str | None = None,
) -> tuple[Path, ...]:
    """Write a picture as the mission site has them.

    Parameters
    ----------
    picture : SimulatedPicture
    folder : str or Path
        Made if missing.
    overwrite : bool
        Whether older files of the same names may be replaced.
    truth : bool
        Also write `truth_record` as ``<product>-Truth.json``.
    command : str, optional
        The command that asked for it; None from Python.

    Returns
    -------
    tuple of Path
        ``<product>-raw.png``, ``<product>-Metadata.json`` and, if asked for, the truth. Label and PNG say in words
        that the picture is simulated; to the mission's keywords of the label comes `provenance`.

    Raises
    ------
    OutputExistsError
        Where a file stands in the way.
    WriteError
        Where the files cannot be written; none is then left behind.
    """
    records = {"Metadata": picture.metadata} | ({"Truth": truth_record(picture)} if truth else {})
    words = PngInfo()
    words.add_text("Title", f"{picture.product_id} (simulated)")
    words.add_text("Description", str(picture.metadata["DESCRIPTION"]))
    words.add_text("Disclaimer", SIMULATED)
    with ProductSet(Path(folder), overwrite=overwrite) as products:
        stacked = picture.codes.reshape(-1, picture.codes.shape[2])
        path = products.path(f"{picture.product_id}-raw.png")
        Image.fromarray(stacked).save(path, "PNG", pnginfo=words, compress_level=_COMPRESSION)
        for kind, record in records.items():
            text = answer_json(record, command=command, ephemeris=SOLUTIONS["jup365"].title)
            products.path(f"{picture.product_id}-{kind}.json").write_text(text, encoding="utf-8")
    return tuple(products.folder / name for name in products.names)
