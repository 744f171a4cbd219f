"""The collections that this machine knows of. Read before anything slow is loaded.

A list in one small file; collections that lie in Swingtag's own folder are found without it.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from desktop.system.durable import patiently

FOLDER_SUFFIX = ".swingtag"


@dataclass(frozen=True, slots=True)
class KnownCollection:
    """A collection to offer on the unlock screen: what it is called, where it lies, how it looks.

    ``opened`` is milliseconds since 1970, 0 if never here; ``remembered`` that the keychain was
    asked to keep its key.
    """

    name: str
    folder: Path
    skin: str = "classic"
    opened: int = 0
    remembered: bool = False


class KnownCollections:
    """The list, and the folder where new collections are made."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self.folder = folder

    def all(self) -> list[KnownCollection]:
        """Return those that are there, the last opened first."""
        known = {entry.folder: entry for entry in self._listed()}
        for found in sorted(self.folder.glob(f"*{FOLDER_SUFFIX}")):
            known.setdefault(found, KnownCollection(found.stem, found))
        there = [entry for entry in known.values() if entry.folder.is_dir()]
        return sorted(there, key=lambda entry: (-entry.opened, entry.name.casefold()))

    def find(self, folder: Path) -> KnownCollection:
        """Return what is known of the collection in a folder, which may be new here."""
        known = (entry for entry in self.all() if entry.folder == folder)
        return next(known, KnownCollection(folder.stem, folder))

    def put(self, entry: KnownCollection) -> None:
        """Add a collection or what is new about it."""
        self._write([entry, *self._others(entry.folder)])

    def drop(self, folder: Path) -> None:
        """Leave a collection out of the list. Its folder stays as it is."""
        self._write(self._others(folder))

    def free_folder(self, name: str) -> Path:
        """Return a folder for a new collection of this name that does not exist yet."""
        letters = (letter if letter.isalnum() else "-" for letter in name.casefold())
        stem = "-".join(filter(None, "".join(letters).split("-")))[:40] or "collection"
        candidate, number = self.folder / f"{stem}{FOLDER_SUFFIX}", 2
        while candidate.exists():
            candidate = self.folder / f"{stem}-{number}{FOLDER_SUFFIX}"
            number += 1
        return candidate

    def _listed(self) -> list[KnownCollection]:
        """Read the file. One that cannot be read is as good as none: it only saves a search."""
        try:
            return [_entry(row) for row in json.loads(self._file.read_text(encoding="utf-8"))]
        except (OSError, ValueError, TypeError, KeyError):
            return []

    def _others(self, folder: Path) -> list[KnownCollection]:
        return [entry for entry in self._listed() if entry.folder != folder]

    def _write(self, entries: Iterable[KnownCollection]) -> None:
        rows = [{**asdict(entry), "folder": str(entry.folder)} for entry in entries]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
        patiently(lambda: unfinished.replace(self._file))


def _entry(row: dict[str, Any]) -> KnownCollection:
    return KnownCollection(
        name=str(row["name"]),
        folder=Path(row["folder"]),
        skin=str(row["skin"]),
        opened=int(row["opened"]),
        remembered=bool(row["remembered"]),
    )
