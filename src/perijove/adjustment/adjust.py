"""The joint adjustment of the pictures of one or more passes, and what comes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from perijove.adjustment.sighted import Sighted
from perijove.adjustment.solution import (
    Observations,
    Solution,
    limb_equations,
    shared_kinds,
    shot_of_unknowns,
    solved,
    start_values,
)
from perijove.adjustment.ties import BASE_MAP, Ties, base_map_ties, picture_ties
from perijove.adjustment.unknowns import SHARED, JointUnknowns, joint_unknowns
from perijove.errors import InputError
from perijove.formats.base_map import BaseMap
from perijove.junocam.ground_error import position_sigma_km
from perijove.junocam.locate import Location
from perijove.junocam.radiometry.calibration import CalibratedImage

__all__ = ["Adjusted", "adjust"]

_ROUNDS = 2


@dataclass(frozen=True)
class Adjusted:
    """Pictures adjusted together.

    Attributes
    ----------
    pictures : tuple of Sighted
        In the order in which they came; each with the poses of its own limb.
    locations : tuple of Location
        The same with the poses of all: shot, parameters and covariance; limb points and verdict are those of its limb.
    unknowns : JointUnknowns
    solution : Solution
    ties : Ties
        Of the last round; which were kept says `solution`.
    compared : int
        Patches of the last round that were compared, found or not.
    base_map : BaseMap or None
    """

    pictures: tuple[Sighted, ...]
    locations: tuple[Location, ...]
    unknowns: JointUnknowns
    solution: Solution
    ties: Ties
    compared: int
    base_map: BaseMap | None

    def __getitem__(self, name: str) -> tuple[float, float]:
        """Value and standard error of a joint unknown by name."""
        i = self.unknowns.joint.parameters.index(name)
        return float(self.solution.values[i]), float(np.sqrt(self.solution.covariance[i, i]))

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Pictures that hang together by ties that were kept, largest group first; one alone is a group of one.

        The base map does not count: what hangs on it alone hangs on nothing else here.
        """
        group = list(range(len(self.pictures)))
        kept = self.ties.chosen(self.solution.tie_kept)
        for a, b in zip(kept.picture.tolist(), kept.partner.tolist(), strict=True):
            if b != BASE_MAP and group[a] != group[b]:
                old, new = group[a], group[b]
                group = [new if g == old else g for g in group]
        members = [
            tuple(p.product_id for p, g in zip(self.pictures, group, strict=True) if g == one)
            for one in dict.fromkeys(group)
        ]
        return tuple(sorted(members, key=len, reverse=True))

    @property
    def determined(self) -> float:
        """How many unknowns the measurements determine; the rest is what was known before."""
        shares = np.diag(self.solution.covariance) / self.solution.prior_sigmas**2
        return float(len(shares) - np.sum(shares))

    @property
    def redundancy(self) -> float:
        """Measured coordinates that were kept, less the unknowns that they determine."""
        limb = sum(int(kept.sum()) for kept in self.solution.limb_kept)
        return limb + 2.0 * float(self.solution.tie_kept.sum()) - self.determined

    @property
    def limb_rms_px(self) -> dict[tuple[str, str], tuple[float, int]]:
        """Of the limb points kept, by product and filter: root mean square residual, and how many."""
        found = {}
        for picture, residual, kept in zip(
            self.pictures, self.solution.limb_residual_px, self.solution.limb_kept, strict=True
        ):
            names = np.array(picture.filters)[picture.location.solution.edges.framelet]
            for name in np.unique(names[kept]).tolist():
                here = kept & (names == name)
                found[picture.product_id, name] = _rms(residual[here]), int(here.sum())
        return found

    @property
    def tie_rms_px(self) -> dict[tuple[str, str, str], tuple[float, int, int]]:
        """Of ties, by product, partner and filter: rms residual in x and y of those kept, how many, how many not.

        The partner is ``base map`` for a base map; pixels are the product's, the coarser of the two.
        """
        found = {}
        names = [np.array(picture.filters) for picture in self.pictures]
        ties, solution = self.ties, self.solution
        colours = np.array([names[k][f] for k, f in zip(ties.picture, ties.framelet, strict=True)], dtype="U16")
        key = np.stack([ties.picture, ties.partner], axis=1)
        for k, other in np.unique(key, axis=0).tolist():
            for name in np.unique(colours).tolist():
                here = (ties.picture == k) & (ties.partner == other) & (colours == name)
                if not here.any():
                    continue
                partner = "base map" if other == BASE_MAP else self.pictures[other].product_id
                kept = here & solution.tie_kept
                rms = _rms(np.hypot(*solution.tie_residual_px[kept].T)) if kept.any() else float("nan")
                found[self.pictures[k].product_id, partner, name] = rms, int(kept.sum()), int((here & ~kept).sum())
        return found


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def adjust(
    pictures: Iterable[tuple[CalibratedImage, Location]],
    *,
    base_map: BaseMap | None = None,
    progress: Callable[[str], None] | None = None,
) -> Adjusted:
    """Adjust the poses of located pictures together.

    Parameters
    ----------
    pictures : iterable of CalibratedImage and Location
        From `perijove.junocam.processing.calibrated_and_located`; of one body, by label or by kernels. They are taken
        one at a time, and some 30 MB of each are kept.
    base_map : BaseMap, optional
        Ties all pictures to its places.
    progress : callable, optional
        Told the name of each step.

    Returns
    -------
    Adjusted

    Raises
    ------
    InputError
        Without pictures, with one twice, or with pictures of several bodies.
    FitError
        Where the equations have no solution.

    Notes
    -----
    Unknowns: Juno's path through each pass, displaced in place and velocity; spin axis and rate of each pass; start
    offset and spin phase of each picture (with attitude kernels start offset and pointing); the camera, one for all.
    What pictures of a pass are taken to share is tested: where the measurements speak against it each picture has its
    own (`solution.shared`). Limb points first; then ties between pictures in two rounds, the second from the poses of
    the first. Not modelled: relief; ground h km above the ellipsoid pulls two pictures apart by h (tan e1 - tan e2).
    """
    tell = progress or _silent
    seen = tuple(Sighted.of(image, location) for image, location in pictures)
    _refuse(seen)
    unknowns = joint_unknowns({one.product_id: (one.pass_name, one.location) for one in seen})
    wide = unknowns.joint.parameters.prior_sigmas
    start = start_values(seen, unknowns)
    nothing, compared = Ties.joined([]), 0
    tell("limbs together")
    observed = Observations(seen, unknowns, limb_equations(seen, unknowns, start), nothing)
    solution = solved(observed, start, prior_sigmas=wide, cooled=True)
    for round_ in range(_ROUNDS):
        shots = [shot_of_unknowns(one, unknowns, k, solution.values) for k, one in enumerate(seen)]
        # What is off after the first round is off in all pictures alike: between them little is left to search.
        off_km = _ground_sigma_km(seen, unknowns, solution) if round_ == 0 else np.zeros(len(seen))
        ties, compared = picture_ties(seen, shots, ground_sigma_km=off_km, progress=progress)
        if base_map is not None:
            more, tried = base_map_ties(seen, shots, base_map, ground_sigma_km=off_km, progress=progress)
            ties, compared = Ties.joined([ties, more]), compared + tried
        tell("solving")
        observed = replace(observed, ties=ties)
        free = solved(observed, solution.values, prior_sigmas=wide, cooled=round_ > 0)
        shared = shared_kinds(unknowns, free.values, free.covariance, wide)
        sigmas = _shared_sigmas(unknowns, wide, shared)
        solution = replace(solved(observed, free.values, prior_sigmas=sigmas, cooled=True), shared=shared)
    return Adjusted(
        pictures=seen,
        locations=_locations(seen, unknowns, solution),
        unknowns=unknowns,
        solution=solution,
        ties=observed.ties,
        compared=compared,
        base_map=base_map,
    )


def _ground_sigma_km(pictures: tuple[Sighted, ...], unknowns: JointUnknowns, solution: Solution) -> np.ndarray:
    """Standard errors of what each picture shows; the largest of the others where it shows no ground well."""
    sigmas = np.array([position_sigma_km(one)["median"] for one in _locations(pictures, unknowns, solution)])
    known = sigmas[np.isfinite(sigmas)]
    return np.where(np.isfinite(sigmas), sigmas, np.max(known, initial=0.0))


def _refuse(pictures: tuple[Sighted, ...]) -> None:
    if not pictures:
        raise InputError("no pictures to adjust; give at least one")
    names = [picture.product_id for picture in pictures]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{', '.join(twice)}: given more than once; give each picture once")
    bodies = sorted({picture.location.orientation.body.name for picture in pictures})
    if len(bodies) > 1:
        raise InputError(f"pictures of {' and '.join(bodies)}: adjust those of one body at a time")


def _shared_sigmas(unknowns: JointUnknowns, wide: np.ndarray, shared: Mapping[str, Mapping[str, float]]) -> np.ndarray:
    """Prior standard errors, with small ones for deviations of what the measurements say is shared."""
    sigmas = wide.copy()
    for name, kinds in shared.items():
        for kind, odds in kinds.items():
            if odds > 0.0:
                sigmas[unknowns.deviations(name, kind)] = SHARED[kind]
    return sigmas


def _locations(pictures: tuple[Sighted, ...], unknowns: JointUnknowns, solution: Solution) -> tuple[Location, ...]:
    """Each picture's location with the poses and errors of a solution."""
    return tuple(_located(picture, unknowns, number, solution) for number, picture in enumerate(pictures))


def _located(picture: Sighted, unknowns: JointUnknowns, number: int, solution: Solution) -> Location:
    location, one, places = picture.location, unknowns.pictures[number], unknowns.places(number)
    own = one.own_values(solution.values[places])
    covariance = one.by_unknowns @ solution.covariance[np.ix_(places, places)] @ one.by_unknowns.T
    limb = replace(
        location.solution,
        values=own,
        covariance=covariance,
        sigmas=np.sqrt(np.diag(covariance)),
        residual_px=solution.limb_residual_px[number],
        kept=solution.limb_kept[number],
    )
    others = f"adjusted with {len(unknowns.pictures) - 1} other pictures"
    known = location.orientation
    sources = {name: f"{known.sources[name]}; {others}" for name in ("position", "velocity", "attitude")}
    return replace(
        location,
        orientation=replace(known, sources=known.sources | sources),
        orientation_model=one.model,
        solution=limb,
        shot=shot_of_unknowns(picture, unknowns, number, solution.values),
    )


def _silent(step: str) -> None:
    """Progress that nobody watches."""
