"""A joint adjustment as a record: everything that was found and what it rests on, and in short for people."""

from collections.abc import Sequence

import numpy as np

from perijove.adjustment.adjust import Adjusted
from perijove.adjustment.control import control_of
from perijove.adjustment.ties import BASE_MAP
from perijove.archive.gathering import LeftOut
from perijove.geometry.ellipsoid import planetocentric_deg
from perijove.junocam.ground_error import position_sigma_km

__all__ = ["control_lines", "control_record"]


def control_record(adjusted: Adjusted, *, left_out: Sequence[LeftOut] = ()) -> dict[str, object]:
    """Parameters, errors, covariance, residuals, ties and sources of an adjustment, as plain values.

    Its ``pictures`` are what `perijove.adjustment.control.control_from` reads.
    """
    solution, parameters = adjusted.solution, adjusted.unknowns.joint.parameters
    sigmas = np.sqrt(np.diag(solution.covariance))
    group = {product: number for number, some in enumerate(adjusted.groups, start=1) for product in some}
    control = control_of(adjusted)
    return {
        "body": adjusted.pictures[0].location.orientation.body.name,
        "pictures": [
            control.pictures[picture.product_id].record()
            | {
                "pass": picture.pass_name,
                "group": group[picture.product_id],
                "ground_sigma_km": _finite(position_sigma_km(location)["median"]),
                "taken_from": dict(location.orientation.sources),
                "limb": {
                    name: {"rms_px": rms, "points": count}
                    for (product, name), (rms, count) in adjusted.limb_rms_px.items()
                    if product == picture.product_id
                },
            }
            for picture, location in zip(adjusted.pictures, adjusted.locations, strict=True)
        ],
        "groups": [list(some) for some in adjusted.groups],
        "shared": {
            name: {kind: {"log_odds": float(odds), "shared": bool(odds > 0.0)} for kind, odds in kinds.items()}
            for name, kinds in solution.shared.items()
        },
        "redundancy": adjusted.redundancy,
        "unknowns": [
            {"name": p.name, "unit": p.unit, "value": value, "sigma": sigma}
            | {"prior": p.value, "prior_sigma": float(prior)}
            for p, value, sigma, prior in zip(
                parameters, solution.values.tolist(), sigmas.tolist(), solution.prior_sigmas, strict=True
            )
        ],
        "covariance": solution.covariance.tolist(),
        "ties": _ties(adjusted),
        "base_map": None
        if adjusted.base_map is None
        else {"name": adjusted.base_map.source.name, "sha256": adjusted.base_map.source.sha256},
        "left_out": [{"file": one.path.name, "reason": one.reason} for one in left_out],
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _ties(adjusted: Adjusted) -> dict[str, object]:
    ties, solution = adjusted.ties, adjusted.solution
    lat, lon = planetocentric_deg(ties.ground_km)
    names = [picture.product_id for picture in adjusted.pictures]
    rows = zip(
        ties.picture.tolist(),
        ties.partner.tolist(),
        ties.framelet.tolist(),
        ties.measured_px.tolist(),
        lat.tolist(),
        lon.tolist(),
        solution.tie_residual_px.tolist(),
        ties.sigma_px.tolist(),
        solution.tie_kept.tolist(),
        strict=True,
    )
    return {
        "compared": adjusted.compared,
        "found": len(ties),
        "kept": int(solution.tie_kept.sum()),
        "scatter": {"pictures": float(solution.tie_scatter[0]), "base_map": float(solution.tie_scatter[1])},
        "pairs": [
            {"picture": picture, "partner": partner, "filter": name}
            | {"rms_px": _finite(rms), "kept": kept, "put_out": out}
            for (picture, partner, name), (rms, kept, out) in adjusted.tie_rms_px.items()
        ],
        "points": [
            {
                "picture": names[k],
                "partner": "base map" if other == BASE_MAP else names[other],
                "framelet": framelet,
                "xy_px": xy,
                "lat_deg": round(at, 5),
                "lon_east_deg": round(east, 5),
                "residual_px": residual,
                "sigma_px": sigma,
                "kept": kept,
            }
            for k, other, framelet, xy, at, east, residual, sigma, kept in rows
        ],
    }


def control_lines(adjusted: Adjusted, *, left_out: Sequence[LeftOut] = ()) -> list[str]:
    """What to know of an adjustment, in lines of text."""
    solution, ties = adjusted.solution, adjusted.ties
    lines = [
        (
            f"{len(adjusted.pictures)} pictures, {int(solution.tie_kept.sum())} ties kept of {len(ties)} found and "
            f"{adjusted.compared} compared; {adjusted.redundancy:.0f} measurements more than unknowns"
        ),
    ]
    for name, kinds in solution.shared.items():
        own = [_KINDS[kind] for kind, odds in kinds.items() if not odds > 0.0]
        if own:
            lines.append(f"{name}: its pictures do not share {' and '.join(own)}; each has its own")
    alone = [some[0] for some in adjusted.groups if len(some) == 1]
    if len(adjusted.groups) > 1:
        sizes = ", ".join(str(len(some)) for some in adjusted.groups)
        lines.append(f"groups that hang together by common ground: {sizes} pictures")
    if alone and len(adjusted.pictures) > 1:
        lines.append(f"alone, on limb and path only: {', '.join(alone)}")
    focal, sigma = adjusted["focal_length_px"]
    lines.append(f"focal length {focal:.2f} ± {sigma:.2f} px")
    lines.append("")
    lines.append(f"{'picture':<28}{'limb px':>9}{'ties':>7}{'rms px':>9}{'ground km':>11}")
    for picture, location in zip(adjusted.pictures, adjusted.locations, strict=True):
        lines.append(_picture_line(adjusted, picture.product_id, location.solution.rms_px, position_sigma_km(location)))
    lines.extend(f"left out: {one.reason}" for one in left_out)
    return lines


_KINDS = {"axis": "the spin axis", "spin": "the rate of spin", "path": "the path"}


def _picture_line(adjusted: Adjusted, product_id: str, limb_px: float, ground: dict[str, float]) -> str:
    number = [picture.product_id for picture in adjusted.pictures].index(product_id)
    ties, solution = adjusted.ties, adjusted.solution
    mine = ((ties.picture == number) | (ties.partner == number)) & solution.tie_kept
    own = solution.tie_residual_px[mine & (ties.picture == number)]
    rms = f"{np.sqrt(np.mean(np.sum(own**2, axis=1))):.3f}" if len(own) else "-"
    km = f"± {ground['median']:.2f}" if np.isfinite(ground["median"]) else "-"
    return f"{product_id:<28}{limb_px:>9.3f}{int(mine.sum()):>7}{rms:>9}{km:>11}"
