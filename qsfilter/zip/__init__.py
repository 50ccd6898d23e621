"""Reads zip archives (PKWARE's APPNOTE.TXT 6.3) by every view that a reader may take of them.

Guarantees: directories and local headers are read both, and where they differ, so are the contents and the names;
nothing recurses, nothing is read more than a few times, and nothing is written anywhere.
"""
