"""A pass of simulated frames on disk: products with their archive's errors, attitude kernel, truth."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from perijove.bodies.jiram import JIRAM, JIRAM_BANDS, JIRAM_SPACECRAFT_TO_CAMERA
from perijove.constants import SPEED_OF_LIGHT_KM_S
from perijove.ephemeris.juno import arc_of
from perijove.ephemeris.orientation import icrf_to_body
from perijove.ephemeris.source import EMBEDDED
from perijove.ephemeris.spice.writing import Attitude, Trajectory, system_trajectories, write_kernel_set
from perijove.ephemeris.sun import earth_direction, sun_position_km
from perijove.simulator.jiram.detector import counts_of
from perijove.simulator.jiram.rendering import Look, band_power_w, ground_light, looks, point_light
from perijove.simulator.jiram.scene import Instrument, Pose, Volcano
from perijove.simulator.sphere_noise import fractal_noise
from perijove.timescales import tdb_to_utc

__all__ = ["PassPlan", "write_pass"]

_NAIF = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
_STEP_S = 0.5
_AROUND_S = 20.0
_FARTHEST_KM = 150_000.0
_LABEL_BYTES = 80
_PLACE_SIGMA_KM = 6.0  # of Juno beside the built-in pass
_KERNEL_LINES, _KERNEL_SAMPLES = (-5.7, 1.0), (2.7, 1.0)  # px: mean and scatter of what kernels err by
_LATE_S = (0.618, 0.0015)
_GROUND_BOX = 11
_MIRROR_TO_ORBIT = 43


@dataclass(frozen=True)
class PassPlan:
    """What is to be simulated.

    Attributes
    ----------
    perijove : int
    samples : tuple of float
        Sample on which Io's centre stands in each frame; it crosses the field along samples, that tells the time.
    exposure_s : float
    modes : tuple of int
        I-mode of each frame: 1 both bands, 2 M, 3 L.
    seed : int
    """

    perijove: int
    samples: tuple[float, ...]
    exposure_s: float
    modes: tuple[int, ...]
    seed: int


@dataclass(frozen=True, eq=False)
class _World:
    """What all frames of a pass share."""

    instrument: Instrument
    albedo: np.ndarray
    warm: Sequence[tuple[float, float, float, float]]
    volcanoes: tuple[Volcano, ...]
    powers: dict[str, dict[str, float]]


@dataclass(frozen=True, eq=False)
class _Spin:
    """Attitude by the kernel: a steady spin."""

    axis: np.ndarray
    epoch_tdb: float
    spin_deg_s: float
    zero: np.ndarray

    def attitude(self, tdb: np.ndarray | float) -> np.ndarray:
        angle = np.radians(self.spin_deg_s * (np.asarray(tdb, dtype=float) - self.epoch_tdb))
        turn = np.zeros((*np.shape(angle), 3, 3))
        turn[..., 0, 0] = turn[..., 1, 1] = np.cos(angle)
        turn[..., 0, 1], turn[..., 1, 0], turn[..., 2, 2] = np.sin(angle), -np.sin(angle), 1.0
        result: np.ndarray = turn @ self.zero
        return result


def _crossing_tdb(perijove: int, axis: np.ndarray, sample: float) -> float:
    """When Io's centre stands on a sample of a view at right angles to the spin axis, from less than 150,000 km."""
    arc = arc_of(perijove)
    times = np.linspace(arc.start_tdb + 60.0, arc.end_tdb - 60.0, 40_001)
    away = -EMBEDDED.state("JUNO", times, center="IO")[:, :3]
    distance = np.linalg.norm(away, axis=1)
    stands = 216.5 - away @ axis / distance / float(JIRAM.pixel_rad)
    return float(times[np.argmin(np.abs(stands - sample) + np.where(distance < _FARTHEST_KM, 0.0, 1e9))])


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / np.linalg.norm(vector))


def _seen(tdb: float, off_km: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Io's centre from Juno when its light left it, ICRF; light time; Juno's velocity over that of light."""
    juno = EMBEDDED.state("JUNO", tdb, center="SSB")
    light_s = 0.0
    away = np.zeros(3)
    for _ in range(4):
        away = EMBEDDED.state("IO", tdb - light_s, center="SSB")[:3] - juno[:3] - off_km
        light_s = float(np.linalg.norm(away)) / SPEED_OF_LIGHT_KM_S
    return away, light_s, juno[3:] / SPEED_OF_LIGHT_KM_S


def _aberration(away: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Rotation that takes the true direction of Io's centre to the seen one."""
    true, seen = _unit(away), _unit(_unit(away) + beta)
    axis = np.cross(true, seen)
    skew = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    return np.asarray(np.eye(3) + skew + skew @ skew / (1.0 + float(true @ seen)))


def write_pass(folder: Path, plan: PassPlan, volcanoes: Sequence[Volcano]) -> list[Path]:
    """Simulate frames of a pass and write them, with ``kernels/`` and ``truth.json``.

    Parameters
    ----------
    folder : Path
        Made; older files of the same names are replaced.
    plan : PassPlan
    volcanoes : sequence of Volcano

    Returns
    -------
    list of Path
        Labels.

    Notes
    -----
    Kernels hold what the mission's would: attitude that errs by a few pixels and, from orbit 44 on, belongs to 0.62 s
    before the label's time; Juno's own path. Not simulated: odd and even columns that answer differently to weak light
    (at 1 to 3 ms), which is 2 % of a volcano's light at most, and ghosts.
    """
    rng = np.random.default_rng(plan.seed)
    folder.mkdir(parents=True, exist_ok=True)
    albedo = np.clip(1.0 + 0.5 * fractal_noise(720, frequency=2.0, octaves=7, seed=plan.seed, gain=0.6), 0.3, 1.6)
    warm = [
        (
            float(np.degrees(np.arcsin(rng.uniform(-1, 1)))),
            float(rng.uniform(-180, 180)),
            float(rng.uniform(40, 110)),
            1e-3,
        )
        for _ in range(8)
    ]
    off_km = _PLACE_SIGMA_KM * rng.standard_normal(3)
    spin = _spin(arc_of(plan.perijove).perijove_tdb, rng)
    despun = plan.perijove <= _MIRROR_TO_ORBIT
    powers = {band: {one.name: band_power_w(one, band) for one in volcanoes} for band in JIRAM_BANDS}
    world = _World(_instrument(plan, rng), albedo, warm, tuple(volcanoes), powers)
    labels, truths, times = [], [], []
    for k, (sample, mode) in enumerate(zip(plan.samples, plan.modes, strict=True)):
        about = _crossing_tdb(plan.perijove, spin.axis, sample)
        late = 0.0 if despun else float(rng.normal(*_LATE_S))
        errors = np.array([rng.normal(*_KERNEL_SAMPLES), rng.normal(*_KERNEL_LINES)])
        tdb = _start_tdb(about, spin, off_km, late, wanted_line=float(rng.uniform(-60.0, 190.0)))
        times.append(tdb)
        pose = _pose(tdb, spin, off_km, late, errors, despun=despun)
        bands = {1: ("L", "M"), 2: ("M",), 3: ("L",)}[mode]
        label, truth = _frame(folder, plan, pose, bands, world, number=k)
        truth["kernel"] = {"late_s": late, "error_lines": errors[1], "error_samples": errors[0]}
        truth["orbit"], truth["mode"] = plan.perijove, f"SCI_I{mode}_S1"
        labels.append(label)
        truths.append(truth)
    _write_kernels(folder / "kernels", spin, np.array(times), off_km)
    (folder / "truth.json").write_text(json.dumps(truths), encoding="utf-8")
    return labels


def _instrument(plan: PassPlan, rng: np.random.Generator) -> Instrument:
    return Instrument(
        exposure_s=plan.exposure_s,
        core_px=float(rng.uniform(0.47, 0.65)),
        wing_px=float(rng.uniform(1.6, 2.3)),
        wing_share=float(rng.uniform(0.05, 0.11)),
        noise_counts=float(rng.uniform(4.5, 9.0)),
        odd_even_counts=float(rng.uniform(0.0, 8.0)),
        column_counts=float(rng.uniform(1.5, 4.5)),
        track=float(rng.uniform(2e-4, 8e-4)),
        sunlight={"L": float(rng.uniform(0.020, 0.030)), "M": float(rng.uniform(0.010, 0.020))},
        glow_w_m2_sr=float(rng.uniform(5e-4, 1.5e-3)),
    )


def _spin(tdb: float, rng: np.random.Generator) -> _Spin:
    axis = _unit(earth_direction(tdb) + np.radians(0.2) * rng.standard_normal(3))
    x = _unit(np.cross(axis, [0.3, 0.4, 0.86]))
    return _Spin(axis, tdb, float(rng.uniform(11.65, 11.95)), np.stack([x, np.cross(axis, x), axis]))


def _start_tdb(about_tdb: float, spin: _Spin, off_km: np.ndarray, late_s: float, *, wanted_line: float) -> float:
    """Next time at which Io's centre stands on a line of the M band."""
    tdb = about_tdb
    boresight = np.asarray(JIRAM_SPACECRAFT_TO_CAMERA["M"])[2]
    for _ in range(6):
        away, _, beta = _seen(tdb, off_km)
        io = spin.attitude(tdb - late_s) @ (_aberration(away, beta) @ away)
        lead = np.degrees(np.arctan2(io[1], io[0]) - np.arctan2(boresight[1], boresight[0]))
        lead -= np.degrees((64.5 - wanted_line) * float(JIRAM.pixel_rad))
        step = (lead + 180.0) % 360.0 - 180.0
        tdb += step / spin.spin_deg_s
    return tdb


def _pose(tdb: float, spin: _Spin, off_km: np.ndarray, late_s: float, errors_px: np.ndarray, *, despun: bool) -> Pose:
    away, light_s, beta = _seen(tdb, off_km)
    body = icrf_to_body("IO", tdb - light_s)
    # The true view lies beside the kernel's by its errors: a small turn about the band's own axes.
    naif = _NAIF @ np.asarray(JIRAM_SPACECRAFT_TO_CAMERA["M"])
    ifov = float(JIRAM.pixel_rad)
    about_x, about_y = -errors_px[0] * ifov, errors_px[1] * ifov
    skew = np.array([[0.0, 0.0, -about_y], [0.0, 0.0, about_x], [about_y, -about_x, 0.0]])
    left, _, right = np.linalg.svd(np.eye(3) + skew)
    error = naif.T @ (left @ right) @ naif
    jupiter = EMBEDDED.state("JUPITER", tdb - light_s, center="IO")[:3]
    return Pose(
        start_tdb=tdb,
        position_km=body @ -away,
        body_to_spacecraft=error @ spin.attitude(tdb - late_s) @ _aberration(away, beta) @ body.T,
        sun=_unit(body @ sun_position_km("IO", tdb - light_s)),
        jupiter=_unit(body @ jupiter),
        spin_deg_s=0.0 if despun else spin.spin_deg_s,
    )


def _frame(
    folder: Path, plan: PassPlan, pose: Pose, bands: tuple[str, ...], world: _World, *, number: int
) -> tuple[Path, dict[str, object]]:
    instrument, powers = world.instrument, world.powers
    count_w = 1.0 / (float(JIRAM.counts_per_radiance_s) * instrument.exposure_s)
    light, limb, seen_by = {}, {}, {}
    truth: dict[str, dict[str, object]] = {}
    for band in bands:
        ground, seen = ground_light(pose, band, instrument, world.albedo, warm=world.warm)
        limb[band] = int(np.count_nonzero((seen > 0.0) & (seen < 1.0)))
        rms = _roughness(ground / count_w)
        found = looks(pose, band, world.volcanoes, powers[band], plan.seed + number)
        light[band] = ground
        seen_by[band] = [(look, _add(light[band], look, pose, instrument)) for look in found]
        for k, (look, drawn) in enumerate(seen_by[band]):
            others = [np.hypot(o.sample - look.sample, o.line - look.line) for i, o in enumerate(found) if i != k]
            over = _brightest(light[band] / count_w, look, instrument, pose)
            row, column = round(look.line) - 1, round(look.sample) - 1
            inside = 0 <= row < 128 and 0 <= column < 432
            ground_rms = float(rms[row, column]) if inside else 0.0
            peak = float(drawn[0] / count_w)
            record = truth.setdefault(look.volcano.name, _source(look.volcano, powers))
            record["seen"].append(  # type: ignore[attr-defined]
                {
                    "band": band,
                    "sample": look.sample,
                    "line": look.line,
                    "emission_deg": look.emission_deg,
                    "incidence_deg": look.incidence_deg,
                    "slant_km": look.slant_km,
                    "in_frame": 0.5 <= look.sample < 432.5 and 0.5 <= look.line < 128.5,
                    "peak_dn": peak,
                    "sum_dn": look.radiance_sum / count_w,
                    "of_sum": float(drawn[1]),
                    "diameter_px": look.diameter_px,
                    "noise_dn": instrument.noise_counts,
                    "ground_rms_dn": ground_rms,
                    "nonlinear": bool(over > JIRAM.nonlinear_counts),
                    "saturated": bool(over > JIRAM.saturated_counts),
                    "neighbour_px": float(min(others, default=999.0)),
                    "snr": peak / instrument.noise_counts,
                    "contrast": peak / float(np.hypot(instrument.noise_counts, ground_rms)),
                }
            )
    counts = counts_of(light, instrument, np.random.default_rng((plan.seed, number)), np.random.default_rng(plan.seed))
    name = _product_name(pose.start_tdb)
    values = np.concatenate([counts[band] for band in bands]) * count_w
    label = _write_product(folder / name, plan, pose, bands, values, number=number)
    centre = {band: _center(pose, band) for band in JIRAM_BANDS}
    return label, {
        "product_id": name,
        "io_center": centre,
        "limb_pixels": {band: limb.get(band, 0) for band in JIRAM_BANDS},
        "read_noise_dn": instrument.noise_counts,
        "smear_lines": float(np.radians(pose.spin_deg_s) * instrument.exposure_s / float(JIRAM.pixel_rad)),
        "psf": {"core_sigma_px": instrument.core_px},
        "sources": list(truth.values()),
    }


def _source(volcano: Volcano, powers: dict[str, dict[str, float]]) -> dict[str, object]:
    per_um = {
        f"{band.lower()}_spectral_gw_um": powers[band][volcano.name] / 1e9 / float(JIRAM_BANDS[band].width_um)
        for band in JIRAM_BANDS
    }
    return {"id": volcano.name, "lat_deg": volcano.lat_deg, "lon_east_deg": volcano.lon_east_deg, **per_um, "seen": []}


def _add(light: np.ndarray, look: Look, pose: Pose, instrument: Instrument) -> tuple[float, float]:
    """Add a volcano's light; its brightest pixel, and which part of all falls on the detector."""
    window, (line, sample) = point_light(look, pose, instrument)
    rows = np.arange(line, line + window.shape[0]) - 1
    columns = np.arange(sample, sample + window.shape[1]) - 1
    r, c = (rows >= 0) & (rows < 128), (columns >= 0) & (columns < 432)
    inner = window[np.ix_(r, c)]
    light[np.ix_(rows[r], columns[c])] += inner
    return float(inner.max(initial=0.0)), float(inner.sum() / look.radiance_sum) if look.radiance_sum else 0.0


def _brightest(counts: np.ndarray, look: Look, instrument: Instrument, pose: Pose) -> float:
    smear = np.radians(pose.spin_deg_s) * instrument.exposure_s / float(JIRAM.pixel_rad)
    half_x, half_y = 1.5 + 0.5 * look.diameter_px, 1.5 + 0.5 * (smear + look.diameter_px)
    rows, columns = np.ogrid[1:129, 1:433]
    near = (np.abs(columns - look.sample) < half_x) & (np.abs(rows - look.line) < half_y)
    return float(counts[near].max()) if near.any() else 0.0


def _roughness(ground: np.ndarray) -> np.ndarray:
    """Scatter of the ground's counts about their mean over a box."""
    mean = ndimage.uniform_filter(ground, _GROUND_BOX)
    return np.asarray(np.sqrt(np.maximum(ndimage.uniform_filter(ground**2, _GROUND_BOX) - mean**2, 0.0)))


def _center(pose: Pose, band: str) -> list[float]:
    x, y, z = _NAIF @ np.asarray(JIRAM_SPACECRAFT_TO_CAMERA[band]) @ pose.body_to_spacecraft @ -pose.position_km
    ifov = float(JIRAM.pixel_rad)
    return [float(216.5 - y / z / ifov), float(64.5 - x / z / ifov)]


def _product_name(tdb: float) -> str:
    """The name's time is 1.5 to 2.2 s later than the start."""
    text = tdb_to_utc(tdb + 1.8, digits=0)
    day = (np.datetime64(text[:10]) - np.datetime64(f"{text[:4]}-01-01")).astype(int) + 1
    return f"JIR_IMG_RDR_{text[:4]}{day:03d}T{text[11:13]}{text[14:16]}{text[17:19]}_V98"


def _write_product(
    path: Path, plan: PassPlan, pose: Pose, bands: tuple[str, ...], values: np.ndarray, *, number: int
) -> Path:
    """Label and pixels as the archive has them: IEEE_REAL that is little-endian, TARGET_NAME "N/A" from orbit 42 on."""
    name = path.name
    content = values.astype("<f4").tobytes()
    mode = {("L", "M"): 1, ("M",): 2, ("L",): 3}[bands]
    start, stop = (tdb_to_utc(pose.start_tdb + s, digits=3) for s in (0.0, plan.exposure_s))
    lines = [
        ("PDS_VERSION_ID", "PDS3"),
        ("DATA_SET_ID", '"JNO-J-JIRAM-3-RDR-V1.0"'),
        ("PRODUCT_ID", name),
        ("PRODUCT_TYPE", "RDR"),
        ("START_TIME", start),
        ("STOP_TIME", stop),
        ("PRODUCER_FULL_NAME", '"PERIJOVE SIMULATION"'),
        ("SEQUENCE_NUMBER", str(number + 2)),
        ("MD5_CHECKSUM", f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'),
        ("INSTRUMENT_HOST_ID", '"JNO"'),
        ("INSTRUMENT_NAME", '"JOVIAN INFRARED AURORAL MAPPER"'),
        ("INSTRUMENT_ID", '"JIR"'),
        ("ORBIT_NUMBER", str(plan.perijove)),
        ("TARGET_NAME", '"IO"' if plan.perijove <= 41 else '"N/A"'),
        ("CHANNEL_ID", '"1"       /* 0:SPECTRUM IR; 1:IMAGE */'),
        ("EXPOSURE_DURATION", f"{plan.exposure_s:g} <second>"),
        ("INSTRUMENT_MODE_ID", f"SCI_I{mode}_S1"),
        ("OBJECT", "FILE"),
        ("   RECORD_TYPE", "FIXED_LENGTH"),
        ("   FILE_RECORDS", str(128 * len(bands))),
        ("   RECORD_BYTES", "1728"),
        ("   DATA_QUALITY_ID", '"1"'),
        ("   UNIT", '"W/(m^2*sr)"'),
        ("^IMAGE", f'"{name}.IMG"'),
        ("OBJECT", "IMAGE"),
        ("   LINES", str(128 * len(bands))),
        ("   LINE_SAMPLES", "432"),
        ("   SAMPLE_TYPE", "IEEE_REAL"),
        ("   SAMPLE_BITS", "32"),
        ("END_OBJECT", "IMAGE"),
        ("OBJECT", "HISTORY"),
        ("   NOTE", '" SUBTRACTION BACKGROUND ON BOARD ENABLED "'),
        ("END_OBJECT", "HISTORY"),
        ("END_OBJECT", "FILE"),
    ]
    text = "".join(f"{f'{key:<31}= {value}':<{_LABEL_BYTES - 2}}\r\n" for key, value in lines)
    label = path.with_name(f"{name}.LBL")
    path.with_name(f"{name}.IMG").write_bytes(content)
    label.write_text(text + f"{'END':<{_LABEL_BYTES - 2}}\r\n", encoding="ascii", newline="")
    return label


def _write_kernels(folder: Path, spin: _Spin, times: np.ndarray, off_km: np.ndarray) -> None:
    first, last = float(times.min()) - _AROUND_S, float(times.max()) + _AROUND_S
    steps = np.linspace(first, last, int((last - first) / _STEP_S) + 2)
    states = EMBEDDED.state("JUNO", steps, center="JUPITER")
    states[:, :3] += off_km
    write_kernel_set(
        folder,
        trajectories=(Trajectory("JUNO", "JUPITER", steps, states), *system_trajectories(first, last)),
        attitudes=[
            Attitude(steps, spin.attitude(steps), np.broadcast_to(spin.spin_deg_s * spin.axis, (len(steps), 3)))
        ],
        overwrite=True,
    )
