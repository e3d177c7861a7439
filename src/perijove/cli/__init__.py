"""The command line: parse, one library call, write. One file for each subcommand, grouped by subject.

Read `main` first (how subcommands are found without loading them), then `options`: shared options are declared there
once, with `option_types`, and each means the same everywhere. `rules` says which options belong together, `talk`
speaks to people while work goes on, `handover` prints the answer and writes files, `stopping` turns errors into one
line and an exit code, `wording` makes Python's words those of the command line. The groups `pictures`, `moons`,
`passes`, `tides` and `studies` hold the subcommands.
"""
