"""Looks at the machine, proposes a configuration for it, and writes it: `qsfilter init`, and what `migrate` shares."""
