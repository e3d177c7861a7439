"""What is said of a processed picture beside its pixels: geometry with errors, and what its user should know."""

from collections.abc import Callable

import numpy as np

from perijove.formats.image import RawImage
from perijove.junocam.geometry import geometry_of
from perijove.junocam.locate import Location
from perijove.junocam.processing import Processed
from perijove.scene.parameters import jacobian
from perijove.scene.shot import Shot

__all__ = ["geometry_with_errors", "has_surface", "is_simulated", "warnings_of"]

_SUN_SIGMA_DEG = 0.01  # on Io's ground: its libration, which the IAU frame leaves out; the Sun itself 1e-5 deg
_MIN_MAP_CORRELATION = 0.25  # perijove 68 has 0.33 on the right ground, 0.09 on the opposite one
_MIN_SHARE_ON_MAP = 0.5
_SHARE_SAMPLES = 200
_WITHOUT_SURFACE = ("JUPITER",)


def _propagated(location: Location, function: Callable[[Shot], dict[str, float]]) -> dict[str, float]:
    """Standard errors of functions of the poses, from the covariance of the fit."""
    solution, model, shot = location.solution, location.orientation_model, location.shot
    names = tuple(function(shot))

    def values(at: np.ndarray) -> list[float]:
        found = function(shot.with_poses(model.view(at)))
        return [found[name] for name in names]

    steps = 0.1 * np.minimum(solution.sigmas, 1.0)
    angles = [name.endswith("_deg") for name in names]
    slopes = jacobian(values, solution.values, steps, angles_deg=angles)
    variance = np.einsum("np,pq,nq->n", slopes, solution.covariance, slopes)
    return dict(zip(names, np.sqrt(np.maximum(variance, 0.0)).tolist(), strict=True))


def geometry_with_errors(location: Location, tdb: float) -> dict[str, object]:
    """Quantities of `geometry_of` at a time, each with its standard error beside it (``_sigma``), and their sources."""
    values = geometry_of(location.shot, tdb)
    sigmas = _propagated(location, lambda shot: geometry_of(shot, tdb))
    sun = _SUN_SIGMA_DEG
    more = {"phase_deg": sun}
    for place in ("subsolar", "sun_direction"):
        more |= {f"{place}_lat_deg": 0.1 * sun, f"{place}_lon_east_deg": sun}
    sigmas |= {name: float(np.hypot(sigmas[name], sigma)) for name, sigma in more.items()}
    result: dict[str, object] = {}
    for name, value in values.items():
        result[name] = value
        result[f"{name}_sigma"] = sigmas[name]
    result["source"] = dict(location.orientation.sources)
    return result


def _share_on_map(done: Processed) -> float:
    """Part of the ground in the view from Juno's place that lies on the map; 1 where there is none."""
    step = max(1, max(done.seen.grid.shape) // _SHARE_SAMPLES)
    lat, lon = (done.seen.backplanes[name][::step, ::step] for name in ("latitude", "longitude_east"))
    ground = np.isfinite(lat)
    x, y = done.map.grid.xy(lat[ground], lon[ground])
    rows, columns = done.map.grid.shape
    with np.errstate(invalid="ignore"):
        inside = (x >= -1.0) & (x <= columns + 1.0) & (y >= -1.0) & (y <= rows + 1.0)
    return float(inside.mean()) if len(inside) else 1.0


def has_surface(target: str) -> bool:
    """Whether the limb of a target is solid ground that can be mapped."""
    return target not in _WITHOUT_SURFACE


def is_simulated(raw: RawImage) -> bool:
    """Whether the label says so."""
    return "SIMULATED" in str(raw.label.get("DESCRIPTION", "")).upper()


def warnings_of(done: Processed) -> list[str]:
    """Sentences that the user of a picture should read: of label, calibration, limb fit, target and ground control."""
    raw, control = done.image.raw, done.control
    sentences = [*raw.warnings, *done.image.warnings, *done.location.verdict.doubts]
    blind = [name for name, band in zip(done.bands, done.map.values, strict=True) if not np.isfinite(band).any()]
    if blind and len(blind) < len(done.bands):
        sentences.append(f"{', '.join(blind)} does not see the body: the pictures are grey, of the other colours.")
    shown = _share_on_map(done)
    if done.options.bbox_deg is None and shown < _MIN_SHARE_ON_MAP:
        sentences.append(
            f"The {done.map.grid.projection.replace('_', ' ')} map shows {100.0 * shown:.0f} % of the ground in the "
            "picture: choose another projection (`projection`)."
        )
    if not has_surface(raw.target):
        sentences.append(
            f"{raw.target.title()} has no solid surface: its limb is cloud and haze, and its clouds move. The products "
            "serve to check the camera, not to map it."
        )
    if control is not None and done.options.apply_shift and not control.settled and control.tiles_compared:
        sentences.append(
            f"The base map does not settle the poses ({control.tiles} of {control.tiles_found} patches found on it "
            "agree): nothing was applied."
        )
    if control is not None and control.tiles_compared == 0:
        sentences.append(
            "No ground is lit and seen steeply enough to compare with the base map: the poses are those of the limb."
        )
    elif control is not None and control.shift.correlation < _MIN_MAP_CORRELATION:
        sentences.append(
            f"The map correlates with the base map by {control.shift.correlation:.2f} only: do not trust its shift; "
            "check the base map's left edge (`basemap_left_lon`)."
        )
    return sentences
