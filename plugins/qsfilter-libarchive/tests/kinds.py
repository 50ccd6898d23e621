"""The kinds of archive of which there is a sample, and a program to stand in front of one."""

SAMPLES = ("7z", "iso", "cpio", "ar", "xar", "compress", "lzip", "lz4", "rar4", "rar5", "cab", "lha")
CODED = ("compress", "lzip", "lz4")
"""Those that hold one content and no directory."""
STUB = b"MZ" + b"\x90 program" * 700
