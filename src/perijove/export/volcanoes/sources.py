"""Sources of the catalogue, what was measured at them, and matches in doubt: as text, CSV, JSON and GeoJSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from perijove.export.answer import csv_text, number
from perijove.export.geojson import feature_collection, geojson_text, point_feature

__all__ = ["build_lines", "observation_lines", "source_lines", "source_record", "sources_csv", "sources_geojson"]

_DIGITS = {
    "lat_deg": 3,
    "lon_east_deg": 3,
    "position_sigma_km": 1,
    "area_km2": 4,
    "temperature_k": 1,
    "power_gw": 4,
    "unit_share": 2,
    "distance_km": 1,
}
_MOST_READINGS = 12


def source_record(row: Mapping[str, Any]) -> dict[str, object]:
    """A source as plain values; numbers as far as they mean something, None where there is none."""
    return {
        key: number(value, _DIGITS[key]) if key in _DIGITS else (None if value == "" else value)
        for key, value in row.items()
    }


def source_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sources, one a line."""
    if not rows:
        return ["no source of the catalogue is there"]
    lines = [f"{'source':8}{'name':26}{'lat':>7}{'east':>8}{'power GW':>10}{'K':>6}  {'unit':14}what else"]
    for row in rows:
        more = [f"{row['observations']} readings"] if row["observations"] else []
        more += [f"{row['distance_km']:.0f} km away"] if "distance_km" in row else []
        if "perijove" in row:
            more.append(f"{row['perijove']} {row['time_utc'][11:19]}, {row['range_km']:,.0f} km, {row['light']}")
        more += [f"{row['doubtful_matches']} doubtful"] if row["doubtful_matches"] else []
        power = "-" if row["power_gw"] is None else f"{row['power_gw']:,.4g}"
        warm = "-" if row["temperature_k"] is None else f"{row['temperature_k']:.0f}"
        lines.append(
            f"{row['source_id']:8}{(row['iau_name'] or row['name'] or '-')[:25]:26}{row['lat_deg']:7.1f}"
            f"{row['lon_east_deg']:8.1f}{power:>10}{warm:>6}  {row['unit_class']:14}{'; '.join(more)}"
        )
    return lines


def observation_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was measured, one reading a line; of many the last ones."""
    lines = []
    for row in rows[-_MOST_READINGS:]:
        sigma = "" if row["sigma"] is None else f" ± {row['sigma']:.3g}"
        when = row["time_utc"] or (f"PJ {row['passes']}" if row["passes"] else "-")
        full = " (saturated: at least)" if row["saturated"] else ""
        what = f"{row['value']:.4g}{sigma} {row['unit']}, {row['statistic']}{full}"
        lines.append(f"  {when[:24]:25}{row['band'] or '-':14}{what}  [{row['source_table']}]")
    if len(rows) > _MOST_READINGS:
        lines.insert(0, f"  the last {_MOST_READINGS} of {len(rows)} readings; all with --json")
    return lines


def sources_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Sources as CSV."""
    records = [source_record(row) for row in rows]
    head = list(records[0]) if records else ["source_id"]
    return csv_text(head, [list(record.values()) for record in records])


def sources_geojson(rows: Sequence[Mapping[str, Any]]) -> str:
    """Sources as points of a GeoJSON collection."""
    features = [
        point_feature(
            float(row["lat_deg"]),
            float(row["lon_east_deg"]),
            {key: value for key, value in source_record(row).items() if key not in {"lat_deg", "lon_east_deg"}},
        )
        for row in rows
    ]
    return geojson_text(feature_collection(features, name="io-volcanoes"))


def build_lines(record: Mapping[str, Any]) -> list[str]:
    """What a build did, table by table."""
    lines = [f"{record['sources']} sources, {record['observations']} readings: {record['catalogue']}"]
    for name, table in record["tables"].items():
        how = ", ".join(f"{count} {method}" for method, count in table["matches"].items())
        lines.append(f"  {name:20}{table['entries']:4} entries: {how}; {table['doubtful']} doubtful")
    lines += [f"  {each['source_table']} row {each['table_row']}: {each['what']}" for each in record["row_doubts"]]
    return [*lines, "doubtful matches are listed by perijove volcanoes build --json"]
