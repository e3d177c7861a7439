"""Pictures adjusted together: `record` for JSON and for people, `kernels` for SPICE."""
