"""Files and messages that stand inside a leaf by other means than its transfer coding; one module for each format."""
