"""Measures what a message costs through qsfilter and beside it: `python -m throughput`, as `make bench` runs it."""
