"""Tides in a layer of liquid that moves: `layer` (its equations), `flow` (the answer), and what slows it."""
