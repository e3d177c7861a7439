"""Many pictures adjusted together: limbs, ground that they share, and what is known of path, spin and camera.

Read in this order:

- `unknowns`: what a pass shares, what a picture has of its own, what the camera is to all; `pass_path` carries a
  displacement along a pass
- `ties`: the same ground in two pictures, or on a base map; `sighted` is what is kept of a picture for it
- `solution`: one robust least-squares solution of all that, in rounds
- `adjust`: the whole, and what comes of it
"""
