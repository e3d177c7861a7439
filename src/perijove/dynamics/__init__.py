"""How bodies about Jupiter move: the forces, and a compiled integrator with dense output."""
