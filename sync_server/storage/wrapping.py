"""A file wrapped with a key: whoever destroys the key has destroyed every copy of the file.

Layout: the mark, 16 random bytes that make a key of this file's own, then pieces of 1 MiB, each
sealed (ChaCha20-Poly1305) with its number and whether it is the last, so that none can be left
out, swapped or added.
"""

import hmac
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from shared.signing import labelled
from sync_server.storage.durable import sync_folder
from sync_server.storage.errors import StorageError

MARK = b"swingtag-backup/1\n"
_SALT_BYTES = 16
_PIECE = 1024 * 1024
_TAG = 16
_NOT_OURS = "This is no backup of that tenant, or it is damaged, or its key was destroyed."


def wrap(source: Path, target: Path, key: bytes, random: Callable[[int], bytes]) -> None:
    """Write ``source`` wrapped into ``target``: flushed, and never seen half written."""
    salt = random(_SALT_BYTES)
    box = _box(key, salt)
    draft = target.with_name(target.name + ".part")
    with source.open("rb") as plain, draft.open("wb") as sealed:
        sealed.write(MARK + salt)
        for nonce, piece in _numbered(plain, _PIECE):
            sealed.write(box.encrypt(nonce, piece, None))
        sealed.flush()
        os.fsync(sealed.fileno())
    draft.replace(target)
    sync_folder(target.parent)


def unwrap(source: Path, key: bytes) -> Iterator[bytes]:
    """Yield what a wrapped file holds, piece by piece, or raise StorageError."""
    try:
        with source.open("rb") as sealed:
            if sealed.read(len(MARK)) != MARK:
                raise StorageError(_NOT_OURS)
            box = _box(key, sealed.read(_SALT_BYTES))
            for nonce, piece in _numbered(sealed, _PIECE + _TAG):
                yield box.decrypt(nonce, piece, None)
    except InvalidTag as error:
        raise StorageError(_NOT_OURS) from error
    except FileNotFoundError as error:
        raise StorageError("The file of this backup is not where it was written.") from error


def _numbered(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield the pieces of a file with their nonces; the last one is marked, and may be empty."""
    number, piece = 0, file.read(size)
    while True:
        following = file.read(size)
        is_last = not following
        yield number.to_bytes(11) + bytes([is_last]), piece
        if is_last:
            return
        number, piece = number + 1, following


def _box(key: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hmac.digest(key, labelled("backup", salt), "sha256"))
