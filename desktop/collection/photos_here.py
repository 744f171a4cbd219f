"""Photos on this device: how much of them is to be here, what they take, what may go."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from desktop.sync.freeing import Freed
from desktop.vault.photo_policy import (
    PhotoPolicy,
    is_paused,
    keep_policy,
    pause,
    read_policy,
)
from desktop.vault.references import Reference, Standing
from desktop.vault.vault import Files, References, Secrets
from shared.crypto.attachments import sealed_size
from shared.domain.operations import Change, Delete, Operation, PutMany
from shared.domain.schema import EMPTIED, Kind

__all__ = ["Amount", "Freed", "PhotoPolicy", "PhotoSpace", "PhotosHere"]

WriteForGood = Callable[[str, Sequence[Operation]], Change]
"""Makes a step that undo does not take back."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many files, and so many bytes."""

    count: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class PhotoSpace:
    """What the pictures of a collection take on this device, and what is not here.

    ``missing``: originals that are not here; ``absent`` of them are not at the server either.
    ``trashed``: the photos in the trash, with all that they take wherever it is; ``may_empty``:
    they can be deleted for good. ``paused``: the fetching of all originals waits.
    """

    originals: Amount
    thumbnails: Amount
    missing: Amount
    absent: Amount
    trashed: Amount
    policy: PhotoPolicy
    paused: bool
    may_empty: bool


class PhotosHere:
    """What this device does with photos.

    ``wake`` asks for a sync if there is one, ``syncs`` tells whether there is. ``alone``: no other
    computer has the collection.
    """

    def __init__(
        self,
        references: References,
        files: Files,
        secrets: Secrets,
        *,
        write_for_good: WriteForGood,
        wake: Callable[[], None],
        syncs: Callable[[], bool],
        alone: Callable[[], bool],
    ) -> None:
        self._references = references
        self._files = files
        self._secrets = secrets
        self._write_for_good = write_for_good
        self._wake = wake
        self._syncs, self._alone = syncs, alone

    @property
    def alone(self) -> bool:
        """Whether no other computer has the collection."""
        return self._alone()

    @property
    def syncs(self) -> bool:
        """Whether there is a server."""
        return self._syncs()

    @property
    def policy(self) -> PhotoPolicy:
        """What of the originals is to be on this device."""
        return read_policy(self._secrets)

    def keep(self, policy: PhotoPolicy) -> None:
        """Keep so much here from now on. What is here already stays until it is freed."""
        keep_policy(self._secrets, policy)
        self.pause(paused=False)

    @property
    def paused(self) -> bool:
        """Whether the fetching of all originals waits."""
        return is_paused(self._secrets)

    def pause(self, *, paused: bool) -> None:
        """Let the fetching of all originals wait, or go on where it was."""
        pause(self._secrets, paused=paused)
        self._wake()

    def space(self) -> PhotoSpace:
        """Count; it reads the disk, and takes some time with many thousand photos."""
        here = self._files.sizes()
        needed = [r for r in self._references.all() if r.standing is not Standing.EMPTIED]
        shown = {r.file: r for r in needed if not r.small}
        small = {r.file: r for r in needed if r.small}
        missing = {file: r for file, r in shown.items() if file not in here}
        kept = {r.file for r in needed if r.standing is Standing.SHOWN}
        trashed = [r for r in needed if r.standing is Standing.TRASHED]
        freed = {r.file: r for r in trashed if r.file not in kept}
        return PhotoSpace(
            originals=_amount(here[file] for file in shown if file in here),
            thumbnails=_amount(here[file] for file in small if file in here),
            missing=_amount(map(_sealed, missing.values())),
            absent=_amount(_sealed(missing[file]) for file in missing.keys() & self._files.absent),
            trashed=Amount(len({r.photo for r in trashed}), sum(map(_sealed, freed.values()))),
            policy=self.policy,
            paused=self.paused,
            may_empty=self._syncs() or self._alone(),
        )

    def missing(self) -> Amount:
        """Count the originals that are not here and may be at a server; as slow as ``space``."""
        space = self.space()
        missing, absent = space.missing, space.absent
        return Amount(missing.count - absent.count, missing.bytes - absent.bytes)

    def empty_trash(self) -> Change:
        """Delete the pictures in the trash for good, on every device; the pieces stay there."""
        photos = self._references.trashed()
        label = "Delete 1 picture for good" if len(photos) == 1 else _label(len(photos))
        marks = PutMany(Kind.PHOTO, photos, (EMPTIED,), ([True] * len(photos),))
        change = self._write_for_good(label, [marks, Delete(Kind.PHOTO, photos)] if photos else [])
        if not self._syncs() and self._alone():
            self._references.drop(self._references.emptyings())
        return change


def _label(count: int) -> str:
    return f"Delete {count} pictures for good"


def _sealed(reference: Reference) -> int:
    return sealed_size(reference.size)


def _amount(sizes: Iterable[int]) -> Amount:
    found = list(sizes)
    return Amount(len(found), sum(found))
