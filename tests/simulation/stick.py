"""A stick that is carried from computer to computer, and what may become of its files."""

import errno
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from desktop.sync.folder import places
from desktop.sync.folder.names import entry_name
from desktop.sync.folder.places import ROOT
from shared.domain.stamps import Origin
from shared.envelope import Envelope, MalformedEnvelopeError
from shared.ids import EntryHash, TenantId
from tests.simulation.shortcuts import swapped

_LONG_AGO = 1_600_000_000
Laid = tuple[Origin, int, EntryHash]
"""A sealed entry by its place and hash."""


@dataclass
class Stick:
    """A folder that all collectors use. ``harmed``: files were changed, not only lost.

    ``images``: older copies of it, and whether they were harmed.
    """

    folder: Path
    harmed: bool = False
    images: list[tuple[Path, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir()

    def keep_image(self, folder: Path) -> None:
        """Keep a copy of it."""
        shutil.copytree(self.folder, folder)
        self.images.append((folder, self.harmed))

    def put_back(self, image: tuple[Path, bool]) -> None:
        """Find an older copy in its place."""
        shutil.rmtree(self.folder)
        folder, self.harmed = image
        shutil.copytree(folder, self.folder)

    def lose(self, dice: random.Random, share: float) -> None:
        """Lose some of the files."""
        for path in self._files():
            if dice.random() < share:
                path.unlink()

    def harm(self, dice: random.Random) -> None:
        """Let a file be cut, changed, or exchanged with another one."""
        files = self._files()
        if not files:
            return
        self.harmed = True
        path, other = dice.choice(files), dice.choice(files)
        content = bytearray(path.read_bytes())
        match dice.randrange(3):
            case 0:
                del content[dice.randrange(len(content)) :]
            case 1:
                content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
            case _:
                content[:] = other.read_bytes()
                other.write_bytes(path.read_bytes())
        path.write_bytes(content)
        if dice.random() < 0.5:  # then nobody takes it for one that is being written just now
            os.utime(path, (_LONG_AGO, _LONG_AGO))

    def holds(self, tenant: TenantId, laid: Laid) -> bool:
        """Tell whether an entry lies here whole."""
        origin, seq, digest = laid
        try:
            content = (self.folder / ROOT / tenant.hex() / entry_name(origin, seq)).read_bytes()
            return Envelope.parse(content).hash == digest
        except (FileNotFoundError, MalformedEnvelopeError):
            return False

    def last_of(self, tenant: TenantId, origin: Origin) -> int:
        """Return the highest number that lies here of a stream, 0 for none."""
        first = self.folder / ROOT / tenant.hex() / entry_name(origin, 1)
        if not first.parent.is_dir():
            return 0
        return max((int(path.name, 16) for path in first.parent.iterdir()), default=0)

    def _files(self) -> list[Path]:
        found = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [path for path in found if path.stat().st_size]


@contextmanager
def full_after(writes: int) -> Iterator[None]:
    """Let a disk be full after so many files, in the middle of the next one."""
    right, left = places._write, writes

    def write(path: Path, content: bytes) -> None:
        nonlocal left
        if left <= 0:
            right(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, "full")
        left -= 1
        right(path, content)

    with swapped(places, "_write", write):
        yield
