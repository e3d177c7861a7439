"""Laws that two or more branches need.

`photometry`, how bright a surface looks, with `hapke`, the one that knows the phase angle; `stretch`, how it is shown.
"""
