"""Where islands meet, and measurements meet models."""
