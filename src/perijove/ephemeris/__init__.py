"""Where things are and how they are turned: embedded approximations, and SPICE kernels behind one door."""
