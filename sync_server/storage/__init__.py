"""The files of the server. One store is one tenant; no method takes a tenant."""
