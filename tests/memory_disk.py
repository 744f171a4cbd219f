"""A folder for what is written and thrown away thousands of times."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a disk in memory, where there is one


@contextmanager
def folder_in_memory(what: str) -> Iterator[Path]:
    """Lend a folder, in memory if that can be; all in it is gone afterwards."""
    parent = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix=f"swingtag-{what}-", dir=parent) as folder:
        yield Path(folder)
