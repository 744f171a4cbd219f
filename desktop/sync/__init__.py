"""Sync: the protocol without a socket, the one module that knows HTTP, and who drives them."""
