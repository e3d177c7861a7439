"""The compiled loops of a mosaic: weigh what a picture shows of a tile, add it up, and turn the sums into a map.

Array layouts: ground points are counted along one axis, (n,); bands come first, (bands, n). `planes` are those of
`perijove.scene.mapping_kernel`, in their order.

- `law`, one row per band: gain of the picture, parameter of the disk function, phase coefficient (1/deg).
- `depth_view`: perspective view on which depths are given: camera's position (3), axes (9), its distance from the
  body's centre over the size of a pixel, left and top edge in pixels.
"""

import numpy as np

from perijove.compiled import njit

__all__ = ["AS_SEEN", "BEST_PLANES", "BLEND", "EMISSION", "ERROR", "LUNAR_LAMBERT", "MINNAERT", "PHASE", "RESOLUTION",
           "TIME", "add_look", "finish"]  # fmt: skip

AS_SEEN, LUNAR_LAMBERT, MINNAERT = 0, 1, 2
BLEND, RESOLUTION, EMISSION, PHASE, TIME, ERROR = 0, 1, 2, 3, 4, 5
BEST_PLANES = 5  # time, ground resolution, incidence, emission, phase

_INCIDENCE, _EMISSION, _PHASE, _PIXEL, _FRAME = 2, 3, 4, 5, 6  # of `planes`
_LEAST = 1e-6  # weight at an edge, where a picture still stands in for ground that no other shows
_INCOMPLETE = 1e12  # added to the rank of a look that lacks a band: taken only where none has all
_compiled = njit(nogil=True, error_model="numpy")


@_compiled
def _smooth(t):  # type: ignore[no-untyped-def]
    """From 0 at 0 to 1 at 1, level at both ends."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@_compiled
def _share(x, y, z, view, depth):  # type: ignore[no-untyped-def]
    """Depth of a ground point within a picture: bilinear between the pixels of the view, 0 beyond it."""
    dx, dy, dz = x - view[0], y - view[1], z - view[2]
    ahead = view[9] * dx + view[10] * dy + view[11] * dz
    if not ahead > 0.0:
        return 0.0
    scale = view[12] / ahead
    column = (view[3] * dx + view[4] * dy + view[5] * dz) * scale - view[13] - 0.5
    row = (view[6] * dx + view[7] * dy + view[8] * dz) * scale - view[14] - 0.5
    rows, columns = depth.shape
    if not (0.0 <= column < columns - 1 and 0.0 <= row < rows - 1):
        return 0.0
    j, i = int(column), int(row)
    s, t = column - j, row - i
    above = depth[i, j] * (1.0 - s) + depth[i, j + 1] * s
    below = depth[i + 1, j] * (1.0 - s) + depth[i + 1, j + 1] * s
    return above * (1.0 - t) + below * t


@_compiled
def _disk(code, parameter, mu0, mu):  # type: ignore[no-untyped-def]
    """Disk function and the derivative of its logarithm by the parameter; see `perijove.physics.photometry`."""
    if code == LUNAR_LAMBERT:
        single = 2.0 * mu0 / (mu0 + mu)
        value = parameter * single + (1.0 - parameter) * mu0
        return value, (single - mu0) / value
    if code == MINNAERT:
        return mu0**parameter * mu ** (parameter - 1.0), np.log(mu0) + np.log(mu)
    return 1.0, 0.0


@_compiled
def add_look(  # type: ignore[no-untyped-def]
    index, choice, values, sigma, flags, planes, x, y, z, view, depth, times, noise, code, law, phase_deg, light,
    limit_deg, coarsest_km, beyond_bit, sums, gradients, weights, rank, best, best_planes, looks, quality,
):  # fmt: skip
    """Add what a picture shows of a tile.

    Parameters
    ----------
    index, choice : int
        Number of the picture; what the best look is best by, `BLEND` to mean all.
    times : array, shape (frames,)
        Of the picture's frames, seconds.
    noise : array, shape (bands,)
        Standard error of a pixel of the picture, anywhere.
    code, phase_deg : int, float
        Disk function, and phase angle to which brightness is brought.
    coarsest_km : float
        Size of a pixel of the coarsest picture.
    light : array, shape (3,)
        First and last incidence angle that counts, and over how much weights fall to zero there, deg.
    sums, gradients : arrays, shape (bands, 3, n), (bands, 2, n)
        Sums of weights, weighted values, and squared weighted errors; of weighted derivatives of the law.
    weights : array, shape (looks, bands, n)
        Row `index` is filled.
    """
    bands = len(values)
    complete = 0
    for j in range(len(x)):
        incidence, emission = planes[_INCIDENCE, j], planes[_EMISSION, j]
        # 1. Ground that is not seen, is not in the wanted light, or lies beyond what the law describes.
        if np.isnan(emission) or not light[0] <= incidence < light[1]:
            continue
        if code != AS_SEEN and (incidence > limit_deg or emission > limit_deg):
            quality[j] |= beyond_bit
            continue
        mu0, mu = np.cos(np.radians(incidence)), np.cos(np.radians(emission))
        # 2. What it counts by geometry. Sharpness (the inverse square of a pixel against the coarsest one) counts fully
        # deep within a picture only: one a hundred times as sharp would else win up to its very edge.
        end = min(light[1], limit_deg) if code != AS_SEEN else light[1]
        lit = _smooth((end - incidence) / light[2])
        if light[0] > 0.0:
            lit *= _smooth((incidence - light[0]) / light[2])
        pixel = planes[_PIXEL, j]
        deep = _smooth(_share(x[j], y[j], z[j], view, depth))
        sharp = mu * (coarsest_km / pixel) ** 2
        geometry = max(deep * lit, _LEAST) * sharp ** (2.0 * deep * lit)
        # 3. Band by band: brought to one brightness, and weighed by the error of the picture's pixels. That of the
        # interpolated value swings by a factor of 2 from pixel centres to corners, which would show.
        frame = planes[_FRAME, j] - 1.0
        k = max(min(int(frame), len(times) - 2), 0)
        after = min(k + 1, len(times) - 1)
        time = times[k] + (frame - k) * (times[after] - times[k])
        relative, found = 0.0, 0
        for band in range(bands):
            if np.isnan(values[band, j]):
                continue
            disk, slope = _disk(code, law[band, 1], mu0, mu)
            turn = planes[_PHASE, j] - phase_deg if code != AS_SEEN else 0.0
            factor = 1.0 / (law[band, 0] * disk * np.exp(-law[band, 2] * turn))
            value, error = values[band, j] * factor, sigma[band, j] * factor
            weight = geometry / (noise[band] * factor) ** 2
            weights[index, band, j] = weight
            relative += error / abs(value) if value != 0.0 else np.inf
            found += 1
            if choice == BLEND:
                sums[band, 0, j] += weight
                sums[band, 1, j] += weight * value
                sums[band, 2, j] += (weight * error) ** 2
                gradients[band, 0, j] += weight * slope
                gradients[band, 1, j] -= weight * turn
        if found == 0:
            continue
        looks[j] += 1
        # 4. The best look.
        here = -geometry * found  # without the errors, whose noise would make its borders ragged
        if choice == RESOLUTION:
            here = pixel / mu
        elif choice == EMISSION:
            here = emission
        elif choice == PHASE:
            here = planes[_PHASE, j]
        elif choice == TIME:
            here = -time
        elif choice == ERROR:
            here = relative / found
        if choice != BLEND:
            here += (bands - found) * _INCOMPLETE
        if not here < rank[j]:
            continue
        rank[j], best[j] = here, index
        best_planes[0, j], best_planes[1, j], best_planes[2, j] = time, pixel / mu, incidence
        best_planes[3, j], best_planes[4, j] = emission, planes[_PHASE, j]
        quality[j] &= beyond_bit
        for band in range(len(flags)):
            quality[j] |= flags[band, j]
        complete += 1
        if choice != BLEND:
            for band in range(bands):
                seen = not np.isnan(values[band, j])
                disk, slope = _disk(code, law[band, 1], mu0, mu)
                turn = planes[_PHASE, j] - phase_deg if code != AS_SEEN else 0.0
                factor = 1.0 / (law[band, 0] * disk * np.exp(-law[band, 2] * turn))
                sums[band, 0, j] = 1.0 if seen else 0.0
                sums[band, 1, j] = values[band, j] * factor if seen else 0.0
                sums[band, 2, j] = (sigma[band, j] * factor) ** 2 if seen else 0.0
                gradients[band, 0, j], gradients[band, 1, j] = slope, -turn
    return complete


@_compiled
def finish(choice, sums, gradients, weights, best, covariance, values_out, sigma_out):  # type: ignore[no-untyped-def]
    """Turn sums into values and standard errors, NaN without weight; returns the number of covered ground points.

    `covariance`, (bands, looks + 2, looks + 2), is that of the logarithms of the gains, of the disk function's
    parameter and of the phase coefficient. The relative error of a mean with the shares a is J C J, J = (a, gradients).
    """
    bands, n = values_out.shape
    count = len(weights)
    part = np.empty(count + 2)
    covered = 0
    for j in range(n):
        seen = False
        for band in range(bands):
            total = sums[band, 0, j]
            if not total > 0.0:
                values_out[band, j] = sigma_out[band, j] = np.nan
                continue
            seen = True
            value = sums[band, 1, j] / total
            for look in range(count):
                if choice == BLEND:
                    part[look] = weights[look, band, j] / total
                else:
                    part[look] = 1.0 if look == best[j] else 0.0
            part[count] = gradients[band, 0, j] / total
            part[count + 1] = gradients[band, 1, j] / total
            level = 0.0
            for a in range(count + 2):
                if part[a] != 0.0:
                    for b in range(a + 1):
                        level += (2.0 if b < a else 1.0) * part[a] * part[b] * covariance[band, a, b]
            values_out[band, j] = value
            sigma_out[band, j] = np.sqrt(sums[band, 2, j] / (total * total) + level * value * value)
        covered += seen
    return covered
