"""The photos that the collectors drop on their pieces: drawn, and saved as files."""

from pathlib import Path

from desktop.application.demo.cast import Collector
from desktop.drawing.portraits import portrait


def draw_photos(who: Collector, folder: Path) -> dict[str, Path]:
    """Draw a photo of each piece, named after it; returns the files by the pieces' names."""
    folder.mkdir(parents=True)
    files = {}
    for number, piece in enumerate(who.pieces):
        files[piece.name] = folder / f"{number:02}.jpg"
        drawn = portrait(piece.name, piece.animal, piece.variant, number)
        files[piece.name].write_bytes(drawn)
    return files
