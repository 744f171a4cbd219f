"""A backup as a collection of its own, beside whatever else there is."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain, groupby
from pathlib import Path
from typing import NamedTuple

from desktop.system.durable import patiently, sync_folder, write_durably
from desktop.vault.backup_file import BackupReading, DamagedBackupError, Line
from desktop.vault.backup_pictures import Picture, read_pictures
from desktop.vault.database import Database
from desktop.vault.disk import troubles
from desktop.vault.errors import CollectionExistsError
from desktop.vault.lineage import Lineage
from desktop.vault.opening import (
    DATABASE,
    FILES,
    UNLOCK,
    Surroundings,
    make_box,
    refuse_clouds,
)
from desktop.vault.progress import UNWATCHED, Progress
from desktop.vault.repairing import Sieve
from desktop.vault.retelling import tell
from desktop.vault.search import Speaker
from desktop.vault.truth import TRUTH, Fact
from desktop.vault.vault import Vault
from shared.crypto.attachments import ContentChangedError, FileSecret, seal_chunks
from shared.crypto.sealing import KEY_BYTES
from shared.domain.operations import Operation, Put
from shared.domain.schema import Kind
from shared.ids import FILE_BYTES, FileId, RecordId, TenantId

LABEL = "Restore from a backup"
RECORDS, PICTURES = "Restoring the records", "Restoring the pictures"
_KINDS = {kind.value for kind in Kind}


class Restored(NamedTuple):
    """``missing``: parts of the backup that are damaged.

    ``photos``: files that came whole; ``lacking``: files that did not, or were not in it.
    """

    missing: int
    whole: bool
    photos: int
    lacking: int


def restore(
    backup: Path,
    key: bytes,
    folder: Path,
    password: str,
    surroundings: Surroundings,
    *,
    progress: Progress = UNWATCHED,
) -> Restored:
    """Make a collection of a backup in a folder that does not exist. It is there whole or not.

    Its device writes to a new stream. Of a damaged backup, all that is outside the damage is
    there. Raises DamagedBackupError if not even the secrets are, CollectionExistsError,
    StoppedError.
    """
    refuse_clouds(folder)
    if folder.exists():
        raise CollectionExistsError
    secrets = _secrets(backup, key)
    lineage = Lineage.among(secrets)
    part = folder.with_name(folder.name + ".part")
    with troubles():
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        try:
            database_key = surroundings.random(KEY_BYTES)
            reading = BackupReading(backup, key)
            lines = progress.through(reading.lines(), RECORDS)
            truth = chain((Fact("secret", item) for item in secrets.items()), _facts(lines))
            sieve = Sieve(lineage.origin.device)
            tell(part / DATABASE, database_key, lineage, sieve.whole(truth), surroundings)
            write_durably(
                part / UNLOCK,
                make_box(password, database_key, surroundings),
            )
            if reading.missing:
                _write_records(part, database_key, surroundings, BackupReading(backup, key))
            pictures = _pictures(part / DATABASE, database_key)
            pieces = BackupReading(backup, key).pieces()
            photos = _write_photos(pieces, pictures, lineage.tenant, part, progress)
            patiently(lambda: part.rename(folder))
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        sync_folder(folder.parent)
    return Restored(len(reading.missing), reading.whole, photos, len(pictures) - photos)


def _secrets(backup: Path, key: bytes) -> dict[str, bytes]:
    """Read the secrets, which stand in a backup twice."""
    lines = BackupReading(backup, key).lines()
    secrets = {line["row"][0]: line["row"][1] for line in lines if line.get("table") == "secret"}
    if not Lineage.among(secrets).tenant:
        raise DamagedBackupError
    return secrets


def _facts(lines: Iterable[Line]) -> Iterator[Fact]:
    for line in lines:
        if line.get("table", "secret") != "secret" and line["table"] in TRUTH:
            yield Fact(line["table"], tuple(line["row"]))


def _pictures(path: Path, key: bytes) -> dict[bytes, Picture]:
    """Return by their files the pictures that a collection's photos show, told as they are now."""
    with (
        closing(Database(path, key, Speaker().functions)) as database,
        database.reading() as cursor,
    ):
        return {picture.file: picture for picture in read_pictures(cursor)}


def _write_photos(
    pieces: Iterable[bytes],
    pictures: Mapping[bytes, Picture],
    tenant: TenantId,
    folder: Path,
    progress: Progress,
) -> int:
    """Seal the photos again, each as it was; return how many came whole."""
    came = set[bytes]()
    for file, some in groupby(pieces, lambda piece: piece[:FILE_BYTES]):
        progress.at(PICTURES, len(came), len(pictures))
        if file in pictures:
            secret = FileSecret(tenant, FileId(file), pictures[file].key)
            if _write_photo(secret, some, folder):
                came.add(file)
    return len(came)


def _write_photo(secret: FileSecret, pieces: Iterable[bytes], folder: Path) -> bool:
    first, *rest = pieces
    size = int.from_bytes(first[16:24])
    content = (piece[32:] for piece in (first, *rest))
    name = secret.file.hex()
    path = folder / FILES / name[:2] / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        write_durably(path, b"".join(seal_chunks(secret, size, content)))
    except ContentChangedError:
        return False
    return True


def _write_records(
    folder: Path, key: bytes, surroundings: Surroundings, reading: BackupReading
) -> None:
    """Write what the records said and a damaged history does not tell, as an edit."""
    vault = Vault.open_with_key(folder, key, surroundings)
    try:
        lost: list[Operation] = []
        for line in reading.lines():
            if "kind" not in line or line["deleted"] or line["kind"] not in _KINDS:
                continue
            kind, record = Kind(line["kind"]), RecordId(line["id"])
            held = vault.records.fields(kind, record) or {}
            fields = {n: v for n, v in line["fields"].items() if n not in held}
            if fields:
                lost.append(Put(kind, record, fields))
        vault.apply(LABEL, lost, undoable=False)
    finally:
        vault.close()
