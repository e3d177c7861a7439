"""Raw pictures: what a label says, what pixels show, and what was fetched, as records for JSON and as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from perijove.archive.by_name import Got, Order, named_set
from perijove.archive.cache import cache_folder, here
from perijove.archive.data_sets import DataSet
from perijove.export.answer import megabytes
from perijove.formats.image import PictureLabel
from perijove.formats.product import FRAMELET_ROWS
from perijove.junocam.pixel_lookup import PixelLook

__all__ = [
    "data_set_record",
    "data_sets_text",
    "got_record",
    "got_text",
    "label_record",
    "label_text",
    "look_text",
    "plan_line",
]

_SIZES = {"lat_deg": 3, "lon_east_deg": 3, "incidence_deg": 2, "emission_deg": 2, "phase_deg": 2}
_SIZES |= {
    "range_km": 1,
    "resolution_km": 3,
    "position_sigma_km": 2,
    "radiance_factor": 5,
    "sigma": 5,
    "sigma_scale": 5,
}


def label_record(raw: PictureLabel) -> dict[str, object]:
    """A label in Perijove's terms."""
    geometry = raw.geometry
    return {
        "product_id": raw.product_id,
        "target": raw.target,
        "level": raw.level,
        "orbit": raw.orbit,
        "start_utc": raw.start_utc,
        "frames": raw.n_frames,
        "framelets": raw.n_framelets,
        "filters": list(dict.fromkeys(raw.filters)),
        "rows_per_framelet": FRAMELET_ROWS[raw.summing],
        "columns": raw.label["LINE_SAMPLES"],
        "summing": raw.summing,
        "bit_mode": raw.bit_mode,
        "exposure_s": raw.exposure_s,
        "tdi_stages": raw.tdi_stages,
        "interframe_delay_s": raw.interframe_delay_s,
        "sub_spacecraft_lat_planetographic_deg": geometry.sub_spacecraft_lat_deg if geometry else None,
        "sub_spacecraft_lon_west_deg": geometry.sub_spacecraft_lon_west_deg if geometry else None,
        "altitude_km": geometry.altitude_km if geometry else None,
        "solar_distance_km": geometry.solar_distance_km if geometry else None,
        "quirks": list(raw.quirks),
        "warnings": list(raw.warnings),
        "files": [{"name": s.name, "sha256": s.sha256} for s in raw.sources],
    }


def label_text(record: Mapping[str, object]) -> str:
    """A label's facts, one a line, but for its files."""
    lines = []
    for name, value in record.items():
        if name != "files":
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{name:38} {'-' if shown in (None, '') else shown}")
    return "\n".join(lines)


def look_text(look: PixelLook) -> str:
    """A pixel in three lines."""
    value = {name: _words(getattr(look, name), digits) for name, digits in _SIZES.items()}
    where = (
        f"{value['lat_deg']} deg lat, {value['lon_east_deg']} deg E, +- {value['position_sigma_km']} km"
        if look.lat_deg is not None
        else "past the body"
    )
    light = (
        f"\n  incidence {value['incidence_deg']}, emission {value['emission_deg']}, phase {value['phase_deg']} deg; "
        f"{value['range_km']} km away, {value['resolution_km']} km per pixel"
        if look.lat_deg is not None
        else ""
    )
    flags = f"; {', '.join(look.flags)}" if look.flags else ""
    return (
        f"sample {look.sample:.2f}, line {look.line:.2f}: framelet {look.framelet}, frame {look.frame}, "
        f"{look.filter_name}, {look.mid_time_utc[:23]} UTC; {where}{light}\n"
        f"  I/F {value['radiance_factor']} +- {value['sigma']} +- {value['sigma_scale']} (scale){flags}"
    )


def _words(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def plan_line(order: Order, asked: str) -> str:
    """What would be fetched; of a pass the site is asked how many pictures it lists."""
    if (one := named_set(asked)) is not None:
        state = "here" if here(one) else f"to fetch into {cache_folder() if one.files[0].urls else order.out}"
        return f"{one.name}: {megabytes(one.size_bytes)}, {state}"
    if (number := order.perijove(asked)) is not None:
        what = "every picture" if order.bodies is None else f"pictures of {', '.join(order.bodies)}"
        pages = order.site.pages_of_pass(number)
        return f"PJ{number}: {len(pages)} pictures are listed; metadata of all, {what}, into {order.out}"
    product, archived = order.product(asked)
    return f"{product}: into {order.out}, from the {'PDS' if archived else 'mission site'}"


def got_record(got: Got) -> dict[str, object]:
    """What was asked for, and the files that are here."""
    return {
        "asked": got.asked,
        "fetched": got.fetched,
        "files": [str(path) for path in got.files],
        "credit": got.credit,
        "remarks": list(got.remarks),
        "failures": list(got.failures),
    }


def got_text(got: Got) -> str:
    """The files, one a line, what was left out, and whom to credit."""
    if not got.files:
        return "\n".join([f"{got.asked}: no picture of that body", *got.remarks])
    lines = [f"{'fetched' if got.fetched else 'here   '}  {path}" for path in got.files]
    return "\n".join([*lines, *got.remarks, f"Credit: {got.credit}"])


def data_set_record(one: DataSet) -> dict[str, object]:
    """A data set of the registry, and where it is here."""
    return {
        "name": one.name,
        "title": one.title,
        "size_bytes": one.size_bytes,
        "sha256": {file.name: file.sha256 for file in one.files},
        "credit": one.credit,
        "licence": one.licence,
        "page": one.page,
        "here": [str(path) for path in here(one)],
    }


def data_sets_text(records: Sequence[Mapping[str, Any]]) -> str:
    """Records of data sets, three lines each."""
    lines = []
    for record in records:
        lines += [
            f"{record['name']:28}{megabytes(record['size_bytes']):>8}  {'here' if record['here'] else 'not here'}",
            f"    {record['title']}",
            f"    {record['credit']}; {record['licence']}; {record['page']}",
        ]
    return "\n".join(lines)
