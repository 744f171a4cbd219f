"""A second memory of how far a collection had come, kept apart from it.

An encrypted file does not show that it was put back to an older state. The anchor does: it lies
in the system's keychain if there is one, else beside the file, where it is put back with it.
"""

import struct
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from desktop.system.durable import write_durably
from desktop.system.keychain import Keychain, KeychainClosedError

TOKEN_BYTES = 16
_LAYOUT = struct.Struct(f">4sQQ{TOKEN_BYTES}s")
_MAGIC = b"SWA2"
_CHECK_BYTES = 8


class Anchor(NamedTuple):
    """How far a collection had come at least.

    ``counter`` grows with each edit, ``sealed`` with each entry of this device, ``token`` is drawn
    each time the collection is opened.
    """

    counter: int
    sealed: int
    token: bytes

    def pack(self) -> bytes:
        """Return the bytes that are kept."""
        packed = _LAYOUT.pack(_MAGIC, *self)
        return packed + sha256(packed).digest()[:_CHECK_BYTES]

    @classmethod
    def unpack(cls, raw: bytes) -> "Anchor | None":
        """Read them back; None if they are none of ours."""
        packed, check = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        if len(packed) < _LAYOUT.size or sha256(packed).digest()[:_CHECK_BYTES] != check:
            return None
        magic, counter, sealed, token = _LAYOUT.unpack(packed)
        return cls(counter, sealed, token) if magic == _MAGIC else None


class AnchorPlace(Protocol):
    """Where an anchor is kept."""

    def read(self) -> Anchor | None:
        """Return the anchor; None if there is none or it cannot be read."""

    def write(self, anchor: Anchor) -> None:
        """Keep an anchor in place of the one before. Failing is no reason to stop."""


class AnchorFile:
    """An anchor in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Anchor | None:
        """Return the anchor."""
        try:
            return Anchor.unpack(self._path.read_bytes())
        except OSError:
            return None

    def write(self, anchor: Anchor) -> None:
        """Keep an anchor."""
        with suppress(OSError):
            write_durably(self._path, anchor.pack())


class AnchorInKeychain:
    """An anchor in the keychain, and in the file too for the day the keychain stays closed."""

    def __init__(self, keychain: Keychain, name: str, file: AnchorFile) -> None:
        self._keychain = keychain
        self._name = name
        self._file = file

    def read(self) -> Anchor | None:
        """Return the anchor; none if an open keychain has none, for the file may be a copy."""
        try:
            kept = self._keychain.fetch(self._name)
        except KeychainClosedError:
            return self._file.read()
        return Anchor.unpack(kept) if kept else None

    def write(self, anchor: Anchor) -> None:
        """Keep an anchor."""
        with suppress(KeychainClosedError):
            self._keychain.keep(self._name, anchor.pack())
        self._file.write(anchor)
