"""Configuring: one set-up, from a file or tapped together in chat; help, roles, the change log."""
