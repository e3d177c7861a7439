"""Names of map coordinate systems: authority codes, PROJ strings and WKT for spheres.

Io's family in PROJ is IAU_2015:50100 (sphere of 1,821.49 km, planetocentric, degrees east) with the projections
50110 to 50190. A centre that has no code gets a PROJ string and a WKT without identifier, on the same sphere.
"""

from perijove.bodies.galilean import BODIES, IO_MEAN_RADIUS_KM
from perijove.constants import M_PER_KM

__all__ = ["projection_proj", "projection_wkt"]

_IO_BASE = int(BODIES["IO"].crs.split(":")[1])
# Last two digits of the IAU code, and the registry's name, by projection, centre latitude and centre longitude.
# GDAL makes another variant of a polar projection on reading a GeoTIFF; only by its name is it known again.
_REGISTERED = {
    ("equirectangular", 0.0, 0.0): (10, "Equirectangular, clon = 0"),
    ("equirectangular", 0.0, 180.0): (15, "Equirectangular, clon = 180"),
    ("polar_north", 90.0, 0.0): (30, "North Polar"),
    ("polar_south", -90.0, 0.0): (35, "South Polar"),
    ("orthographic", 0.0, 0.0): (65, "Orthographic, clon = 0"),
    ("orthographic", 0.0, 180.0): (70, "Orthographic, clon = 180"),
}
_METHODS = {
    "equirectangular": 'METHOD["Equidistant Cylindrical",ID["EPSG",1028]]',
    "polar_north": 'METHOD["Polar Stereographic (variant A)",ID["EPSG",9810]]',
    "polar_south": 'METHOD["Polar Stereographic (variant A)",ID["EPSG",9810]]',
    "orthographic": 'METHOD["Orthographic",ID["EPSG",9840]]',
}
_PROJ = {
    "equirectangular": "+proj=eqc +lat_ts=0 +lat_0={lat} +lon_0={lon}",
    "polar_north": "+proj=stere +lat_0={lat} +lon_0={lon} +k=1",
    "polar_south": "+proj=stere +lat_0={lat} +lon_0={lon} +k=1",
    "orthographic": "+proj=ortho +lat_0={lat} +lon_0={lon}",
}


def _registered(projection: str, lat_deg: float, lon_east_deg: float, radius_km: float) -> tuple[int, str] | None:
    """Code and name of the system in the IAU's registry; None where it has none."""
    if radius_km != IO_MEAN_RADIUS_KM:
        return None
    lon = abs(lon_east_deg) if abs(lon_east_deg) == 180.0 else lon_east_deg
    entry = _REGISTERED.get((projection, lat_deg, lon))
    return None if entry is None else (_IO_BASE + entry[0], entry[1])


def projection_proj(projection: str, lat_deg: float, lon_east_deg: float, radius_km: float) -> str:
    """Authority code such as ``IAU_2015:50110`` where one exists, else a PROJ string.

    Parameters
    ----------
    projection : str
        ``equirectangular``, ``polar_north``, ``polar_south`` or ``orthographic``.
    lat_deg, lon_east_deg : float
        Centre of the projection.
    radius_km : float
        Of the sphere.
    """
    entry = _registered(projection, lat_deg, lon_east_deg, radius_km)
    if entry is not None:
        return f"IAU_2015:{entry[0]}"
    radius = f"{radius_km * M_PER_KM:.15g}"
    center = _PROJ[projection].format(lat=repr(lat_deg), lon=repr(lon_east_deg))
    return f"{center} +x_0=0 +y_0=0 +R={radius} +units=m +no_defs +type=crs"


def projection_wkt(projection: str, lat_deg: float, lon_east_deg: float, radius_km: float) -> str:
    """WKT2:2019 of the same system; arguments as in `projection_proj`.

    Systems with an IAU code carry it as identifier, and the name that the registry gives them.
    """
    degree, metre = 'ANGLEUNIT["degree",0.0174532925199433]', 'LENGTHUNIT["metre",1]'

    def parameter(name: str, value: float, unit: str, epsg: int) -> str:
        return f'PARAMETER["{name}",{value!r},{unit},ID["EPSG",{epsg}]]'

    if projection == "equirectangular":
        parameters = [
            parameter("Latitude of 1st standard parallel", 0.0, degree, 8823),
            parameter("Longitude of natural origin", lon_east_deg, degree, 8802),
        ]
    else:
        parameters = [
            parameter("Latitude of natural origin", lat_deg, degree, 8801),
            parameter("Longitude of natural origin", lon_east_deg, degree, 8802),
        ]
    if projection.startswith("polar"):
        parameters.append(parameter("Scale factor at natural origin", 1.0, 'SCALEUNIT["unity",1]', 8805))
    parameters += [parameter("False easting", 0.0, metre, 8806), parameter("False northing", 0.0, metre, 8807)]
    entry = _registered(projection, lat_deg, lon_east_deg, radius_km)
    io = radius_km == IO_MEAN_RADIUS_KM
    sphere = "Io (2015) - Sphere" if io else f"Sphere of {radius_km!r} km"
    base_id = f',ID["IAU",{_IO_BASE},2015]' if io else ""
    own_id = f',ID["IAU",{entry[0]},2015]' if entry is not None else ""
    anchor = ',ANCHOR["The mean sub-Jovian direction: 0.0"]' if io else ""
    title = projection.replace("_", " ").capitalize() if entry is None else entry[1]
    return (
        f'PROJCRS["{sphere} / Ocentric / {title}",'
        f'BASEGEOGCRS["{sphere} / Ocentric",'
        f'DATUM["{sphere}",ELLIPSOID["{sphere}",{radius_km * M_PER_KM:.15g},0,{metre}]{anchor}],'
        f'PRIMEM["Reference Meridian",0,{degree}]{base_id}],'
        f'CONVERSION["{title}",{_METHODS[projection]},{",".join(parameters)}],'
        f'CS[Cartesian,2],AXIS["(E)",east,ORDER[1],{metre}],AXIS["(N)",north,ORDER[2],{metre}]{own_id}]'
    )
