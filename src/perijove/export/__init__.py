"""Results become files: GeoTIFF, PNG, JSON, all or nothing."""
