"""The Galilean moons as a dynamical system: elements, resonance, events, tides."""
