"""How high the ground stands at the limb, and what shines above it, in one located picture.

Read `limb_points` (edges of brightness into heights, with the poses' part of the error), `heights` (framelets that show
the same place together), `absorbed` (what the fit of the poses has taken for its own), `mountains`; then `sky`
(brightness above the limb), `plumes` (against a model of stray light).
"""

__all__: list[str] = []
