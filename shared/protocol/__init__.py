"""The contract between a device and a server: paths, messages, limits, problems."""
