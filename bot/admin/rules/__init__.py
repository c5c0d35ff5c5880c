"""What is true of a set-up: its shape, what it may say, how a file says it, and what a change changes."""
