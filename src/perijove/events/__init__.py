"""One moon before another, or in its shadow, and what happens along any path. Read `finder` first."""
