"""Bytes of a message → the parts inside it, as spans of the original. Sans-I/O, iterative, our own."""
