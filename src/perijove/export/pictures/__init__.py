"""What a picture is written as: simulated ones, and what a limb shows."""

__all__: list[str] = []
