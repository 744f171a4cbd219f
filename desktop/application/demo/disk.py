"""Looking for texts in files, as somebody would who took the disk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_ENCODINGS = ("utf-8", "utf-16-le")


@dataclass(frozen=True, slots=True)
class Sight:
    """What a search read, and the texts it found with the files they stood in."""

    files: int
    bytes: int
    found: tuple[tuple[str, Path], ...]


def look_for(texts: Sequence[str], folders: Iterable[Path]) -> Sight:
    """Read every byte of every file, -wal and logs too, and look for every text."""
    files = [file for folder in folders for file in sorted(_files(folder))]
    found = tuple((text, file) for file in files for text in _in_file(texts, file))
    return Sight(len(files), sum(file.stat().st_size for file in files), found)


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    yield from (file for file in folder.rglob("*") if file.is_file())


def _in_file(texts: Sequence[str], file: Path) -> list[str]:
    data = file.read_bytes()
    return [text for text in texts if any(text.encode(encoding) in data for encoding in _ENCODINGS)]
