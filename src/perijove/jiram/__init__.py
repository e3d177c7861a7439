"""Frames of JIRAM, Juno's infrared imager: from counts to volcanoes with their power.

Read `hot_spots` first: a frame's way from file to list. `instrument` is the camera, `known_pose` what is known of where
it looked, `pointing` what the frame itself tells of that. `background` takes away what the detector adds, `sunlight`
what the Sun does; `point_spread` is the shape of a point, `detection` finds points, `photometry` measures them.
`passes` joins the frames of a pass, `survey` does all of it.
"""
