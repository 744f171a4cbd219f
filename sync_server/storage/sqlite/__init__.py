"""Stores as files: one SQLite database a tenant, one process a data folder."""
