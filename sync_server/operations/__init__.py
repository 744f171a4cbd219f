"""What an operator works with: the command line, the log, the running server."""
