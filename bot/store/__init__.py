"""The database: its tables' base, its sessions, and nothing of any feature."""
