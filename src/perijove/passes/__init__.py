"""What a spacecraft meets and sees on its path: `encounters`, geometry over time, coverage of the ground, the sky."""
