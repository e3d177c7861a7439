"""Records of figures to figures."""

from matplotlib.figure import Figure

from perijove.figures.drawing import LimbDrawing, MapDrawing, MosaicDrawing, PanelsDrawing
from perijove.figures.pictures.limb import limb_figure
from perijove.figures.pictures.mosaic import mosaic_figure
from perijove.figures.pictures.panels import backplane_panels
from perijove.figures.pictures.quicklook import quicklook

__all__ = ["drawn"]


def drawn(content: MapDrawing | PanelsDrawing | LimbDrawing | MosaicDrawing) -> Figure:
    """Draw what a record asks for."""
    match content:
        case MapDrawing():
            return quicklook(content.picture, features=content.features)
        case PanelsDrawing():
            return backplane_panels(content.picture, content.planes)
        case LimbDrawing():
            return limb_figure(content.framelets, title=content.title, facts=content.facts, source=content.source)
        case MosaicDrawing():
            return mosaic_figure(content)
