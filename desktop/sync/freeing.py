"""Originals removed from this device: only what the server shows that it has just now."""

from typing import NamedTuple

from desktop.sync.courier import Courier
from desktop.sync.errors import RefusedError, SyncError
from desktop.sync.pictures import sound_chunks
from desktop.vault.progress import Progress
from desktop.vault.references import Reference, Standing
from desktop.vault.vault import Vault
from shared.crypto.randomness import Random
from shared.ids import FileId
from shared.protocol.possession import proof_of
from shared.protocol.problems import Code

FREEING = "Asking the server for each photo"
_CHALLENGE_BYTES = 16
_NOT_THIS_ONE = {
    Code.NOT_FOUND,
    Code.FILE_INCOMPLETE,
    Code.QUOTA,
    Code.TOO_LARGE,
    Code.CHUNK_DIFFERS,
}


class UnsentEditsError(SyncError):
    """Some edits have not reached the server yet. Sync first, then free up space."""


class Freed(NamedTuple):
    """How many originals were removed, how many bytes that are, and how many had to stay."""

    photos: int
    bytes: int
    kept: int


class Freeing:
    """Removes originals of one collection from this device. Raises SyncError, StoppedError."""

    def __init__(self, vault: Vault, courier: Courier, random: Random) -> None:
        self._vault = vault
        self._courier = courier
        self._random = random

    def free(self, progress: Progress) -> Freed:
        """Remove each original that the server can show; stopping keeps what is done so far."""
        if self._vault.log.unconfirmed():
            raise UnsentEditsError
        sizes = self._vault.files.sizes()
        here = {each.file: each for each in self._originals() if each.file in sizes}
        photos = freed = 0
        for each in progress.through(here.values(), FREEING, len(here)):
            if self._is_at_the_server(each) and self._vault.files.give_up(each.file):
                photos += 1
                freed += sizes[each.file]
        return Freed(photos, freed, len(here) - photos)

    def _originals(self) -> list[Reference]:
        """Return the originals; a picture that is a thumbnail elsewhere, too, is none."""
        references = self._vault.references.all()
        small = {each.file for each in references if each.small}
        return [
            each
            for each in references
            if each.standing is not Standing.EMPTIED and each.file not in small
        ]

    def _is_at_the_server(self, reference: Reference) -> bool:
        """Let the server claim the file, and show that it has every byte of it just now."""
        file: FileId = reference.file
        chunks = sound_chunks(self._vault.files, file, reference.root)
        if chunks is None:
            return False  # harmed here: the sync mends it, and nothing is known of the server's
        challenge = self._random(_CHALLENGE_BYTES)
        try:
            self._courier.claim(file, len(chunks))
            shown = self._courier.proof(file, challenge)
        except RefusedError as error:
            if error.refusal.code not in _NOT_THIS_ONE:
                raise
            return False
        return shown == proof_of(challenge, chunks)
