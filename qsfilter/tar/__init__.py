"""Reads tar archives of every dialect: headers, what is said in front of them, members, sparse files."""
