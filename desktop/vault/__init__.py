"""One tenant's encrypted file: rows, search, history and what is yet to be sent, in step."""
