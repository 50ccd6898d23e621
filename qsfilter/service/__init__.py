"""The resident service: a master, warm workers that each examine one message at a time, and what they share."""
