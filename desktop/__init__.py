"""The Swingtag desktop app: one collector's encrypted catalogue, offline first."""
