"""Least-squares matching: law. Ground moved by a known amount must give it back, with errors that cover."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from perijove.junocam.control.patch_matching import PatchShifts, match_patches

SIDE, REACH, COUNT = 48, 6, 12


def ground(seed: int) -> np.ndarray:
    """Albedo with structures from two pixels upwards, as optics leave them."""
    noise = np.random.default_rng(seed).normal(size=(COUNT, SIDE + 4 * REACH, SIDE + 4 * REACH))
    fine, broad = (ndimage.gaussian_filter(noise, (0, s, s), mode="wrap") * s for s in (1.2, 4.0))
    albedo: np.ndarray = 0.6 * (1.0 + 0.2 * fine + 0.3 * broad)
    return albedo


def seen_and_predicted(seed: int, dx: float, dy: float) -> tuple[np.ndarray, np.ndarray]:
    """Patches of ground moved right and down, and the unmoved ground around them."""
    albedo = ground(seed)
    moved = ndimage.shift(albedo, (0, dy, dx), order=3, mode="wrap")
    middle = slice(2 * REACH, 2 * REACH + SIDE)
    around = slice(REACH, 3 * REACH + SIDE)
    return moved[:, middle, middle], albedo[:, around, around]


@settings(max_examples=6, deadline=None)
@given(st.floats(-4.5, 4.5), st.floats(-4.5, 4.5), st.integers(0, 1000))
def test_known_shift_comes_back(dx: float, dy: float, seed: int) -> None:
    """Within 0.03 px, which is what two cubic interpolations of structures of two pixels leave."""
    seen, predicted = seen_and_predicted(seed, dx, dy)
    shifts = match_patches(seen, np.ones(seen.shape, dtype=bool), predicted)
    assert shifts.found.all()
    np.testing.assert_allclose(shifts.xy, np.broadcast_to([dx, dy], (COUNT, 2)), atol=0.03)


def test_gain_offset_and_shading_do_not_move_it() -> None:
    """Brightness that doubles across the patch, on a background: within 0.03 px."""
    seen, predicted = seen_and_predicted(3, 1.3, -0.6)
    shading = np.linspace(0.5, 1.0, SIDE)
    shifts = match_patches(0.2 * seen * shading + 0.05, np.ones(seen.shape, dtype=bool), predicted)
    assert shifts.found.all()
    np.testing.assert_allclose(shifts.xy, np.broadcast_to([1.3, -0.6], (COUNT, 2)), atol=0.03)


def test_errors_cover() -> None:
    """Noise of 10 %, one value in six pixels: the shifts lie within 3 standard errors, and half within one."""
    seen, predicted = seen_and_predicted(4, 0.4, 0.7)
    noise = ndimage.gaussian_filter(np.random.default_rng(9).normal(size=seen.shape), (0, 0.7, 0.7))
    seen = seen + 0.06 * noise / noise.std()
    shifts = match_patches(seen, np.ones(seen.shape, dtype=bool), predicted)
    pull = (shifts.xy - [0.4, 0.7]) / shifts.sigma
    assert shifts.found.all()
    assert np.abs(pull).max() < 3.0
    assert np.mean(np.abs(pull) < 1.0) > 0.5


def test_other_ground_is_not_found() -> None:
    """Unrelated ground: at most a third passes for found, the best of 169 places each; none correlates by 0.6."""
    seen, _ = seen_and_predicted(5, 0.0, 0.0)
    _, predicted = seen_and_predicted(6, 0.0, 0.0)
    shifts = match_patches(seen, np.ones(seen.shape, dtype=bool), predicted)
    assert shifts.compared.all()
    assert np.count_nonzero(shifts.found) <= COUNT // 3
    assert shifts.correlation.max() < 0.6


def test_flagged_pixels_and_missing_ground_do_not_count() -> None:
    """One pixel in seven wild and flagged, a quarter of the ground unknown: within 0.05 px."""
    seen, predicted = seen_and_predicted(7, -0.8, 0.3)
    good = np.random.default_rng(1).random(seen.shape) > 0.15
    predicted = predicted.copy()
    predicted[:, : REACH + SIDE // 4] = 0.0
    shifts = match_patches(np.where(good, seen, 50.0), good, predicted)
    assert shifts.found.all()
    np.testing.assert_allclose(shifts.xy, np.broadcast_to([-0.8, 0.3], (COUNT, 2)), atol=0.05)
    nothing = match_patches(seen, np.zeros(seen.shape, dtype=bool), predicted)
    assert not nothing.compared.any()
    assert not nothing.found.any()


def test_a_patch_with_too_little_common_ground_is_compared_but_not_found() -> None:
    """Law: half of a patch must be ground before the move and after it, and nothing is said where it is less.

    The ground ends two rows below the middle of the patch; a move up by four rows leaves less than half of it.
    """
    seen, predicted = seen_and_predicted(5, 0.0, -4.0)
    mask = np.ones(seen.shape, dtype=bool)

    def found_with(rows: int) -> PatchShifts:
        cut = predicted.copy()
        cut[:, REACH + rows :, :] = 0.0
        return match_patches(seen, mask, cut)

    little, enough = found_with(SIDE // 2 + 2), found_with(3 * SIDE // 4)
    assert little.compared.all()
    assert not little.found.any()
    assert np.isinf(little.sigma).all()
    assert enough.found.all()
