"""JunoCam pictures: calibration, the limb clock, maps and simulation."""
