"""Laws that every map projection keeps, as a base class for tests.

Authority: law. A subclass gives `grid`; the tests hold for all points that the map shows.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perijove.bodies.galilean import IO_RADII_THOMAS_1998_KM
from perijove.geometry.projections import MapGrid

EPS = np.finfo(float).eps
latitudes = st.floats(-89.0, 89.0)
longitudes = st.floats(-179.999, 179.999)
fractions = st.floats(0.0, 1.0)


class MapProjectionLaws:
    """What a grid must do, whatever its projection."""

    grid: MapGrid
    slack = 1.0  # how much worse than 1 an inverse may be conditioned where the projection squeezes the ground

    @given(latitudes, longitudes)
    def test_ground_to_pixel_and_back(self, lat: float, lon: float) -> None:
        """Forward then inverse gives the point back to rounding, wherever the map shows it."""
        x, y = self.grid.xy(lat, lon)
        if np.isnan(x):
            return
        lat_back, lon_back = self.grid.lat_lon(y - 0.5, x - 0.5)
        # At the rim of a disc the ground runs away as the root of the distance: its rounding error is a root, too.
        limit = 3000.0 * EPS * 57.3 + self.slack * np.sqrt(EPS) * 57.3 * self.rim(lat, lon)
        assert abs(lat_back - lat) < limit
        assert abs((lon_back - lon + 180.0) % 360.0 - 180.0) * np.cos(np.radians(lat)) < limit

    @given(fractions, fractions)
    def test_pixel_to_ground_and_back(self, down: float, right: float) -> None:
        """Inverse then forward gives the pixel back to 1e-6 px."""
        rows, columns = self.grid.shape
        row, column = down * (rows - 1), right * (columns - 1)
        lat, lon = self.grid.lat_lon(row, column)
        if np.isnan(lat):
            return
        x, y = self.grid.xy(lat, lon)
        if np.isnan(x):  # exactly on the rim, rounding decides on which side
            return
        assert abs(y - 0.5 - row) < 1e-6
        assert abs(x - 0.5 - column) < 1e-6 or abs(abs(x - 0.5 - column) - self.around_px()) < 1e-6

    @given(fractions, fractions)
    def test_ground_points_lie_on_the_triaxial_body(self, down: float, right: float) -> None:
        """Ground points satisfy the ellipsoid's equation to rounding."""
        rows, columns = self.grid.shape
        point = self.grid.ground_km(down * (rows - 1), right * (columns - 1), radii_km=IO_RADII_THOMAS_1998_KM)
        if not np.isnan(point[0]):
            assert abs(np.sum((point / IO_RADII_THOMAS_1998_KM) ** 2) - 1.0) < 20.0 * EPS

    def test_north_is_up_and_east_is_right(self) -> None:
        """Near the middle of the map, a step north moves up and a step east moves right, but at a pole."""
        lat, lon = self.middle()
        x0, y0 = self.grid.xy(lat, lon)
        x1, y1 = self.grid.xy(lat + 0.01, lon)
        x2, y2 = self.grid.xy(lat, lon + 0.01)
        assert y1 < y0
        assert x2 > x0
        assert abs(x1 - x0) < 0.02 * abs(y1 - y0)
        assert abs(y2 - y0) < 0.02 * abs(x2 - x0)

    def middle(self) -> tuple[float, float]:
        """A point where the map's axes are north and east."""
        return self.grid.center_lat_deg, self.grid.center_lon_east_deg

    def rim(self, _lat: float, _lon: float) -> float:
        """How near the point is to the rim of a disc: 0 for maps without a rim."""
        return 0.0

    def around_px(self) -> float:
        """Width of the whole circle of longitudes in pixels, where the map's left and right edges meet."""
        return np.inf
