"""Grains of sand: small plans, what others make of them, and what became of them."""
