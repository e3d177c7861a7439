"""The one door to SPICE: `kernels` is a set of kernels without a global pool, `source` makes it an ephemeris."""
