"""Reads what compresses one file: gzip, bzip2, xz, .lzma and zstd, all streams of each."""
