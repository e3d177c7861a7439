"""Interiors from tables, such as a TOML file or JSON holds.

::

    name = "Steinke 2020 A"
    source = "doi:10.1016/j.icarus.2019.05.001"

    [orbit]  # left out: Io's
    angular_frequency_rad_s = 4.1086e-5  # left out: Io's
    eccentricity = 0.0041

    [[layer]]  # from the centre outwards
    state = "liquid"
    outer_radius_km = 965.0
    density_kg_m3 = 5150.0

    [[layer]]
    name = "mantle"  # left out: "layer 2"
    state = "solid"
    outer_radius_km = 1821.6
    density_kg_m3 = 3244.0
    shear_modulus_pa = 6e10
    bulk_modulus_pa = 2e14  # left out: incompressible
    viscosity_pa_s = 1e20
    bulk_viscosity_pa_s = 1e22  # left out: elastic in bulk
    rheology = "maxwell"  # the default; further parameters of the law stand beside it

`LAYER_KEYS` and `ORBIT_KEYS` list the keys. All other numbers of a layer are parameters of its rheology.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.interior.layers import IO_ORBIT, Layer, Orbit

__all__ = ["LAYER_KEYS", "ORBIT_KEYS", "interior_from_table"]

ORBIT_KEYS = tuple(field.name for field in fields(Orbit))
LAYER_KEYS = tuple(field.name for field in fields(Layer) if field.name != "rheology_parameters")
_REQUIRED = ("state", "outer_radius_km", "density_kg_m3")
_TOP_KEYS = ("name", "source", "orbit", "layer")


def _fault(where: str, what: str) -> InputError:
    return InputError(f"{where}: {what}")


def _table(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _fault(where, f"{value!r} is not a table")
    return value


def _text(table: Mapping[str, Any], key: str, default: str, where: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise _fault(where, f"{key} {value!r} is not text; put it in quotes")
    if not value.isprintable():
        raise _fault(where, f"{key} {value!r} is not one line of printable text")
    return value


def _layer(table: Mapping[str, Any], number: int, where: str) -> Layer:
    """One layer; `number` counts from 1 at the centre."""
    place = f"{where}: layer {number}"
    for key in _REQUIRED:
        if key not in table:
            raise _fault(place, f"{key} is missing; a layer needs {', '.join(_REQUIRED)}")
    given: dict[str, Any] = {key: table[key] for key in LAYER_KEYS if key in table}
    given["name"] = _text(table, "name", f"layer {number}", place)
    for key in ("state", "rheology"):
        _text(table, key, "", place)
    others = {key: value for key, value in table.items() if key not in LAYER_KEYS}
    for key, value in others.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _fault(
                place, f"{key} is unknown; keys are {', '.join(LAYER_KEYS)} and numbers that the rheology takes"
            )
    try:
        return Layer(**given, rheology_parameters=others)
    except InputError as error:
        raise _fault(where, str(error)) from error


def interior_from_table(table: Mapping[str, Any], *, where: str = "interior") -> Interior:
    """Build an interior from nested mappings with the keys that the module's docstring shows.

    Parameters
    ----------
    table : mapping
    where : str
        What errors call the table, such as the name of its file.

    Raises
    ------
    InputError
        If a key is missing, unknown or of the wrong kind, or the interior cannot be.
    """
    for key in table:
        if key not in _TOP_KEYS:
            raise _fault(where, f"{key} is unknown; keys are {', '.join(_TOP_KEYS)}")
    layers = table.get("layer")
    if not isinstance(layers, list) or not layers:
        raise _fault(where, "has no [[layer]]; list layers from the centre outwards")
    orbit = IO_ORBIT
    try:
        if "orbit" in table:
            given = _table(table["orbit"], "orbit")
            unknown = [key for key in given if key not in ORBIT_KEYS]
            if unknown:
                raise _fault("orbit", f"{unknown[0]} is unknown; keys are {', '.join(ORBIT_KEYS)}")
            if "eccentricity" not in given:
                raise _fault("orbit", "eccentricity is missing")
            orbit = Orbit(**{"angular_frequency_rad_s": IO_ORBIT.angular_frequency_rad_s, **given})
    except InputError as error:
        raise _fault(where, str(error)) from error
    built = tuple(
        _layer(_table(layer, f"{where}: layer {number}"), number, where) for number, layer in enumerate(layers, start=1)
    )
    name, source = _text(table, "name", "unnamed", where), _text(table, "source", "", where)
    try:
        return Interior(built, name=name, source=source, orbit=orbit)
    except InputError as error:
        raise _fault(where, str(error)) from error
