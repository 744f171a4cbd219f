"""Pictures without windows: decode, clean, thumbnails, drawn animals. QtGui only."""
