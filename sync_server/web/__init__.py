"""Plain pages for a browser."""
