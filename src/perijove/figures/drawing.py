"""Figures to be drawn, as plain records: they can be made without matplotlib and sent to another process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perijove.figures.picture import Feature, LimbFramelet, MapPicture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Drawing", "LimbDrawing", "MapDrawing", "MosaicDrawing", "PanelsDrawing", "Shown"]


class Shown:
    """Something that notebooks show as a figure."""

    def plot(self) -> "Figure":
        """Annotated matplotlib figure."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.plot().savefig(stream, format="png")
        return stream.getvalue()


@dataclass(frozen=True)
class MapDrawing:
    """What `quicklook.quicklook` takes."""

    picture: MapPicture
    features: Sequence[Feature] = ()


@dataclass(frozen=True)
class PanelsDrawing:
    """What `panels.backplane_panels` takes."""

    picture: MapPicture
    planes: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class LimbDrawing:
    """What `limb.limb_figure` takes."""

    framelets: Sequence[LimbFramelet]
    title: str
    facts: str
    source: str


@dataclass(frozen=True)
class MosaicDrawing:
    """What `mosaic.mosaic_figure` takes."""

    picture: MapPicture
    planes: Mapping[str, np.ndarray]
    pictures: int
    title: str
    facts: str


@dataclass(frozen=True)
class Drawing:
    """A figure, the file it goes to, and the text chunks of that file."""

    content: MapDrawing | PanelsDrawing | LimbDrawing | MosaicDrawing
    path: Path
    text: Mapping[str, str] = field(default_factory=dict)
