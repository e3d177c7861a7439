"""Plumes above the limb: what shines more than stray light does, or how bright it is at most."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from perijove.bodies.io_plumes import IO_PLUMES, PlumeSite
from perijove.geometry.ellipsoid import planetocentric_deg, surface_point_km
from perijove.geometry.limb import limb_azimuth_deg, limb_ellipse
from perijove.geometry.rotations import unit
from perijove.relief.limb_points import limb_axes
from perijove.relief.sky import Sky

__all__ = ["PlumeFound", "PlumeSearch", "SiteInView", "StrayLight", "plume_search", "stray_light"]

_SMOOTH_DEG = 20.0  # over which the disc's brightness makes stray light
_TRIED_KM = (60.0, 100.0, 200.0, 350.0)  # heights of trial plumes, as wide as high
_CLEAR_SIGMAS = 6.0
_LIMIT_SIGMAS = 3.0
_FWHM_SIGMAS = 2.0 * np.sqrt(2.0 * np.log(2.0))
_LEAST_CELLS = 4
_MOST_PLUMES = 12
_AROUND_DEG = 25.0
_ROUNDS = 8
_CAUCHY = 2.5


@dataclass(frozen=True)
class StrayLight:
    """What the sky near the limb shows without plumes.

    Attributes
    ----------
    value : array, shape (m, k)
        Of `Sky`'s cells: a wing times the brightness of the disc there, and what is the same all round.
    wing : array, shape (k,)
        Radiance factor by height over that of the limb, smoothed over 20 deg; NaN where no cell was seen.
    sigma : array, shape (m, k)
        Standard error of a cell against the model: its noise, and the scatter of its row beyond that.
    """

    value: np.ndarray
    wing: np.ndarray
    sigma: np.ndarray


@dataclass(frozen=True)
class PlumeFound:
    """A plume.

    Attributes
    ----------
    azimuth_deg, azimuth_sigma_deg : float
        About the disc.
    lat_deg, lon_east_deg : float
        Of the limb there. Along the sight the vent may stand hundreds of kilometres before or behind.
    height_km, width_km, brightness : float
        Of a plume whose light falls as 1 - (z / height)² and across as a Gaussian of that full width at half maximum;
        brightness is its radiance factor at the limb. If its vent stands x km off the limb's plane the plume is
        x²/2R higher.
    height_sigma_km, width_sigma_km, brightness_sigma : float
    significance : float
        Of the best trial plume.
    sites : tuple of str
        Known sites that may be it, the nearest first.
    """

    azimuth_deg: float
    azimuth_sigma_deg: float
    lat_deg: float
    lon_east_deg: float
    height_km: float
    height_sigma_km: float
    width_km: float
    width_sigma_km: float
    brightness: float
    brightness_sigma: float
    significance: float
    sites: tuple[str, ...]


@dataclass(frozen=True)
class SiteInView:
    """A known site whose plume would show above the limb.

    Attributes
    ----------
    name : str
    azimuth_deg : float
    beyond_km : float
        Of the limb's plane, positive away from the observer.
    hidden_km : float
        Part of a plume, from the ground, that stands below the limb.
    limit : float
        Radiance factor at the limb that a plume 100 km high above the limb has at most there (3 sigma); NaN where it
        was not seen.
    """

    name: str
    azimuth_deg: float
    beyond_km: float
    hidden_km: float
    limit: float


@dataclass(frozen=True)
class PlumeSearch:
    """What was looked for, all round the limb.

    Attributes
    ----------
    azimuth_deg : array, shape (m,)
    tried_km : tuple of float
        Heights of the trial plumes, which are as wide as high.
    amplitude, sigma : array, shape (m, trials)
        Radiance factor at the limb of a trial plume there, with its error; NaN where the sky was not seen, or the
        plume would stand in Io's shadow.
    shadow_km : array, shape (m,)
        How high Io's shadow reaches above the limb.
    plumes : tuple of PlumeFound
    sites : tuple of SiteInView
    stray : StrayLight
    """

    azimuth_deg: np.ndarray
    tried_km: tuple[float, ...]
    amplitude: np.ndarray
    sigma: np.ndarray
    shadow_km: np.ndarray
    plumes: tuple[PlumeFound, ...]
    sites: tuple[SiteInView, ...]
    stray: StrayLight

    @property
    def limit(self) -> np.ndarray:
        """Radiance factor that a trial plume has at most (3 sigma), shape (m, trials)."""
        result: np.ndarray = np.maximum(self.amplitude, 0.0) + _LIMIT_SIGMAS * self.sigma
        return result


def stray_light(sky: Sky) -> StrayLight:
    """Model of the sky without plumes.

    Parameters
    ----------
    sky : Sky

    Notes
    -----
    At each height light is taken to be a (z) + w (z) B, with B the brightness of the limb, smoothed over 20 deg of
    azimuth, and a what the background of the picture left. Both are fitted to all azimuths with Cauchy weights,
    so that a plume, which stands at few of them, does not count. What this leaves, beyond noise, is the model's
    error; it is one number for each height.
    """
    bright = _smoothed(sky)
    value, wing = np.full(sky.value.shape, np.nan), np.full(sky.value.shape[1], np.nan)
    sigma = np.array(sky.sigma)
    for k in range(sky.value.shape[1]):
        here = np.flatnonzero(np.isfinite(sky.value[:, k]) & np.isfinite(bright))
        if len(here) < _LEAST_CELLS:
            continue
        y, s = sky.value[here, k], sky.sigma[here, k]
        spread = float(np.ptp(bright[here])) > 0.1 * float(np.max(bright))
        basis = np.stack([np.ones(len(here)), bright[here]], axis=1)[:, : 2 if spread else 1]
        rest, scale = y - np.median(y), s
        coefficients = np.zeros(basis.shape[1])
        for _ in range(_ROUNDS):
            scale = np.hypot(s, _excess(rest, s))
            weight = 1.0 / (1.0 + (rest / (_CAUCHY * scale)) ** 2) / scale**2
            normal = (basis * weight[:, None]).T @ basis
            coefficients = np.linalg.lstsq(normal, basis.T @ (weight * y), rcond=None)[0]
            rest = y - basis @ coefficients
        value[here, k] = basis @ coefficients
        wing[k] = coefficients[1] if spread else 0.0
        sigma[here, k] = scale
    return StrayLight(value, wing, np.where(np.isfinite(value), sigma, np.nan))


def _excess(rest: np.ndarray, sigma: np.ndarray) -> float:
    """Scatter beyond noise, robustly."""
    scatter = 1.4826 * float(np.median(np.abs(rest)))
    return float(np.sqrt(max(scatter**2 - float(np.median(sigma)) ** 2, 0.0)))


def _smoothed(sky: Sky) -> np.ndarray:
    """Brightness of the limb as stray light knows it, by azimuth; limb that was not seen takes its neighbours'."""
    apart = np.abs((sky.azimuth_deg[:, None] - sky.azimuth_deg + 180.0) % 360.0 - 180.0)
    known = np.isfinite(sky.limb_brightness)
    weight = np.exp(-0.5 * (apart / _SMOOTH_DEG) ** 2) * known
    total = weight.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0.0, (weight @ np.where(known, sky.limb_brightness, 0.0)) / total, np.nan)


def plume_search(sky: Sky, *, position_km: np.ndarray, sun: np.ndarray, radii_km: np.ndarray) -> PlumeSearch:
    """Look for plumes all round the limb.

    Parameters
    ----------
    sky : Sky
    position_km : array, shape (3,)
        Observer in mid-picture, body-fixed.
    sun : array, shape (3,)
        Unit vector to the Sun.
    radii_km : array, shape (3,)

    Notes
    -----
    A trial plume's light falls as 1 - (z/H)² with height and as a Gaussian across, with H wide at half maximum. Its
    amplitude is fitted at every azimuth to what stray light leaves, in cells above Io's shadow. Errors are scaled up
    where the amplitudes scatter more from azimuth to azimuth than they say. What stands out by six errors is fitted
    with height, width and place free, taken off, and the search goes on. Not modelled: shells and umbrellas, whose
    light does not fall from the ground up; asymmetry; colours.
    """
    stray = stray_light(sky)
    limb = limb_ellipse(position_km, radii_km=radii_km).points_km(sky.azimuth_deg)
    radius = float(np.mean(radii_km))
    shadow = _shadow_km(limb, sun, radius)
    lit = sky.height_km[None, :] > shadow[:, None]
    rest = np.where(lit, sky.value - stray.value, np.nan)
    amplitude, sigma = _trials(sky, rest, stray.sigma)
    sites = _sites_in_view(sky, amplitude, sigma, position_km, radii_km)
    found: list[PlumeFound] = []
    left, now = rest, amplitude
    while len(found) < _MOST_PLUMES:
        strength = np.where(np.isfinite(now), now / sigma, -np.inf)
        column, trial = np.unravel_index(int(np.argmax(strength)), strength.shape)
        if strength[column, trial] < _CLEAR_SIGMAS:
            break
        start = np.array([float(now[column, trial]), _TRIED_KM[trial], _TRIED_KM[trial], sky.azimuth_deg[column]])
        fitted, errors = _fitted(sky, left, stray.sigma, start)
        left = left - _light(sky, fitted)
        now = _trials(sky, left, stray.sigma)[0]
        now[np.abs((sky.azimuth_deg - fitted[3] + 180.0) % 360.0 - 180.0) < 0.5 * fitted[2] / sky.degree_km] = np.nan
        lat, lon = planetocentric_deg(limb_ellipse(position_km, radii_km=radii_km).points_km(fitted[3]))
        found.append(
            PlumeFound(
                azimuth_deg=float(fitted[3] % 360.0),
                azimuth_sigma_deg=float(errors[3]),
                lat_deg=float(lat),
                lon_east_deg=float(lon),
                height_km=float(fitted[1]),
                height_sigma_km=float(errors[1]),
                width_km=float(fitted[2]),
                width_sigma_km=float(errors[2]),
                brightness=float(fitted[0]),
                brightness_sigma=float(errors[0]),
                significance=float(strength[column, trial]),
                sites=_named(sites, float(fitted[3]), float(fitted[2]), sky.degree_km),
            )
        )
    return PlumeSearch(
        azimuth_deg=sky.azimuth_deg,
        tried_km=_TRIED_KM,
        amplitude=amplitude,
        sigma=sigma,
        shadow_km=shadow,
        plumes=tuple(found),
        sites=sites,
        stray=stray,
    )


def _shadow_km(limb_km: np.ndarray, sun: np.ndarray, radius_km: float) -> np.ndarray:
    """Height of Io's shadow above limb points; 0 by day."""
    below = np.clip(-(unit(limb_km) @ sun), 0.0, 1.0 - 1e-9)  # sine of the Sun's depth below the horizon
    height: np.ndarray = radius_km * (1.0 / np.sqrt(1.0 - below**2) - 1.0)
    return height


def _light(sky: Sky, plume: tuple[float, float, float, float] | np.ndarray) -> np.ndarray:
    """Radiance factor of a plume of a brightness, height, width (km) and azimuth (deg) in the cells of a sky."""
    brightness, height_km, width_km, azimuth_deg = plume
    apart_km = sky.degree_km * ((sky.azimuth_deg - azimuth_deg + 180.0) % 360.0 - 180.0)
    sigma_km = width_km / _FWHM_SIGMAS
    up = np.clip(1.0 - (sky.height_km / height_km) ** 2, 0.0, None)
    result: np.ndarray = brightness * np.exp(-0.5 * (apart_km / sigma_km) ** 2)[:, None] * up
    return result


def _trials(sky: Sky, rest: np.ndarray, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes of trial plumes at every azimuth, and their errors, scaled to their scatter."""
    good = np.isfinite(rest) & np.isfinite(sigma)
    weight = np.where(good, 1.0 / np.where(good, sigma, 1.0) ** 2, 0.0)
    value = np.where(good, rest, 0.0)
    shape = (len(sky.azimuth_deg), len(_TRIED_KM))
    amplitude, error = np.full(shape, np.nan), np.full(shape, np.nan)
    for t, size in enumerate(_TRIED_KM):
        for m, azimuth in enumerate(sky.azimuth_deg.tolist()):
            template = _light(sky, (1.0, size, size, azimuth))
            strong = template > 0.25
            if np.count_nonzero(good & strong) < max(_LEAST_CELLS, 0.4 * np.count_nonzero(strong)):
                continue
            norm = float(np.sum(weight * template**2))
            amplitude[m, t] = float(np.sum(weight * template * value)) / norm
            error[m, t] = 1.0 / np.sqrt(norm)
        pulls = amplitude[:, t] / error[:, t]
        pulls = pulls[np.isfinite(pulls)]
        if len(pulls):
            error[:, t] *= max(1.0, 1.4826 * float(np.median(np.abs(pulls - np.median(pulls)))))
    return amplitude, error


def _fitted(sky: Sky, rest: np.ndarray, sigma: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Brightness, height, width and azimuth of a plume, and their errors."""
    near = np.abs((sky.azimuth_deg - start[3] + 180.0) % 360.0 - 180.0) < _AROUND_DEG
    good = np.isfinite(rest) & np.isfinite(sigma) & near[:, None]

    def off(p: np.ndarray) -> np.ndarray:
        pulls: np.ndarray = ((rest - _light(sky, p)) / sigma)[good]
        return pulls

    low = [0.0, float(sky.height_km[0]), 10.0, start[3] - _AROUND_DEG]
    high = [np.inf, 700.0, 1500.0, start[3] + _AROUND_DEG]
    found = least_squares(off, np.clip(start, low, high), bounds=(low, high), x_scale=[1e-3, 50.0, 50.0, 2.0])
    dof = max(int(good.sum()) - 4, 1)
    scale = max(1.0, float(np.sum(found.fun**2)) / dof)
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * scale
    return found.x, np.sqrt(np.diag(covariance))


def _sites_in_view(
    sky: Sky, amplitude: np.ndarray, sigma: np.ndarray, position_km: np.ndarray, radii_km: np.ndarray
) -> tuple[SiteInView, ...]:
    """Known sites whose plume, of its usual height, would show above the limb."""
    found: list[SiteInView] = []
    limit = (np.maximum(amplitude, 0.0) + _LIMIT_SIGMAS * sigma)[:, _TRIED_KM.index(100.0)]
    for name, site in IO_PLUMES.items():
        point = surface_point_km(site.feature.lat_deg, site.feature.lon_east_deg, radii_km)
        azimuth = float(limb_azimuth_deg(point, position_km, radii_km=radii_km))
        foot = limb_ellipse(position_km, radii_km=radii_km).points_km(azimuth)
        beyond = float(point @ limb_axes(foot, position_km)[1])
        hidden = _hidden_km(point, beyond, site)
        if np.isfinite(hidden) and hidden < site.height_km:
            column = int(np.argmin(np.abs((sky.azimuth_deg - azimuth + 180.0) % 360.0 - 180.0)))
            found.append(SiteInView(name, azimuth, beyond, hidden, float(limit[column])))
    return tuple(found)


def _hidden_km(point: np.ndarray, beyond_km: float, site: PlumeSite) -> float:
    """Height below which a plume at a place stands lower than the limb; NaN where none could rise above it."""
    radius = float(np.linalg.norm(point))
    sine = abs(beyond_km) / radius
    highest = site.height_km
    if sine >= 1.0 or (radius + highest) * np.sqrt(1.0 - sine**2) < radius:
        return float("nan")
    return radius * (1.0 / float(np.sqrt(1.0 - sine**2)) - 1.0)


def _named(sites: tuple[SiteInView, ...], azimuth_deg: float, width_km: float, degree_km: float) -> tuple[str, ...]:
    """Known sites near an azimuth, the nearest first."""
    reach = (0.5 * width_km + 60.0) / degree_km
    off = {s.name: abs((s.azimuth_deg - azimuth_deg + 180.0) % 360.0 - 180.0) for s in sites}
    return tuple(sorted((name for name, value in off.items() if value < reach), key=off.__getitem__))
