"""The public face, behind its doors: `perijove.moons`, `events`, `passes`, `tides`, `interior`, `pictures`.

Functions here take times as people write them (ISO UTC, datetime, astropy Time, or TDB seconds past J2000), make one
call of what computes, and give a result back that is its record and can also be a table (``to_pandas``) and a figure
(``plot``). Each is what an island returns, with these two methods more. `results` says how; the seven modules hold one
door each.
"""
