"""Picture files that are dragged from elsewhere."""

from pathlib import Path

from PySide6.QtCore import QMimeData

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic")


def picture_files(data: QMimeData) -> list[Path]:
    """List the local files among what is dragged that look like pictures."""
    local = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in local if path.suffix.lower() in _SUFFIXES]
