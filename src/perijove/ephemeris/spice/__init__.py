"""The one door to SPICE: `kernels` is a set without a global pool, `source` and `choice` make it an ephemeris."""
