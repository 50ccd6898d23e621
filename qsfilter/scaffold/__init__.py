"""Writes the folder of a new plugin, and the file of a new rule, from the templates beside it."""
