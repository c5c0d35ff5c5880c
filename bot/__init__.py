"""Outloud: a chat bot for narrating work."""
