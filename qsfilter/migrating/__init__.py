"""Reads the settings of a Qmail-Scanner out of its script, and says what each becomes: `qsfilter migrate`."""
