"""A made-up Io: normal albedo drawn from the real named features, for simulations without any data file.

It is meant to be plausible to look at and is no map of Io: positions and sizes of paterae, flows, plains and plume
deposits are real, their outlines, textures and colours are invented. Layers, from below: sulphur plains and
sulphur-dioxide frost, darker and redder poles, plume deposits, lava flows, mountains, patera floors.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from perijove.bodies.galilean import IO_MEAN_RADIUS_KM
from perijove.bodies.io_features import IO_FEATURES, IoFeature
from perijove.errors import InputError
from perijove.simulator.sphere_noise import fractal_noise

__all__ = ["BANDS", "PLUME_DEPOSITS", "PlumeDeposit", "synthetic_base_map"]

BANDS = ("BLUE", "GREEN", "RED")
"""Order of the last axis of a base map."""


# Normal albedo in BLUE, GREEN, RED, after the colour units of Galileo's camera (Geissler et al. 1999, Icarus
# 140:265): estimates for JunoCam's bands, good to about 0.1.
_YELLOW = np.array([0.38, 0.67, 0.85], dtype=np.float32)
_ORANGE = np.array([0.30, 0.53, 0.80], dtype=np.float32)
_WHITE = np.array([0.70, 0.82, 0.91], dtype=np.float32)
_GREY = np.array([0.50, 0.62, 0.74], dtype=np.float32)
_POLAR = np.array([0.26, 0.41, 0.62], dtype=np.float32)
_OLIVE = np.array([0.27, 0.46, 0.53], dtype=np.float32)
_RED = np.array([0.16, 0.31, 0.74], dtype=np.float32)
_DARK = np.array([0.07, 0.10, 0.13], dtype=np.float32)
_BROWN = np.array([0.13, 0.19, 0.27], dtype=np.float32)


@dataclass(frozen=True)
class PlumeDeposit:
    """Ring or blanket that a plume leaves around its vent.

    Attributes
    ----------
    feature : str
        Named feature at its centre.
    inner_km, outer_km : float
        Radii between which the deposit is strongest; a blanket has inner 0.
    color : str
        red, white or dark.
    strength : float
        Opacity, 0 to 1.
    """

    feature: str
    inner_km: float
    outer_km: float
    color: str
    strength: float


PLUME_DEPOSITS = (
    PlumeDeposit("Pele", 400.0, 620.0, "red", 0.85),
    PlumeDeposit("Tvashtar Paterae", 420.0, 600.0, "red", 0.30),
    PlumeDeposit("Surt", 300.0, 480.0, "red", 0.25),
    PlumeDeposit("Prometheus", 85.0, 130.0, "white", 0.85),
    PlumeDeposit("Amirani", 90.0, 150.0, "white", 0.55),
    PlumeDeposit("Maui", 60.0, 110.0, "white", 0.60),
    PlumeDeposit("Zamama", 70.0, 125.0, "white", 0.65),
    PlumeDeposit("Volund", 80.0, 125.0, "white", 0.60),
    PlumeDeposit("Thor", 110.0, 190.0, "white", 0.60),
    PlumeDeposit("Masubi", 100.0, 180.0, "white", 0.75),
    PlumeDeposit("Kanehekili", 90.0, 150.0, "white", 0.60),
    PlumeDeposit("Marduk", 60.0, 125.0, "red", 0.60),
    PlumeDeposit("Culann Patera", 0.0, 90.0, "red", 0.70),
    PlumeDeposit("Tupan Patera", 45.0, 80.0, "red", 0.45),
    PlumeDeposit("Gish Bar Patera", 60.0, 120.0, "red", 0.25),
    PlumeDeposit("Pillan Patera", 60.0, 190.0, "dark", 0.45),
    PlumeDeposit("Babbar Patera", 0.0, 170.0, "dark", 0.80),
    PlumeDeposit("Ra Patera", 60.0, 170.0, "white", 0.50),
)
"""Deposits of well-known plumes; radii after Geissler et al. 2004 (Icarus 169:29), to about 20 %."""

_DEPOSIT_COLORS = {"red": _RED, "white": _WHITE, "dark": _DARK}
_FROST_REGIONS = (
    "Bosphorus Regio",
    "Colchis Regio",
    "Media Regio",
    "Tarsus Regio",
    "Bactria Regio",
    "Chalybes Regio",
)


@dataclass
class _Canvas:
    """The map being drawn, with the textures that all layers share."""

    albedo: np.ndarray  # (rows, columns, 3)
    coarse: np.ndarray  # flow-like noise, provinces
    fine: np.ndarray  # mottling
    lat: np.ndarray  # radians, per row
    lon: np.ndarray  # radians, per column

    def window(self, lat_deg: float, lon_east_deg: float, radius_km: float) -> "_Window":
        """Part of the map within a radius of a point."""
        radius = radius_km / IO_MEAN_RADIUS_KM
        lat0, lon0 = np.radians(lat_deg), np.radians(lon_east_deg)
        rows = np.flatnonzero(np.abs(self.lat - lat0) <= radius)
        widest = np.cos(min(abs(lat0) + radius, np.pi / 2))
        if widest <= np.sin(min(radius, np.pi / 2)):
            columns = np.arange(len(self.lon))
        else:
            half = np.arcsin(np.sin(radius) / widest)
            columns = np.flatnonzero(np.abs((self.lon - lon0 + np.pi) % (2 * np.pi) - np.pi) <= half)
        lat, lon = self.lat[rows, None], self.lon[None, columns]
        east = np.cos(lat) * np.sin(lon - lon0)
        north = np.sin(lat) * np.cos(lat0) - np.cos(lat) * np.sin(lat0) * np.cos(lon - lon0)
        ahead = np.sin(lat) * np.sin(lat0) + np.cos(lat) * np.cos(lat0) * np.cos(lon - lon0)
        angle = np.arctan2(np.hypot(east, north), ahead)
        return _Window(self, np.ix_(rows, columns), IO_MEAN_RADIUS_KM * angle, np.arctan2(north, east))


@dataclass
class _Window:
    """A rectangle of the map around a point: distance in km and azimuth (from east, anticlockwise) of each pixel."""

    canvas: _Canvas
    where: tuple[np.ndarray, ...] | tuple[slice, slice]
    distance_km: np.ndarray
    azimuth: np.ndarray

    @property
    def coarse(self) -> np.ndarray:
        """Province noise here."""
        part: np.ndarray = self.canvas.coarse[self.where]
        return part

    @property
    def fine(self) -> np.ndarray:
        """Mottling here."""
        part: np.ndarray = self.canvas.fine[self.where]
        return part

    def blend(self, color: np.ndarray, opacity: np.ndarray) -> None:
        """Cover with a colour."""
        alpha = np.clip(opacity, 0.0, 1.0).astype(np.float32)
        for band, value in zip(np.moveaxis(self.canvas.albedo, -1, 0), color, strict=True):
            part = band[self.where]
            part += alpha * (value - part)
            band[self.where] = part


def _step(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Smooth rise from 0 at `low` to 1 at `high` (or fall where low > high)."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    result: np.ndarray = t * t * (3.0 - 2.0 * t)
    return result


def _doubled(noise: np.ndarray) -> np.ndarray:
    """Twice the rows and columns, interpolated."""
    rows, columns = noise.shape
    picture = Image.fromarray(np.pad(noise, ((0, 0), (4, 4)), mode="wrap"))
    doubled = np.asarray(picture.resize((2 * columns + 16, 2 * rows), Image.Resampling.BILINEAR))
    result: np.ndarray = doubled[:, 8:-8].copy()
    return result


def _plains(rows: int, seed: int) -> _Canvas:
    coarse = _doubled(fractal_noise(rows // 2, frequency=2.6, octaves=7, seed=seed, warp=0.13, gain=0.55))
    fine = 0.97 * _doubled(fractal_noise(rows // 2, frequency=14.0, octaves=4, seed=seed + 40, gain=0.72))
    fine += 0.24 * fractal_noise(rows, frequency=240.0, octaves=2, seed=seed + 44, gain=0.72)
    tint = _doubled(fractal_noise(rows // 2, frequency=1.7, octaves=7, seed=seed + 80, warp=0.2, gain=0.6))
    medium = _doubled(fractal_noise(rows // 2, frequency=8.0, octaves=5, seed=seed + 120, warp=0.08, gain=0.65))
    medium += 0.35 * fine
    lat = np.pi * (0.5 - (np.arange(rows) + 0.5) / rows)
    lon = 2.0 * np.pi * (np.arange(2 * rows) + 0.5) / (2 * rows)
    canvas = _Canvas(np.empty((rows, 2 * rows, 3), dtype=np.float32), coarse, fine, lat, lon)
    canvas.albedo[:] = _YELLOW
    whole = _Window(canvas, (slice(None), slice(None)), np.empty(0), np.empty(0))
    latitude = np.degrees(np.abs(lat))[:, None]
    whole.blend(_ORANGE, 0.8 * _step(tint + 0.012 * (latitude - 30.0), 0.1, 1.2))
    whole.blend(_OLIVE, 0.55 * _step(-tint + 0.25 * fine, 0.7, 1.7))
    whole.blend(_BROWN, 0.55 * _step(medium - 0.3 * coarse, 1.5, 2.2))
    whole.blend(_OLIVE, 0.45 * _step(medium + 0.4 * tint, 0.9, 1.6))
    whole.blend(_WHITE, 0.75 * _step(coarse + 0.20 * fine - 0.02 * (latitude - 25.0), 0.3, 1.5))
    whole.blend(_GREY, 0.50 * _step(-coarse - 0.01 * latitude, 0.7, 1.5))
    whole.blend(_WHITE, 0.45 * _step(-medium + 0.3 * coarse, 1.3, 2.0))
    whole.blend(_POLAR, 0.85 * _step(latitude + 7.0 * coarse + 3.0 * tint, 38.0, 72.0))
    return canvas


def _frost(canvas: _Canvas) -> None:
    for name in _FROST_REGIONS:
        feature = IO_FEATURES[name]
        reach = 0.45 * (feature.diameter_km or 0.0)
        spot = canvas.window(feature.lat_deg, feature.lon_east_deg, 1.2 * reach)
        spot.blend(_WHITE, 0.7 * _step(1.0 - spot.distance_km / reach + 0.25 * spot.coarse, 0.1, 0.8))


def _deposit(canvas: _Canvas, deposit: PlumeDeposit) -> None:
    feature = IO_FEATURES[deposit.feature]
    spot = canvas.window(feature.lat_deg, feature.lon_east_deg, 1.8 * deposit.outer_km)
    stretch = 1.0 + 0.12 * np.sin(spot.azimuth) ** 2  # Pele's ring is longer north to south
    r = spot.distance_km / stretch + 0.06 * deposit.outer_km * (spot.coarse + 0.5 * spot.fine)
    width = 0.45 * deposit.outer_km
    ring = _step(r, deposit.outer_km + width, deposit.outer_km - 0.15 * width)
    if deposit.inner_km > 0.0:
        ring *= 0.15 + 0.85 * _step(r, 0.45 * deposit.inner_km, 1.1 * deposit.inner_km)
    if deposit.color == "white":  # frost shows where older frost is buried
        spot.blend(_YELLOW * np.float32(0.9), 0.7 * _step(r, 1.7 * deposit.outer_km, 1.1 * deposit.outer_km))
    spot.blend(_DEPOSIT_COLORS[deposit.color], deposit.strength * ring * (0.85 + 0.15 * spot.fine))


def _flow(canvas: _Canvas, feature: IoFeature, rng: np.random.Generator) -> None:
    """Lava field: lobes between two levels of the flow-like noise, within a stretched outline."""
    # An eruptive centre's diameter is that of its deposits.
    radius = (0.18 if feature.kind == "eruptive center" else 0.5) * (feature.diameter_km or 200.0)
    spot = canvas.window(feature.lat_deg, feature.lon_east_deg, 1.5 * radius)
    turn = rng.uniform(0.0, np.pi)
    stretch = np.hypot(np.cos(spot.azimuth - turn), rng.uniform(1.6, 2.6) * np.sin(spot.azimuth - turn))
    inside = 1.0 - spot.distance_km * stretch / radius + 0.30 * spot.coarse + 0.25 * spot.fine
    inside *= _step(spot.distance_km, 1.5 * radius, 1.2 * radius)
    color = _BROWN if rng.random() < 0.6 else _OLIVE
    spot.blend(color, rng.uniform(0.55, 0.85) * _step(inside, 0.15, 0.4))


def _mountain(canvas: _Canvas, feature: IoFeature, rng: np.random.Generator) -> None:
    """Mountains are yellow-grey, with frost at the foot and a few dark streaks; relief itself is not modelled."""
    radius = 0.35 * (feature.diameter_km or 80.0)
    spot = canvas.window(feature.lat_deg, feature.lon_east_deg, 1.4 * radius)
    turn = rng.uniform(0.0, np.pi)
    stretch = np.hypot(np.cos(spot.azimuth - turn), 1.7 * np.sin(spot.azimuth - turn))
    edge = spot.distance_km * stretch / radius + 0.15 * spot.fine
    spot.blend(_GREY * np.float32(rng.uniform(0.75, 0.95)), 0.7 * _step(edge, 1.0, 0.7))
    spot.blend(_WHITE, 0.5 * _step(edge, 0.8, 1.0) * _step(edge, 1.3, 1.05))
    streak = _step(np.abs(np.sin(spot.azimuth - turn) * spot.distance_km + 4.0 * spot.fine), 7.0, 2.0)
    spot.blend(_BROWN, 0.5 * streak * _step(edge, 0.9, 0.6))


def _patera(canvas: _Canvas, lat_deg: float, lon_deg: float, diameter_km: float, rng: np.random.Generator) -> None:
    """Collapsed crater with scalloped rim, dark or coloured floor, sometimes with a halo."""
    radius = 0.5 * diameter_km * 0.9
    spot = canvas.window(lat_deg, lon_deg, 3.0 * radius)
    turn, flat = rng.uniform(0.0, np.pi), rng.uniform(1.0, 1.7)
    stretch = np.hypot(np.cos(spot.azimuth - turn), flat * np.sin(spot.azimuth - turn))
    lobes = sum(
        rng.normal(0.0, 0.18 / n) * np.cos(n * spot.azimuth + rng.uniform(0.0, 2 * np.pi)) for n in (2, 3, 4, 5)
    )
    r = spot.distance_km * stretch / radius * (1.0 + lobes) + 0.05 * spot.fine
    kind = rng.random()
    if kind < 0.3:
        halo = _RED if rng.random() < 0.4 else _WHITE
        spot.blend(halo, rng.uniform(0.2, 0.6) * _step(r, 2.6, 1.2) * (0.8 + 0.2 * spot.fine))
    floor = _DARK if kind < 0.55 else _BROWN if kind < 0.85 else _OLIVE
    edge = min(0.3, 4.0 / radius)
    spot.blend(floor, 0.92 * _step(r, 1.0 + edge, 1.0 - edge))
    if kind > 0.45:  # partly resurfaced: a brighter patch on the floor
        shift = 0.5 * np.cos(spot.azimuth - rng.uniform(0.0, 2 * np.pi))
        spot.blend(_ORANGE, 0.5 * _step(r + shift, 0.55, 0.35) * _step(spot.fine, -0.5, 0.5))


def _loki(canvas: _Canvas) -> None:
    """Loki Patera: a dark horseshoe around a bright, cracked island, open to the north-east."""
    feature = IO_FEATURES["Loki Patera"]
    spot = canvas.window(feature.lat_deg, feature.lon_east_deg, 150.0)
    r = spot.distance_km + 2.0 * spot.fine
    spot.blend(_DARK, _step(r, 104.0, 98.0))
    x, y = spot.distance_km * np.cos(spot.azimuth), spot.distance_km * np.sin(spot.azimuth)
    island = np.hypot(x - 12.0, y - 14.0) + 3.0 * spot.fine
    spot.blend(_YELLOW, 0.95 * _step(island, 52.0, 47.0))
    neck = (np.abs(y - 0.9 * x - 4.0) + 2.5 * spot.fine) + 1e3 * ((x < 25.0) | (r > 125.0))
    spot.blend(_YELLOW, 0.9 * _step(neck, 26.0, 20.0))
    spot.blend(_BROWN, 0.8 * _step(np.abs(y + 0.35 * x - 16.0), 5.0, 2.0) * _step(island, 48.0, 44.0))


def synthetic_base_map(width: int = 2880, *, seed: int = 1979) -> np.ndarray:
    """Made-up normal albedo of Io with the real named features.

    Parameters
    ----------
    width : int
        Columns; even, at least 64. 2880 is 8 pixels per degree, 4 km at the equator.
    seed : int
        Decides textures and outlines; the same seed gives the same map.

    Returns
    -------
    array, shape (width / 2, width, 3), float32
        Normal albedo in BLUE, GREEN, RED (`BANDS`). Equirectangular, planetocentric, north up; longitude grows
        east from 0 at the left edge to 360 at the right.

    Raises
    ------
    InputError
        Where the width is odd or too small.
    """
    if width < 64 or width % 4:
        raise InputError(f"width {width}: give a multiple of 4, at least 64")
    rng = np.random.default_rng([seed, 501])
    canvas = _plains(width // 2, seed)
    _frost(canvas)
    for deposit in sorted(PLUME_DEPOSITS, key=lambda item: -item.outer_km):
        _deposit(canvas, deposit)
    features = sorted(IO_FEATURES.values(), key=lambda item: (-(item.diameter_km or 0.0), item.name))
    for feature in features:
        if feature.kind in {"fluctus", "eruptive center"} and feature.name != "Loki":
            _flow(canvas, feature, rng)
    for feature in features:
        if feature.kind in {"mons", "mensa", "tholus"}:
            _mountain(canvas, feature, rng)
    for _ in range(320):  # unnamed paterae: Io has about 425 in all
        sin_lat, lon_deg = rng.uniform(-1.0, 1.0), rng.uniform(-180.0, 180.0)
        _patera(canvas, float(np.degrees(np.arcsin(sin_lat))), lon_deg, rng.lognormal(np.log(22.0), 0.5), rng)
    for feature in features:
        if feature.kind == "patera" and feature.name != "Loki Patera":
            _patera(canvas, feature.lat_deg, feature.lon_east_deg, feature.diameter_km or 30.0, rng)
    _loki(canvas)
    canvas.albedo *= (1.0 + 0.045 * canvas.fine + 0.02 * canvas.coarse)[..., None]
    return np.clip(canvas.albedo, 0.02, 0.98, out=canvas.albedo)
