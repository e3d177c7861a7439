"""Results become figures; nothing is computed here but where to put the ink.

Read `style` first (sizes, colours, title and footer), then one figure. The groups are those of the islands:
`pictures`, `moons`, `passes`, `interiors`. What they share stands beside them: `picture` and `drawing` (what a map or
a limb fit shows, as plain records that cross to another process), `drawn` and `artist` (who draws them there),
`graticule`, `labels` and `named_places`. Each function takes results and gives a matplotlib `Figure`; saving is
`style.save_figure`.
"""
