"""Numbers of a Jovian system by name, to be read and changed: what a fit may vary besides initial states."""

from dataclasses import replace

from perijove.dynamics.system import JovianSystem
from perijove.errors import InputError

__all__ = ["HARMONICS", "POLE", "system_parameter", "with_parameter"]

HARMONICS = tuple(f"J{n}" for n in range(2, 11))
POLE = ("pole_ra", "pole_dec", "pole_ra_rate", "pole_dec_rate")
"""At J2000, deg, and their rates, deg per Julian century."""


def _parts(system: JovianSystem, name: str) -> tuple[str, str]:
    """Kind of a parameter and the body that it belongs to, or none; refused where the system has no such thing."""
    kind, _, body = name.partition(".")
    of_body = kind in {"gm", "figure", "body_lag", "jupiter_lag"}
    known = body in system.names or (kind == "gm" and body == "JUPITER") if of_body else kind in {*HARMONICS, *POLE}
    if known and bool(body) == of_body and (system.tides is not None or not kind.endswith("lag")):
        return kind, body
    if name == "jupiter_lag" and system.tides is not None:
        return kind, body
    raise InputError(
        f"{name!r} is no parameter of the system; there are gm.BODY, figure.BODY, {', '.join((*HARMONICS, *POLE))}, "
        f"and with tides jupiter_lag, jupiter_lag.BODY, body_lag.BODY; bodies: JUPITER (gm), {', '.join(system.names)}"
    )


def system_parameter(system: JovianSystem, name: str) -> float:
    """Value of a parameter.

    Parameters
    ----------
    system : JovianSystem
    name : str
        ``gm.IO``, ``gm.JUPITER`` (km3/s2), ``figure.IO`` (km2), one of `HARMONICS`, one of `POLE`, and with tides
        ``jupiter_lag.IO``, ``body_lag.IO`` (s), ``jupiter_lag`` (s, the largest of all).

    Raises
    ------
    InputError
        Where the system has no such parameter.
    """
    kind, body = _parts(system, name)
    k = system.names.index(body) if body in system.names else None
    tides = system.tides
    if kind == "gm":
        return system.jupiter_gm_km3_s2 if k is None else system.gm_km3_s2[k]
    if kind == "figure" and k is not None:
        return system.figure_km2[k] if system.figure_km2 else 0.0
    if kind in HARMONICS:
        return _padded(system.harmonics, HARMONICS.index(kind))[HARMONICS.index(kind)]
    if kind in POLE:
        return system.pole_deg[POLE.index(kind)]
    assert tides is not None
    if k is None:
        return max(tides.jupiter_lag_s)
    return (tides.jupiter_lag_s if kind == "jupiter_lag" else tides.body_lag_s)[k]


def with_parameter(system: JovianSystem, name: str, value: float) -> JovianSystem:
    """Copy of a system with one parameter changed; names as in `system_parameter`.

    ``jupiter_lag`` sets the lags of all bodies that have one.
    """
    kind, body = _parts(system, name)
    k = system.names.index(body) if body in system.names else -1
    tides = system.tides
    if kind == "gm" and k < 0:
        return replace(system, jupiter_gm_km3_s2=value)
    if kind == "gm":
        return replace(system, gm_km3_s2=_with(system.gm_km3_s2, k, value))
    if kind == "figure":
        return replace(system, figure_km2=_with(system.figure_km2 or (0.0,) * len(system.names), k, value))
    if kind in HARMONICS:
        place = HARMONICS.index(kind)
        return replace(system, harmonics=_with(_padded(system.harmonics, place), place, value))
    if kind in POLE:
        ra, dec, ra_rate, dec_rate = _with(system.pole_deg, POLE.index(kind), value)
        return replace(system, pole_deg=(ra, dec, ra_rate, dec_rate))
    assert tides is not None
    if kind == "body_lag":
        return replace(system, tides=replace(tides, body_lag_s=_with(tides.body_lag_s, k, value)))
    if not body:
        lags = tuple(value * (lag != 0.0) for lag in tides.jupiter_lag_s)
        return replace(system, tides=replace(tides, jupiter_lag_s=lags))
    return replace(system, tides=replace(tides, jupiter_lag_s=_with(tides.jupiter_lag_s, k, value)))


def _with(items: tuple[float, ...], index: int, value: float) -> tuple[float, ...]:
    return (*items[:index], value, *items[index + 1 :])


def _padded(items: tuple[float, ...], index: int) -> tuple[float, ...]:
    """Items with zeros behind them, so that an index is among them."""
    return items + (0.0,) * (index + 1 - len(items))
