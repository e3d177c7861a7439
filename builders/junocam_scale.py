"""JunoCam's scale against published brightness of Io and Jupiter, and Hapke's parameters of Io by JunoCam's filters.

Run:  python builders/junocam_scale.py DATA

DATA is the folder that PERIJOVE_DATA names: the raw pictures of Io (perijove 68) and of Jupiter (43, 44), and the USGS
colour mosaic of Io. Prints the ratios that stand in `perijove.bodies.junocam_response` and the parameters that stand
in `perijove.bodies.disc_photometry`. Ratios are I/F with the laboratory's response and the published throughput, over
what the published photometry lets expect.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.optimize import least_squares

from perijove.bodies.disc_photometry import (
    IO_DISC_CURVES_MAYORGA_2020,
    IO_HAPKE_VIOLET_SIMONELLI_1986,
    JUPITER_DISC_ALBEDOS_KARKOSCHKA_1998,
    JUPITER_DISC_CURVE_MALLAMA_2018,
)
from perijove.bodies.juno import FILTERS
from perijove.camera.response import laboratory_ratio
from perijove.geometry.illumination import illumination_deg
from perijove.junocam.radiometry.quality import QUALITY
from perijove.physics.hapke import Hapke, hapke_radiance_factor
from perijove.picture import Picture, open_picture

Image.MAX_IMAGE_PIXELS = None
COLORS = ("BLUE", "GREEN", "RED")
IO_PICTURE = "junocam/JNCE_2024362_68C00012_V01-raw.png"
IO_PHASE_DEG = 89.67
JUPITER_PICTURES = tuple(
    f"junocam/jupiter/{name}-raw.png"
    for name in ("JNCE_2022186_43C00080_V01", "JNCE_2022229_44C00029_V01", "JNCE_2022229_44C00032_V01")
)
# Io at 480 nm over Io at 568 nm, phase 90 deg. Spectra of Johnson & McCord 1971, Clark et al. 1980 and Spencer et al.
# 1995, drawn through Cassini's points at 420 and 568 nm, give 0.77, 0.81 and 0.83; Voyager's blue over green, reddened
# with phase as Cassini's colours are, 0.72.
BLUE_OVER_GREEN = 0.78
GREEN_OVER_CASSINI = 0.99  # mean over the band against 568 nm, same spectra
JUPITER_K = 0.95  # Minnaert: 0.95 in blue to 1.0 in red (Hubble's OPAL maps); moves the ratios by 2 %
EVEN_COLUMNS = (183, 503)  # where the strip's response is even to 2 %


def io_expected(name: str, phase_deg: np.ndarray) -> np.ndarray:
    """Io's mean I/F in a filter, from Cassini's curves; the equator's view, mean over longitude."""
    violet, green, red, infrared = (
        IO_DISC_CURVES_MAYORGA_2020[each].reflectivity(phase_deg) for each in ("VIO", "GRN", "RED", "CB2")
    )
    if name == "GREEN":
        return GREEN_OVER_CASSINI * green
    if name == "RED":
        return red + (infrared - red) * (float(FILTERS["RED"].center_nm) - 647.0) / (752.0 - 647.0)
    there = [float(IO_DISC_CURVES_MAYORGA_2020[each].reflectivity(IO_PHASE_DEG)) for each in ("VIO", "GRN")]
    return BLUE_OVER_GREEN * green * (violet / green / (there[0] / there[1])) ** 0.595  # (568 - 480) / (568 - 420)


def disc_nodes(phase_deg: float, count: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Incidence and emission (deg) and weights of a lit and seen sphere; weights times I/F sum to the disc's mean."""
    x, weight = np.polynomial.legendre.leggauss(count)
    phase = np.radians(phase_deg)
    longitude = phase - np.pi / 2.0 + (np.pi - phase) * (x + 1.0) / 2.0
    lat, lon = np.meshgrid(np.pi / 2.0 * x, longitude, indexing="ij")
    mu, mu0 = np.cos(lat) * np.cos(lon), np.cos(lat) * np.cos(lon - phase)
    area = np.outer(weight * np.pi / 2.0, weight * (np.pi - phase) / 2.0) * np.cos(lat)
    return np.degrees(np.arccos(mu0)), np.degrees(np.arccos(mu)), area * mu / np.pi


def io_ground(w: float, g: float) -> Hapke:
    """Hapke's function with Voyager's surge and slope."""
    violet = IO_HAPKE_VIOLET_SIMONELLI_1986
    return Hapke(w, float(violet.surge_width), g, float(violet.roughness_deg))


def fitted_ground(name: str) -> tuple[float, float, np.ndarray]:
    """Albedo and asymmetry that meet a filter's curve, and model over curve at the phases fitted."""
    phases = np.concatenate([np.arange(6.0, 21.0, 3.0), [62.0, 72.0], np.arange(90.0, 116.0, 5.0)])
    wanted = io_expected(name, phases)

    def ratio(values: np.ndarray) -> np.ndarray:
        nodes = [(phase, *disc_nodes(phase)) for phase in phases]
        model = [np.sum(hapke_radiance_factor(i, e, phase, io_ground(*values)) * area) for phase, i, e, area in nodes]
        return np.array(model) / wanted

    fit = least_squares(lambda values: np.log(ratio(values)), (0.85, -0.2), bounds=([0.1, -0.9], [0.9999, 0.5]))
    return float(fit.x[0]), float(fit.x[1]), ratio(fit.x)


def io_pattern(name: str, mosaic: np.ndarray, picture: Picture, power: float) -> float:
    """Brightness that the mosaic gives the picture's view, over the mean of the equator's views at the same phase."""
    rows, columns = mosaic.shape
    lat = np.radians(90.0 - (np.arange(rows) + 0.5) * 180.0 / rows)[:, None]
    lon = np.radians((np.arange(columns) + 0.5) * 360.0 / columns)[None, :]
    normal = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat) + 0.0 * lon], axis=-1)
    albedo, ground = mosaic**power, io_ground(*fitted_ground(name)[:2])

    def seen(observer: np.ndarray, sun: np.ndarray) -> float:
        mu, mu0 = normal @ observer, normal @ sun
        use = (mu > 0.0) & (mu0 > 0.0)
        i, e = np.degrees(np.arccos(mu0[use])), np.degrees(np.arccos(mu[use]))
        phase = np.degrees(np.arccos(observer @ sun))
        weight = hapke_radiance_factor(i, e, phase, ground) * mu[use] * np.broadcast_to(np.cos(lat), mu.shape)[use]
        return float(np.sum(weight * albedo[use]) / np.sum(weight))

    def equator(lon_deg: float) -> np.ndarray:
        return np.array([np.cos(np.radians(lon_deg)), np.sin(np.radians(lon_deg)), 0.0])

    view = picture.locate().view
    position = view.position_km[picture.locate().shot.middle_frame]
    there = seen(position / np.linalg.norm(position), np.broadcast_to(view.sun, view.position_km.shape)[0])
    around = [seen(equator(x), equator(x + s * IO_PHASE_DEG)) for x in range(0, 360, 30) for s in (1.0, -1.0)]
    return there / float(np.mean(around))


def io_ratios(data: Path) -> dict[str, float]:
    """The picture of perijove 68: its disc's mean over Cassini's curve and the mosaic's pattern; prints what enters."""
    picture = open_picture(data / IO_PICTURE)
    done = picture.map().done
    disc = np.isfinite(done.seen.backplanes["emission"])
    lit = disc & (done.seen.backplanes["incidence"] < 90.0)
    with Image.open(data / "maps/io_usgs_galileo_voyager_color_2km_180w.jpg") as file:
        mosaic = np.asarray(file.convert("RGB").resize((720, 360), Image.Resampling.BOX)) / 255.0
    ratios = {}
    for band, name in enumerate(done.bands):
        back = laboratory_ratio(name, 68)
        whole, sunlit = (float(np.nansum(done.seen.values[band][part])) / disc.sum() * back for part in (disc, lit))
        # The mosaic's blue is violet: at 480 nm the ground's contrast lies between that and green's.
        albedo = mosaic[:, :, band] if name != "BLUE" else np.sqrt(mosaic[:, :, band] * mosaic[:, :, band - 1])
        pattern = [io_pattern(name, albedo, picture, power) for power in (1.0, 1.6, 2.2)]
        wanted = float(io_expected(name, np.array(IO_PHASE_DEG)))
        ratios[name] = 0.5 * (whole + sunlit) / wanted / pattern[1]
        print(
            f"Io {name}: {sunlit:.4f} (lit) to {whole:.4f} measured, {wanted:.4f} from Cassini, pattern "
            f"{', '.join(f'{each:.3f}' for each in pattern)}: ratio {ratios[name]:.3f}"
        )
    return ratios


def jupiter_ratio(path: Path, orbit: int) -> dict[str, float]:
    """A picture of Jupiter over a disc whose albedo and phase curve are the published ones."""
    picture = open_picture(path)
    location, image = picture.locate(), picture.measured
    shot, phases = location.shot, np.arange(60.0, 131.0, 2.0)
    scale = []
    for phase in phases:
        i, e, area = disc_nodes(float(phase))
        law = np.cos(np.radians(i)) ** JUPITER_K * np.cos(np.radians(e)) ** (JUPITER_K - 1.0)
        scale.append(JUPITER_DISC_CURVE_MALLAMA_2018.reflectivity(phase) / np.sum(law * area))
    x, y = np.meshgrid(np.arange(*EVEN_COLUMNS, 8), np.arange(4, 124, 8))
    sums = {name: np.zeros(2) for name in COLORS}
    for index in np.flatnonzero(location.in_view).tolist():
        name, frame = image.raw.filters[index], int(shot.frame_of_framelet[index])
        ground = shot.ground(index, np.stack([x.ravel() + 0.5, y.ravel() + 0.5], axis=-1))
        sun = np.broadcast_to(shot.view.sun, shot.view.position_km.shape)[frame]
        i, e, phase = illumination_deg(ground.point_km, shot.pose(index).position_km, sun, radii_km=shot.radii_km)
        with np.errstate(invalid="ignore"):
            use = QUALITY.usable(image.quality[index][y.ravel(), x.ravel()]) & (i < 75.0) & (e < 75.0)
            use &= np.abs(ground.lat_deg) < 60.0
        law = np.cos(np.radians(i[use])) ** JUPITER_K * np.cos(np.radians(e[use])) ** (JUPITER_K - 1.0)
        wanted = JUPITER_DISC_ALBEDOS_KARKOSCHKA_1998[name] * np.interp(phase[use], phases, scale) * law
        sums[name] += np.sum(image.radiance_factor[index][y.ravel(), x.ravel()][use]), np.sum(wanted)
    return {name: laboratory_ratio(name, orbit) * one / two for name, (one, two) in sums.items()}


def main(data: Path) -> None:
    """Print all."""
    for name in COLORS:
        w, g, ratio = fitted_ground(name)
        print(f"{name}: w {w:.3f}, g {g:.3f}; model over curve {ratio.min():.3f} to {ratio.max():.3f}")
    io_ratios(data)
    for each, orbit in zip(JUPITER_PICTURES, (43, 44, 44), strict=True):
        found = jupiter_ratio(data / each, orbit)
        print(f"Jupiter {Path(each).stem[:25]}: " + ", ".join(f"{name} {found[name]:.3f}" for name in COLORS))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
