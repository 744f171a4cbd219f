"""Photos and documents: sealed in chunks of 256 KiB that can neither be swapped nor dropped.

The plaintext is ``length 8 | content | zeros``, padded as a whole. Every file has a random key
of its own, used for one content only, so a nonce can be the number of the chunk.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.crypto.padding import padded_length
from shared.crypto.randomness import Random
from shared.crypto.sealing import KEY_BYTES, derive
from shared.envelope.entries import TAG_BYTES
from shared.ids import FILE_BYTES, FileId, TenantId

CHUNK_BYTES = 256 * 1024
SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES

_LENGTH_BYTES = 8
_INDEX_BYTES = 11


class DamagedAttachmentError(ValueError):
    """A photo or document is damaged. Swingtag asks the other devices for it once more."""


class ContentChangedError(ValueError):
    """The file changed while it was being added. Add it again when nothing writes to it."""


@dataclass(frozen=True, slots=True)
class FileSecret:
    """What opens one attachment, kept in the record that shows it."""

    tenant: TenantId
    file: FileId
    key: bytes = field(repr=False)

    @classmethod
    def generate(cls, tenant: TenantId, random: Random) -> "FileSecret":
        """Make the name and key of a new attachment. Use them for one content only."""
        return cls(tenant, FileId(random(FILE_BYTES)), random(KEY_BYTES))


class Root:
    """SHA-256 over the SHA-256 of each sealed chunk, in order: what the record remembers."""

    def __init__(self) -> None:
        self._hash = sha256()

    def add(self, chunk: bytes) -> None:
        """Take the next sealed chunk."""
        self._hash.update(sha256(chunk).digest())

    @property
    def digest(self) -> bytes:
        """The 32 bytes for the chunks so far."""
        return self._hash.digest()


def chunk_count(size: int) -> int:
    """Return into how many chunks a content of ``size`` bytes is sealed."""
    return -(-padded_length(_LENGTH_BYTES + size) // CHUNK_BYTES)


def sealed_size(size: int) -> int:
    """Return how many bytes all sealed chunks of such a content have together."""
    return padded_length(_LENGTH_BYTES + size) + chunk_count(size) * TAG_BYTES


def seal_chunks(secret: FileSecret, size: int, content: Iterable[bytes]) -> Iterator[bytes]:
    """Seal a content of ``size`` bytes, given in pieces of any length, chunk by chunk.

    Raises ContentChangedError, before the last chunk, if it is longer or shorter.
    """
    chunks = _Chunks(secret, size)
    for index, plain in enumerate(_cut(_padded(size, content))):
        yield chunks.seal(index, plain)


def open_chunks(
    secret: FileSecret, size: int, root: bytes, sealed: Iterable[bytes]
) -> Iterator[bytes]:
    """Return the content in pieces; raise DamagedAttachmentError on anything amiss.

    The last piece comes only after all chunks were there and ``root`` fits; whoever keeps the
    pieces must throw them away on an error.
    """
    chunks, seen, left = _Chunks(secret, size), Root(), size
    piece = b""
    index = -1
    for index, chunk in enumerate(sealed):
        if piece:
            yield piece
        seen.add(chunk)
        plain = chunks.open(index, chunk)
        if index == 0 and int.from_bytes(plain[:_LENGTH_BYTES]) != size:
            raise DamagedAttachmentError
        start = _LENGTH_BYTES if index == 0 else 0
        piece, zeros = plain[start : start + left], plain[start + left :]
        left -= len(piece)
        if any(zeros):
            raise DamagedAttachmentError
    if index + 1 != chunks.count or seen.digest != root:
        raise DamagedAttachmentError
    if piece:
        yield piece


class _Chunks:
    """The cipher of one attachment: each chunk knows its place and how many there are."""

    def __init__(self, secret: FileSecret, size: int) -> None:
        self.count = chunk_count(size)
        self._aead = AESGCM(derive(secret.key, "attachment", secret.tenant, secret.file))
        self._file = secret.file
        self._last_bytes = sealed_size(size) - (self.count - 1) * SEALED_CHUNK_BYTES

    def seal(self, index: int, plain: bytes) -> bytes:
        return self._aead.encrypt(self._nonce(index), plain, self._context(index))

    def open(self, index: int, chunk: bytes) -> bytes:
        expected = self._last_bytes if index == self.count - 1 else SEALED_CHUNK_BYTES
        if len(chunk) != expected:
            raise DamagedAttachmentError
        try:
            return self._aead.decrypt(self._nonce(index), chunk, self._context(index))
        except InvalidTag as error:
            raise DamagedAttachmentError from error

    def _nonce(self, index: int) -> bytes:
        return index.to_bytes(_INDEX_BYTES) + bytes([index == self.count - 1])

    def _context(self, index: int) -> bytes:
        return self._file + index.to_bytes(8) + self.count.to_bytes(8)


def _padded(size: int, content: Iterable[bytes]) -> Iterator[bytes]:
    yield size.to_bytes(_LENGTH_BYTES)
    left = size
    for piece in content:
        left -= len(piece)
        if left < 0:
            raise ContentChangedError
        yield piece
    if left:
        raise ContentChangedError
    framed = _LENGTH_BYTES + size
    zeros = padded_length(framed) - framed
    while zeros:
        block = min(zeros, CHUNK_BYTES)
        yield bytes(block)
        zeros -= block


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut pieces of any length into chunks; only the last may be shorter."""
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        while len(buffer) > CHUNK_BYTES:
            yield bytes(buffer[:CHUNK_BYTES])
            del buffer[:CHUNK_BYTES]
    yield bytes(buffer)
