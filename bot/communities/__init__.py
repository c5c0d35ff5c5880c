"""Communities: who learns with whom."""
