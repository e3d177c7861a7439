"""What the fit of the poses takes off heights: slow waves along the limb look like another place, distance or spin."""

import numpy as np

from perijove.junocam.control.pose_adjustment import PoseUnknowns
from perijove.junocam.limb.fit import limb_residuals_px
from perijove.junocam.locate import Location
from perijove.scene.shot import Shot

__all__ = ["surviving_share"]


def surviving_share(location: Location, wavelengths_deg: np.ndarray) -> np.ndarray:
    """Part of a wave of heights along the limb that is left after the poses were fitted.

    Parameters
    ----------
    location : Location
        With poses from this picture's limb.
    wavelengths_deg : array, shape (n,)
        Of azimuth about the disc; 360 is the whole limb.

    Returns
    -------
    array, shape (n,)
        Root mean square of what is left of the wave over that of the wave, on the limb that was used; the mean over
        sine and cosine. 1: the wave is seen as it is. 0: it is lost.

    Notes
    -----
    To first order, with robust weights as they came out. In units in which the parameters' covariance is 1, the
    normal matrix of limb and priors together is 1, too, so of the limb alone it is DᵀWD with no eigenvalue above 1. W
    is the points' weights but for one factor, by which their correlation lowers them. It is chosen so that the
    largest eigenvalue is 1: the best known combination rests on the limb alone.
    """
    solution = location.solution
    edges = solution.edges.chosen(solution.kept)
    unknowns = PoseUnknowns(location, location.shot.middle_frame)
    frame = location.shot.frame_of_framelet[edges.framelet]

    def residuals(z: np.ndarray) -> np.ndarray:
        shot = unknowns.shot(z)
        at = np.empty((len(edges), 2))
        for framelet in np.unique(edges.framelet).tolist():
            here = edges.framelet == framelet
            at[here] = shot.cameras[framelet].undistorted_px(edges.xy[here])
        return limb_residuals_px(at, frame, shot.view, _focal_px(shot), radii_km=shot.radii_km)

    slopes = unknowns.derivatives(residuals, np.zeros(len(unknowns.root)))
    weight = 1.0 / (edges.sigma_px**2 + float(np.median(edges.sigma_px)) ** 2)
    normal = (slopes * weight[:, None]).T @ slopes
    gain = (slopes * weight[:, None]).T / float(np.linalg.eigvalsh(normal)[-1])
    shares = []
    for wavelength in np.asarray(wavelengths_deg, dtype=float).tolist():
        waves = np.exp(2j * np.pi * edges.azimuth_deg / wavelength)
        left = [wave - slopes @ (gain @ wave) for wave in (waves.real, waves.imag)]
        ratios = [np.sqrt(np.mean(a**2) / np.mean(b**2)) for a, b in zip(left, (waves.real, waves.imag), strict=True)]
        shares.append(float(np.mean(ratios)))
    return np.array(shares)


def _focal_px(shot: Shot) -> float:
    return shot.cameras[0].focal_length_px
