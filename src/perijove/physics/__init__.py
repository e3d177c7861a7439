"""Laws that two or more branches need: `photometry`, how bright a surface looks, and `stretch`, how it is shown."""
