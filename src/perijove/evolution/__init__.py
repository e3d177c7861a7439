"""The resonance under tides over millions of years, by averaged equations. Read `averaged`, then `history`."""
