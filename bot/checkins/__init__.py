"""The daily prompt and its answer: rhythms, check-ins, entries."""
