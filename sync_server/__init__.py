"""The Swingtag server: keeps each tenant's sealed log, and can read none of it."""
