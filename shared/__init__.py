"""What the desktop app and the server agree on. Pure: no Qt, web, SQL, sockets or files."""
