"""How a body turns: the form in which the IAU publishes poles and prime meridians."""

from dataclasses import dataclass
from typing import Self

from perijove.facts import Fact

__all__ = ["IauRotation"]


@dataclass(frozen=True)
class IauRotation:
    """Pole and prime meridian in the ICRF as polynomials plus sines and cosines of slow angles.

    With T Julian centuries and d days of TDB past J2000, and each angle J = a + b T:
    right ascension = ra0 + ra1 T + sum of RA x sin J; declination = dec0 + dec1 T + sum of DEC x cos J;
    prime meridian W = w0 + w1 d + sum of PM x sin J. All in degrees.

    Attributes
    ----------
    pole_ra_deg, pole_dec_deg : tuple of 2 Fact
        At J2000, deg, and rate, deg/century.
    meridian_deg : tuple of 2 Fact
        At J2000, deg, and rate, deg/day.
    terms_deg : tuple of (str, Fact, Fact, Fact)
        Name of each angle, with its RA, DEC and PM, deg.
    """

    pole_ra_deg: tuple[Fact, Fact]
    pole_dec_deg: tuple[Fact, Fact]
    meridian_deg: tuple[Fact, Fact]
    terms_deg: tuple[tuple[str, Fact, Fact, Fact], ...]

    @classmethod
    def published(
        cls,
        source: str,
        *,
        pole_ra_deg: tuple[float, float],
        pole_dec_deg: tuple[float, float],
        meridian_deg: tuple[float, float],
        terms_deg: tuple[tuple[str, float, float, float], ...],
    ) -> Self:
        """Numbers of one publication, which states no errors.

        Parameters
        ----------
        source : str
        pole_ra_deg, pole_dec_deg, meridian_deg, terms_deg : tuple
            As the attributes.
        """

        def angle(value: float) -> Fact:
            return Fact(value, "deg", source)

        def moving(pair: tuple[float, float], rate: str) -> tuple[Fact, Fact]:
            return angle(pair[0]), Fact(pair[1], rate, source)

        return cls(
            moving(pole_ra_deg, "deg/century"),
            moving(pole_dec_deg, "deg/century"),
            moving(meridian_deg, "deg/day"),
            tuple((name, angle(ra), angle(dec), angle(pm)) for name, ra, dec, pm in terms_deg),
        )
