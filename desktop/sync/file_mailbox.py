"""A pairing mailbox of two files: a person carries them, each is saved twice.

The new device saves its file with the code, and once more with its reveal; the other one saves
the answer, and once more with the welcome. What a file says of itself only tells a person's
mistakes apart, in words: whether to believe it is for the seals and the six digits to say.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from pathlib import Path

from desktop.sync.pairing import WELCOME
from desktop.system.durable import write_durably
from shared.crypto.pair_files import MAX_FILE_BYTES, SUFFIX, PairingFile, PairingFileError, Part
from shared.crypto.pairing import Code
from shared.ids import PairId
from shared.signing import NO_HASH

FILE_MILLIS = 24 * 3_600_000
"""How long a file is good: enough for a mail and a night."""
_TRIES = 3
_MOST_BESIDE = 100


class HugePairingFileError(PairingFileError):
    """That file is far too large. Open the one that the other device saved."""


class UnreadPairingFileError(PairingFileError):
    """That file cannot be read. See whether its stick is still plugged in, and open it again."""


class UnsavedPairingFileError(PairingFileError):
    """The file could not be saved there. Choose another place, with room, that can be written."""


class OwnPairingFileError(PairingFileError):
    """That file is for the other device: open it there, and here the one that is saved there."""


class OtherPairingFileError(PairingFileError):
    """That file belongs to another attempt. Open the one that the other device saved just now."""


class EarlierPairingFileError(PairingFileError):
    """That file was opened before. Open this device's file on the other one, which then saves anew.

    Bring that new file here.
    """


class AnsweredOtherError(PairingFileError):
    """That file answers another device, or an earlier file of this one.

    Open this device's last file on the other one, and come back with what is saved then.
    """


class ExpiredPairingFileError(PairingFileError):
    """The files are older than a day, or the clocks of the two devices differ.

    Look at both clocks, and begin anew on the new device.
    """


class ThreeTriesError(PairingFileError):
    """Three files did not fit, so it is over: somebody may be changing them on the way.

    Begin anew on the new device, with a stick that you keep in sight.
    """


class FileMailbox:
    """One device's view of the two files.

    ``own`` is where this device saves and ``other`` what the person opened; both may change
    between calls. ``newcomer`` tells whose view it is.
    """

    def __init__(self, pair: PairId, now_millis: Callable[[], int], *, newcomer: bool) -> None:
        self.own = Path()
        self.other = Path()
        self._pair = pair
        self._now_millis = now_millis
        self._newcomer = newcomer
        self._began = now_millis()
        self._hashes: dict[int, bytes] = {}
        self._tries = Counter[Part]()
        self._looked_at: set[tuple[Path, int, int]] = set()

    @classmethod
    def for_code(cls, path: Path, now_millis: Callable[[], int]) -> "tuple[Code, FileMailbox]":
        """Open the file of a new device. Raises PairingFileError, PairingError."""
        file = read_pairing_file(path)
        if file.part is Part.REVEAL:
            raise OtherPairingFileError
        if file.part is not Part.CODE:
            raise OwnPairingFileError
        code = Code.unpack(file.message)
        made = cls(code.pair, now_millis, newcomer=False)
        made.other = path
        made.accept(file, Part.CODE)
        return code, made

    def ask(self, code: Code) -> None:
        """Save the code. Raises UnsavedPairingFileError."""
        self._save(Part.CODE, code.raw)

    def leave(self, slot: int, message: bytes) -> None:
        """Save a message for the other device. Raises UnsavedPairingFileError."""
        self._save(_part_of(slot), message)

    def wait_for(self, slot: int) -> bytes:
        """Read the message from the file that was opened. Raises PairingFileError.

        What is read and does not fit is asked for again: that makes three tries.
        """
        part = _part_of(slot)
        file = read_pairing_file(self.other)
        self.accept(file, part)
        self._tries[part] += 1
        if self._tries[part] > _TRIES:
            raise ThreeTriesError
        return file.message

    def look(self, slot: int) -> Path | None:
        """Find the file with a message beside this device's own; each is read once a change."""
        try:
            beside = [*islice(self.own.parent.glob(f"*{SUFFIX}"), _MOST_BESIDE)]
            states = {(path, path.stat().st_mtime_ns, path.stat().st_size) for path in beside}
        except OSError:
            return None  # a stick that is not there, or leaves just now
        for state in sorted(states - self._looked_at):
            self._looked_at.add(state)
            with suppress(PairingFileError):
                self.accept(read_pairing_file(state[0]), _part_of(slot))
                return state[0]
        return None

    def accept(self, file: PairingFile, part: Part) -> None:
        """Take a file for the next one, or say what it is instead."""
        now = self._now_millis()
        if file.pair != self._pair:
            raise OtherPairingFileError
        if file.part.of_newcomer == self._newcomer:
            raise OwnPairingFileError
        if file.part < part:
            raise EarlierPairingFileError
        if file.part > part:
            raise OtherPairingFileError
        if now - self._began > FILE_MILLIS or abs(now - file.made_millis) > FILE_MILLIS:
            raise ExpiredPairingFileError
        if file.answers != self._hashes.get(part - 1, NO_HASH):
            raise AnsweredOtherError
        self._hashes[part] = file.hash

    def _save(self, part: Part, message: bytes) -> None:
        answers = self._hashes.get(part - 1, NO_HASH)
        file = PairingFile(part, self._pair, self._now_millis(), answers, message)
        try:
            write_durably(self.own, file.encode())
        except OSError as error:
            raise UnsavedPairingFileError from error
        self._hashes[part] = file.hash


def read_pairing_file(path: Path) -> PairingFile:
    """Read a file that a person opened, or raise PairingFileError."""
    try:
        with path.open("rb") as opened:
            raw = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadPairingFileError from error
    if len(raw) > MAX_FILE_BYTES:
        raise HugePairingFileError
    return PairingFile.parse(raw)


def _part_of(slot: int) -> Part:
    return Part(slot + Part.WELCOME - WELCOME)
