"""Laws that two or more branches need."""
