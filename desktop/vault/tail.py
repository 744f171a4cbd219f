"""Whether the write-ahead log was cut short by damage rather than by its own end.

SQLite reads a log up to the first frame whose checksum is wrong and takes all behind it for the
rest of an older log. A bit that flips there takes whole transactions away without a word. Frames
of the same log that end a transaction, but lie behind the last one that SQLite takes, tell it.
"""

import struct
from contextlib import closing
from pathlib import Path

from desktop.vault.database import Database, meaning

_HEADER = struct.Struct(">6I2I")
_FRAME = struct.Struct(">2I2I2I")
_LITTLE = 0x377F0682
"""How a log begins whose checksums take words as little endian; one more for big endian."""
_WORD = 1 << 32
_ONE_BIT = 1


def was_cut(file: Path, key: bytes) -> bool:
    """Tell whether committed changes in the log of a closed database are damaged.

    It folds what can be read into the database. Raises DamagedVaultError.
    """
    wal = file.with_name(f"{file.name}-wal")
    size = wal.stat().st_size if wal.is_file() else 0
    if size <= _HEADER.size:
        return False
    ends = _ends(wal, size)
    with meaning(), closing(Database(file, key, {}).connect()) as connection:
        _, taken, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return ends is None or any(frame >= taken for frame in ends)


def _ends(wal: Path, size: int) -> list[int] | None:
    """Return the frames that end a transaction of this log; None if its head is damaged."""
    with wal.open("rb") as source:
        head = source.read(_HEADER.size)
        magic, _, page, _, *salts, one, two = _HEADER.unpack(head)
        if magic & ~1 != _LITTLE or _checksum(head[:24], little=magic == _LITTLE) != (one, two):
            return None
        mine, ends = salts[0] << 32 | salts[1], []
        for frame, at in enumerate(range(_HEADER.size, size - page, _FRAME.size + page)):
            source.seek(at)
            _, committed, *salts, _, _ = _FRAME.unpack(source.read(_FRAME.size))
            # One bit apart: a flip in the salts themselves. Another log's salts are random.
            if committed and (mine ^ (salts[0] << 32 | salts[1])).bit_count() <= _ONE_BIT:
                ends.append(frame)
    return ends


def _checksum(head: bytes, *, little: bool) -> tuple[int, int]:
    """Return the two sums that SQLite makes of the first 24 bytes."""
    one = two = 0
    words = struct.unpack("<6I" if little else ">6I", head)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) % _WORD
        two = (two + second + one) % _WORD
    return one, two
