"""A mosaic as a record, ready for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from perijove.junocam.geometry import geometry_of
from perijove.mosaic.choices import MosaicOptions
from perijove.mosaic.levelling import Levelling
from perijove.mosaic.tiles import Job
from perijove.timescales import tdb_to_utc

__all__ = ["levelling_record", "map_line", "mosaic_lines", "mosaic_record"]


def mosaic_record(
    job: Job,
    options: MosaicOptions,
    *,
    name: str,
    covered: int,
    orbits: Sequence[int | None],
    sources: Sequence[Sequence[Mapping[str, str]]],
    simulated: bool,
) -> dict[str, object]:
    """Record of a mosaic: what its JSON holds.

    Parameters
    ----------
    job : Job
    options : MosaicOptions
    name : str
        With which the files begin.
    covered : int
        Pixels that some band shows.
    orbits, sources : sequence
        Perijove and files of each picture.
    simulated : bool
        Whether any is.
    """
    grid, body = job.grid, job.looks[0].shot.body
    pictures = []
    for number, (look, orbit, files_of) in enumerate(zip(job.looks, orbits, sources, strict=True), start=1):
        tdb = look.mid_time_tdb
        geometry = geometry_of(look.shot, tdb)
        pictures.append(
            {
                "number": number,
                "product_id": look.name,
                "orbit": orbit,
                "mid_time_utc": tdb_to_utc(tdb, digits=3),
                "range_km": round(geometry["range_km"], 3),
                "phase_deg": round(geometry["phase_deg"], 4),
                "sub_spacecraft_lat_deg": round(geometry["spacecraft_direction_lat_deg"], 4),
                "sub_spacecraft_lon_east_deg": round(geometry["spacecraft_direction_lon_east_deg"], 4),
                "pixel_km": round(look.pixel_km, 5),
                "framelets": len(look.shot),
                "sources": [dict(file) for file in files_of],
            }
        )
    passes = ", ".join(f"PJ{orbit}" for orbit in sorted({orbit for orbit in orbits if orbit is not None}))
    law = job.levels.law
    brightness = (
        "I/F as seen"
        if law == "none"
        else (
            f"I/F at incidence and emission 0, phase {job.levels.phase_deg:.1f} deg, by the {law.replace('_', '-')} law"
        )
    )
    return {
        "name": name,
        "title": f"Mosaic of {body.title()} by JunoCam, {passes or 'no pass named'}, {len(pictures)} pictures",
        "target": body,
        "simulated": simulated,
        "filters": list(job.looks[0].bands),
        "by": options.by,
        "brightness": brightness,
        "light": "night side" if options.night else "day side",
        "epoch_utc": tdb_to_utc(job.epoch_tdb, digits=3),
        "map": {
            "projection": grid.projection,
            "rows": grid.shape[0],
            "columns": grid.shape[1],
            "resolution_km": grid.resolution_km,
            "crs": grid.crs,
            "covered_pixels": covered,
            "covered_share": covered / float(np.prod(grid.shape, dtype=float)),
        },
        "pictures": pictures,
        "parameters": asdict(options),
    }


def levelling_record(level: Levelling, filters: Sequence[str]) -> dict[str, object]:
    """Gains and law by filter, with errors and what they rest on."""
    gains, covariance = level.levels.gains, level.levels.covariance
    record: dict[str, object] = {
        "law_fitted": level.law,
        "law_divided_out": level.levels.law,
        "phase_deg": level.levels.phase_deg,
        "cells": level.cells,
        "cells_seen_by_several": level.shared_cells,
    }
    for number, name in enumerate(filters):
        relative = np.sqrt(np.diagonal(covariance[number])[: len(gains)])
        record[name] = {
            "gains": [round(float(gain), 5) for gain in gains[:, number]],
            "gain_sigmas_relative": [round(float(sigma), 5) for sigma in relative],
            "parameter": _fitted(level.parameter, level.parameter_sigma, level.prior_parameter, number),
            "phase_coefficient_per_deg": _fitted(
                level.phase_coefficient, level.phase_coefficient_sigma, level.prior_phase_coefficient, number
            ),
            "scatter_between_pictures_relative": round(float(level.scatter[number]), 5),
        }
    return record


def _fitted(value: np.ndarray, sigma: np.ndarray, prior: np.ndarray, band: int) -> dict[str, float]:
    return {
        "value": round(float(value[band]), 6),
        "sigma": round(float(sigma[band]), 6),
        "prior": round(float(prior[band, 0]), 6),
        "prior_sigma": round(float(prior[band, 1]), 6),
    }


def map_line(record: Mapping[str, object]) -> str:
    """Projection, size, how much of it is seen, and what it shows, in one line."""
    grid = record["map"]
    assert isinstance(grid, dict)
    return (
        f"{grid['projection'].replace('_', ' ')}, {grid['columns']} x {grid['rows']} pixels of "
        f"{grid['resolution_km']:.4g} km, {grid['covered_share']:.0%} seen; by {record['by']}; {record['brightness']}"
    )


def mosaic_lines(record: Mapping[str, object], folder: Path) -> list[str]:
    """What a user wants to know at once."""
    pictures = record["pictures"]
    assert isinstance(pictures, list)
    simulated = " (SIMULATED)" if record["simulated"] else ""
    finest, coarsest = (pick(picture["pixel_km"] for picture in pictures) for pick in (min, max))
    return [
        f"{record['title']}{simulated}",
        f"  {map_line(record)}",
        f"  pixels of the pictures {finest:.3g} to {coarsest:.3g} km",
        f"  products in {folder}{'/' if not str(folder).endswith('/') else ''}",
    ]
