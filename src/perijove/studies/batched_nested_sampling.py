"""Nested sampling by dynesty with a likelihood that takes many points a call.

dynesty asks for the likelihood of one point at a time. Most proposals within its ellipsoids fail, and one body costs a
hundred times as much alone as among thousands. So whole batches of proposals are drawn and evaluated ahead here: which
points are proposed and which are taken is dynesty's, and its queue, made for parallel machines, holds those found.
"""

from collections.abc import Callable
from typing import Any

import dynesty
import numpy as np
from dynesty.internal_samplers import SamplerReturn, UniformBoundSampler

from perijove.errors import FitError

__all__ = ["nested_sampler"]

_QUEUE = 32  # points found ahead: those that the likelihood has overtaken by their turn are dropped
_PROPOSALS = 512  # a call
# For one queue. The default question (seven parameters, 400 live points) draws 39 million in four runs, at 4 us each;
# its largest queue takes 11 million.
_MOST_PROPOSALS = 20_000_000
_RATIO = 20
_LOWEST = -1e300  # dynesty's own stand-in for no likelihood at all

LogLikelihood = Callable[[np.ndarray], np.ndarray]


class _BatchedUniform(UniformBoundSampler):  # type: ignore[misc]  # dynesty has no types
    """Uniform proposals within the bound, evaluated by the hundred."""

    @property
    def update_bound_interval_ratio(self) -> int:
        """Evaluations per live point between new bounds; these cost more than the evaluations if made after each."""
        return _RATIO

    def prepare_sampler(self, **given: Any) -> list[SamplerReturn]:  # noqa: ANN401  # dynesty's interface
        """Find as many points above the threshold as dynesty asks for."""
        sampler, threshold, log_likelihood = given["nested_sampler"], given["loglstar"], self.input_kwargs["batched"]
        found: list[SamplerReturn] = []
        calls = tried = 0
        while len(found) < len(given["points"]):
            if tried >= _MOST_PROPOSALS:
                raise FitError(
                    f"nested sampling: {tried:,} proposals gave {len(found)} better points: ellipsoids about few "
                    "live points enclose too much; give more live points"
                )
            tried += _PROPOSALS
            unit = _within(sampler.bound, _PROPOSALS, sampler.rstate)
            for point, log in zip(unit, _bounded(log_likelihood, unit), strict=True):
                calls += 1
                if log > threshold:
                    value = dynesty.utils.LoglOutput(log, blob_flag=False)
                    found.append(SamplerReturn(point, point, value, calls, [], None, {"n_proposals": calls}))
                    calls = 0
        return found[: len(given["points"])]

    @staticmethod
    def sample(found: SamplerReturn) -> SamplerReturn:
        """What `prepare_sampler` has found."""
        return found


def _within(ellipsoids: Any, count: int, rng: np.random.Generator) -> np.ndarray:  # noqa: ANN401  # dynesty's
    """Points of the unit cube, even over a union of ellipsoids, from so many trials.

    Where ellipsoids overlap, as many as hold a point propose it: it is taken with one over their number.
    """
    weights = np.exp(ellipsoids.logvol_ells - ellipsoids.logvol_ells.max())
    chosen = rng.choice(len(weights), count, p=weights / weights.sum())
    ball = rng.standard_normal((count, ellipsoids.ndim))
    ball *= (rng.random(count) ** (1.0 / ellipsoids.ndim) / np.linalg.norm(ball, axis=1))[:, None]
    points = ellipsoids.ctrs[chosen] + np.einsum("nij,nj->ni", np.linalg.cholesky(ellipsoids.covs)[chosen], ball)
    points = points[np.all((points > 0.0) & (points < 1.0), axis=1)]
    away = points[:, None] - ellipsoids.ctrs
    holders = (np.einsum("nei,eij,nej->ne", away, ellipsoids.ams, away) < 1.0).sum(axis=1)
    taken: np.ndarray = points[rng.random(len(points)) * np.maximum(holders, 1) < 1.0]
    return taken


def _bounded(log_likelihood: LogLikelihood, unit: np.ndarray) -> np.ndarray:
    return np.maximum(log_likelihood(unit), _LOWEST)


def nested_sampler(log_likelihood: LogLikelihood, parameters: int, *, live: int, rng: np.random.Generator) -> Any:  # noqa: ANN401  # dynesty has no types
    """Sampler of dynesty over the unit cube.

    Parameters
    ----------
    log_likelihood : callable
        From points of the unit cube, shape (n, parameters), to (n,).
    parameters, live : int
    rng : Generator

    Returns
    -------
    dynesty.NestedSampler
        Which raises FitError while it runs if 20 million proposals in a row give too few points.
    """
    unit = rng.random((live, parameters))
    return dynesty.NestedSampler(
        lambda point: float(_bounded(log_likelihood, point[None])[0]),
        lambda point: point,
        parameters,
        nlive=live,
        live_points=[unit, unit, _bounded(log_likelihood, unit)],
        bound="multi",
        sample=_BatchedUniform(ndim=parameters, batched=log_likelihood),
        first_update={"min_ncall": live, "min_eff": 60.0},
        queue_size=_QUEUE,
        pool=_Serial(),
        rstate=rng,
    )


class _Serial:
    """What dynesty takes for a pool: it asks for a queue only where there is one."""

    map = staticmethod(map)
