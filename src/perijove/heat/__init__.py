"""How heat made by tides reaches the surface: `transport` joins melt that rises (`compaction`) and a `crust`."""
