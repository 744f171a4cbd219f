"""Stores in PostgreSQL: one schema and one role a tenant, any number of processes."""
