"""How a body turns: the form in which the IAU publishes poles and prime meridians."""

from dataclasses import dataclass

__all__ = ["IauRotation"]


@dataclass(frozen=True)
class IauRotation:
    """Pole and prime meridian in the ICRF as polynomials plus sines and cosines of slow angles.

    With T Julian centuries and d days of TDB past J2000, and each angle J = a + b T:
    right ascension = ra0 + ra1 T + sum of RA x sin J; declination = dec0 + dec1 T + sum of DEC x cos J;
    prime meridian W = w0 + w1 d + sum of PM x sin J. All in degrees.
    """

    pole_ra_deg: tuple[float, float]
    pole_dec_deg: tuple[float, float]
    meridian_deg: tuple[float, float]
    terms_deg: tuple[tuple[str, float, float, float], ...]  # name of the angle, RA, DEC, PM
