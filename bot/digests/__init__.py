"""Digests: what happened in a channel over a period, to be read in five minutes."""
