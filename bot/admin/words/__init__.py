"""What the bot says to those who configure it, and to those who ask what it can do."""
