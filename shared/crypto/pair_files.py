"""A pairing without a server: its messages as files that a person carries.

Each file holds one message of ``shared.crypto.pairing``. The outside of a file proves nothing: it
tells a person's mistakes apart, in words. What is believed is decided by the seals within, and by
the six digits.
"""

import struct
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from shared.crypto.pairing import PairingError
from shared.ids import PAIR_BYTES, PairId
from shared.signing import sha256

SUFFIX: Final = ".swingpair"
MAX_FILE_BYTES: Final = 8 * 1024 * 1024
"""A welcome with a chain of some thousand devices."""
_MAGIC, _VERSION = b"SWPR", 1
_HEAD = struct.Struct(f">4sBB{PAIR_BYTES}sQ32sI")
_HASH_BYTES = 32


class PairingFileError(PairingError):
    """That file is of no use for the pairing. Open the one that the other device saved last."""


class NotAPairingFileError(PairingFileError):
    """That is no file for adding a device. Open one whose name ends in .swingpair."""


class DamagedPairingFileError(PairingFileError):
    """That file did not arrive whole. Copy it once more from the device that saved it."""


class NewerPairingFileError(PairingFileError):
    """That file was saved by a newer Swingtag. Update Swingtag on this device, then open it."""


class Part(IntEnum):
    """Which message a file holds. The new device saves 1 and 3, the other one 2 and 4."""

    CODE = 1
    OFFER = 2
    REVEAL = 3
    WELCOME = 4

    @property
    def of_newcomer(self) -> bool:
        """Whether the new device saves it."""
        return self in {Part.CODE, Part.REVEAL}


@dataclass(frozen=True, slots=True)
class PairingFile:
    """One message on its way. ``answers`` is the hash of the message before, zeros for a code."""

    part: Part
    pair: PairId
    made_millis: int
    answers: bytes
    message: bytes = field(repr=False)

    @property
    def hash(self) -> bytes:
        """What the answer to this message names."""
        return sha256(self.message)

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        head = _HEAD.pack(
            _MAGIC,
            _VERSION,
            self.part,
            self.pair,
            self.made_millis,
            self.answers,
            len(self.message),
        )
        return head + self.message + sha256(head + self.message)

    @classmethod
    def parse(cls, raw: bytes) -> "PairingFile":
        """Read a file, or raise one of the errors above."""
        if raw[:4] != _MAGIC:
            raise NotAPairingFileError
        if raw[4:5] > bytes([_VERSION]):
            raise NewerPairingFileError
        content, check = raw[:-_HASH_BYTES], raw[-_HASH_BYTES:]
        if len(content) < _HEAD.size or sha256(content) != check:
            raise DamagedPairingFileError
        _, version, part, pair, made, answers, length = _HEAD.unpack_from(content)
        message = content[_HEAD.size :]
        if version != _VERSION or length != len(message) or part not in set(Part):
            raise DamagedPairingFileError
        return cls(Part(part), PairId(pair), made, answers, message)
