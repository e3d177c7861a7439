"""What the tide does to one body: Love numbers, heat, and a magma ocean that moves, where that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from perijove.bodies.io_melting import IO_MOLTEN_ROCK_SPENCER_2020
from perijove.errors import InputError
from perijove.interior.body import Interior
from perijove.ocean.flow import OceanTide, magma_ocean_tide, ocean_tide
from perijove.ocean.turbulence import reynolds_number
from perijove.tides.heating import TidalHeating, tidal_heating
from perijove.tides.love import LoveNumbers, love_numbers

__all__ = ["BodyTides", "body_tides"]


@dataclass(frozen=True)
class BodyTides:
    """Tides of a body.

    Attributes
    ----------
    heating : TidalHeating
        With the interior, its Love numbers of degree 2, and all liquids at rest.
    others : mapping of int to LoveNumbers
        By degree.
    ocean : OceanTide or None
        Of the uppermost liquid layer under rock, if it is let move.
    magma_viscosity_pa_s : float or None
        Of that ocean; None where a drag stands for it.
    """

    heating: TidalHeating
    others: Mapping[int, LoveNumbers]
    ocean: OceanTide | None = None
    magma_viscosity_pa_s: float | None = None

    @property
    def interior(self) -> Interior:
        """The body."""
        return self.heating.interior

    @property
    def reynolds_number(self) -> float | None:
        """Of the ocean's boundary layers; None without one, or where a drag stands for its viscosity."""
        if self.ocean is None or self.magma_viscosity_pa_s is None:
            return None
        return reynolds_number(self.ocean, self.magma_viscosity_pa_s)


def body_tides(
    interior: Interior,
    *,
    degree: int = 2,
    ocean: bool = False,
    drag_per_s: float | None = None,
    magma_viscosity_pa_s: float | None = None,
) -> BodyTides:
    """Tides of a body on its orbit.

    Parameters
    ----------
    interior : Interior
    degree : int
        Love numbers of this degree come beside those of degree 2.
    ocean : bool
        Whether the uppermost liquid layer under rock moves.
    drag_per_s, magma_viscosity_pa_s : float or None
        What holds it: a drag, or the viscosity of its magma, by default that of Io's.

    Raises
    ------
    InputError
        If a drag or a viscosity is given without an ocean, or both are; and as `ocean_tide` does.
    PrecisionError
        As `tidal_heating` and `ocean_tide` do.
    """
    if None not in (drag_per_s, magma_viscosity_pa_s):
        raise InputError("drag_per_s, magma_viscosity_pa_s: both are given; the one stands for the other, give one")
    if not ocean and (drag_per_s, magma_viscosity_pa_s) != (None, None):
        raise InputError("drag_per_s, magma_viscosity_pa_s: belong to an ocean that moves; ask for it, too")
    heating = tidal_heating(interior)
    others = {} if degree == 2 else {degree: love_numbers(interior, degree=degree)}
    if not ocean:
        return BodyTides(heating, others)
    if drag_per_s is not None:
        return BodyTides(heating, others, ocean_tide(interior, drag_per_s=drag_per_s))
    viscosity = magma_viscosity_pa_s or IO_MOLTEN_ROCK_SPENCER_2020.magma_viscosity_pa_s
    return BodyTides(heating, others, magma_ocean_tide(interior, viscosity), viscosity)
