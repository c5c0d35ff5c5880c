"""What can be read out of texts: pure functions over plain data."""
