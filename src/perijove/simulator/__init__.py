"""Raw pictures of an Io that is known: pixel by pixel from the ground through time, optics and detector to counts.

It shares the camera with what maps pictures and little else, so that an error in one shows against the other. Read
`scenario` (what is to be taken), `simulation` (one picture), `rendering` (its light), then what that uses.
"""
