"""The peer's half of `heat_map.py`: TidalPy's compiled heat-flow map of the same body, in whatever interpreter has it.

Reads the body from standard input as JSON and writes the time, the total and the map likewise.
"""

import json
import sys
import time

import numpy as np
from TidalPy.Structures import build_world

GRAVITATION = 6.6743e-11
HOST_KG = 1.898e27


def layer(
    index: int, radius_km: float, density: float, shear: float, bulk: float, viscosity: float
) -> dict[str, object]:
    """One layer of constant properties, Maxwell."""
    solid = {
        "eos": {
            "model": "constant",
            "reference_density_kg_m3": density,
            "bulk_modulus_pa": bulk,
            "thermal_expansion_1_k": 0.0,
        },
        "shear_modulus": {"model": "constant", "shear_modulus_pa": shear},
        "shear_viscosity": {
            "model": "reference",
            "reference_viscosity_pas": viscosity,
            "reference_temperature_k": 1600.0,
            "molar_activation_energy_j_mol": 0.0,
            "molar_activation_volume_m3_mol": 0.0,
        },
    }
    return {
        "layer_index": index,
        "radius_outer_m": radius_km * 1e3,
        "use_tides": True,
        "temperature_k": 1600.0,
        "material": {"solid": solid},
        "shear_rheology": {"model": "maxwell"},
    }


def main() -> None:
    """Build, map, time, answer."""
    order = json.load(sys.stdin)
    layers, frequency = order["layers"], order["frequency"]
    radii = np.array([each[0] for each in layers]) * 1e3
    volumes = 4.0 / 3.0 * np.pi * np.diff(np.concatenate([[0.0], radii**3]))
    mass = float(volumes @ [each[1] for each in layers])
    world = build_world(
        {
            "schema_version": "0.2.0",
            "name": "Io",
            "type": "terrestrial",
            "radius_m": float(radii[-1]),
            "mass_kg": mass,
            "spin_frequency_rad_s": frequency,
            "albedo": 0.6,
            "eos_solver": {"solve_temperature": False},
            "layers": {
                f"layer{k}": layer(k, radius, density, shear, order["bulk"], viscosity)
                for k, (radius, density, shear, viscosity) in enumerate(layers)
            },
        }
    )
    world.solve_eos()
    colatitudes = np.radians(90.0 - np.array(order["lat_deg"]))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        found = world.calc_3d_tides(
            orbital_frequency=frequency,
            spin_frequency=frequency,
            eccentricity=order["eccentricity"],
            obliquity=0.0,
            semi_major_axis=(GRAVITATION * (HOST_KG + mass) / frequency**2) ** (1.0 / 3.0),
            host_mass=HOST_KG,
            colatitudes=colatitudes,
            longitudes=np.radians(order["lon_deg"]),
            radial_summed=True,
            num_threads=order["threads"],
        )
        times.append(time.perf_counter() - start)
    with np.errstate(divide="ignore", invalid="ignore"):
        flux = found["heating"] / (radii[-1] ** 2 * np.sin(colatitudes)[:, None])
    print(json.dumps({"seconds": min(times), "flux": np.where(np.isfinite(flux), flux, -1.0).tolist()}))


if __name__ == "__main__":
    main()
