"""Pictures between the vault and a place: the sealed bytes of a file as one piece.

All of them come, thumbnails first: a stick is not there when somebody wants to see one. A device
that is to have small pictures only takes no others, but those that somebody asked for.
"""

from collections.abc import Callable, Sequence

from desktop.sync.folder.names import Listing, file_name
from desktop.sync.folder.places import Source, Target
from desktop.sync.pictures import (
    PARTS,
    THUMBNAILS,
    Wanted,
    cut_up,
    root_of,
    sound_chunks,
    spoken_of,
)
from desktop.vault.photo_policy import PhotoPolicy, have, read_policy, read_wanted
from desktop.vault.progress import Progress
from desktop.vault.vault import Vault
from shared.crypto.attachments import SEALED_CHUNK_BYTES
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import RecordId

_LABEL = "Pictures have arrived"


def take_pictures(
    vault: Vault,
    source: Source,
    listing: Listing,
    progress: Progress,
    changed: Callable[[Change], None],
) -> int:
    """Take in the pictures that are missing here, or harmed; return how many came."""
    asked = read_wanted(vault.secrets)
    lacking = [wanted for wanted in _lacking(vault, asked) if wanted.file in listing.files]
    photos, came = set(), set()
    for wanted in progress.through(lacking, "Reading pictures", len(lacking)):
        if wanted.file in came or _take(vault, source, wanted):  # photos may share a file
            came.add(wanted.file)
            photos.add(wanted.photo)
    have(vault.secrets, asked - {wanted.photo for wanted in _lacking(vault, asked)})
    if photos:
        changed(Change(_LABEL, {Kind.PHOTO: frozenset(photos)}, remote=True))
    return len(photos)


def put_pictures(
    vault: Vault, target: Target, listing: Listing, progress: Progress
) -> tuple[int, int]:
    """Lay down the pictures that a place lacks; return how many, and how many are harmed here."""
    lacking = {
        wanted.file: wanted
        for wanted in _in_turn(vault)
        if wanted.file not in listing.files and vault.files.has(wanted.file)
    }
    photos, harmed = set(), set()
    for wanted in progress.through(lacking.values(), "Writing pictures", len(lacking)):
        chunks = sound_chunks(vault.files, wanted.file, wanted.root)
        if chunks is None:
            harmed.add(wanted.photo)
            continue
        target.put(file_name(wanted.file), b"".join(chunks))
        photos.add(wanted.photo)
    return len(photos), len(harmed)


def _lacking(vault: Vault, asked: set[RecordId]) -> list[Wanted]:
    """List what is to be here and is not; of what was ``asked`` for also originals, and harmed."""
    files = vault.files
    parts = THUMBNAILS if read_policy(vault.secrets) is PhotoPolicy.SMALL else PARTS
    missing = [wanted for wanted in _in_turn(vault, parts) if not files.has(wanted.file)]
    listed = {wanted.file for wanted in missing}
    return missing + [
        wanted
        for wanted in (spoken_of(vault.records) if asked else ())
        if wanted.photo in asked
        and wanted.file not in listed
        and sound_chunks(files, wanted.file, wanted.root) is None
    ]


def lacking(vault: Vault) -> int:
    """Count the photos of which this device has not all that it should have."""
    small = read_policy(vault.secrets) is PhotoPolicy.SMALL
    wanted = spoken_of(vault.records, THUMBNAILS if small else PARTS)
    return len({each.photo for each in wanted if not vault.files.has(each.file)})


def _in_turn(vault: Vault, parts: Sequence[str] = PARTS) -> list[Wanted]:
    """List files that photos speak of, the thumbnails first."""
    return sorted(spoken_of(vault.records, parts), key=lambda wanted: wanted.chunks)


def _take(vault: Vault, source: Source, wanted: Wanted) -> bool:
    sealed = source.read(file_name(wanted.file), wanted.chunks * SEALED_CHUNK_BYTES)
    chunks = cut_up(sealed or b"")
    if root_of(chunks) != wanted.root:
        source.lay_aside(file_name(wanted.file))
        return False
    vault.files.keep(wanted.file, chunks)
    return True
