"""Tides of a layered, synchronous moon: interiors, Love numbers, heating, displacement."""
