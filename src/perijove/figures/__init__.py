"""Results become figures; nothing is computed here but where to put the ink."""
