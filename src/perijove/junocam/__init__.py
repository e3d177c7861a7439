"""The instrument: from counts to a located, calibrated picture.

Read `processing` first. `radiometry` turns counts into radiance factor, `limb` finds the body and fits the poses,
`control` holds them against a base map.
"""
