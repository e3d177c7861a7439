"""The only network, and the only place that looks for data: what archives hold, and how it comes here whole.

Read in this order:

- `data_sets`: the registry, what has a name here, with hash, credit and licence; a new data set is a record in it
- `cache`: where that lies on this machine; finding it asks no network
- `fetching`: one file into a folder, from the first place that has it as it should be
- `junocam_pictures`: raw pictures of the mission's site, whose pages `junocam_pages` reads; `pds_imaging`: products of
  the PDS
- `by_name`: whichever of these a user names
- `kernel_set`: SPICE kernels of a stretch of time: `kernel_plan` chooses (`kernel_choice`) by what `kernel_names` tell
  from a `mirror`
- `control_file`: poses of pictures that were adjusted together
- `gathering`: raw pictures that the user has, from paths and folders, each once; what cannot be used, and why
- underneath, `web` asks servers, `transfer` resumes files, `listing` reads pages, `manifest` keeps what came
"""
