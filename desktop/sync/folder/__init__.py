"""Exchange without a server: the same sealed things, as files in a folder or in one file."""
