"""What a moon is made of: `layers`, `rheology`, tables of interiors, families of them, and melt."""
