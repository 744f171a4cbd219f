"""A pairing without a server, from either side: what is saved and opened, and in which order.

    new device                                   device of the collection
    asking.save(file)      -> carried ->         Answering(file); answering.save(answer)
    asking.meet(answer)    <- carried <-         |
    (saves file anew)      -> carried ->         answering.meet(file)
    digits                 -- compared by the person --  digits
    asking.join(answer)    <- carried <-         answering.admit() (saves answer anew)

Four ways are the fewest for six digits that nobody can bring about: whoever is in the middle must
be bound to keys before he knows the other ones, so a promise, a key and the opened promise travel
first; and nothing is signed before a person has compared. Errors are sentences: PairingFileError,
SyncError.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.sync.errors import SyncError, UnreachableError
from desktop.sync.file_mailbox import FileMailbox
from desktop.sync.hosting import Host, Reception
from desktop.sync.joined import Joined
from desktop.sync.pairing import OFFER, REVEAL, WELCOME, Guest, Newcomer
from desktop.vault.vault import Secrets
from shared.crypto.pair_files import SUFFIX, PairingFileError
from shared.crypto.pairing import PairingError, Waiting
from shared.crypto.randomness import Random
from shared.ids import PAIR_BYTES, DeviceId, PairId

_OPENED = "pairing files opened"
_REMEMBERED = 64
_SHOWN = 3


class MisfitError(PairingFileError):
    """That file does not fit: it was made for another device, or changed on its way.

    Open the one that the other device saved last, or begin anew on the new device.
    """


class UsedPairingFileError(PairingFileError):
    """That file was answered here before, which it may be once. Begin anew on the new device."""


class ServerNeededError(SyncError):
    """The server does not answer, and the list of your devices is kept there.

    Try once more as soon as it can be reached; the files stay good for a day.
    """


class Asking:
    """The new device's side."""

    def __init__(self, random: Random, now_millis: Callable[[], int]) -> None:
        waiting = Waiting.start(random)
        self._code = waiting.code
        self._mailbox = FileMailbox(waiting.code.pair, now_millis, newcomer=True)
        self._newcomer = Newcomer(waiting, self._mailbox, random)
        self._guest: Guest | None = None
        self.name = f"new-device-{_short(waiting.code.pair)}{SUFFIX}"

    @property
    def saved(self) -> Path:
        """Where this device's file is."""
        return self._mailbox.own

    @property
    def digits(self) -> str:
        """Six digits to compare, once the answer was opened and the file saved anew."""
        return self._guest.digits if self._guest else ""

    def save(self, path: Path) -> None:
        """Save the file, or save it somewhere else, as far as it has come."""
        self._mailbox.own = path
        if self._newcomer.met:
            self._guest = self._newcomer.meet()
        else:
            self._mailbox.ask(self._code)

    def meet(self, path: Path) -> None:
        """Open the answer, and save the file anew; then there are digits.

        If only the saving fails, ``save`` with another place goes on.
        """
        self._mailbox.other = path
        with _fitting():
            self._guest = self._newcomer.meet()

    def look(self) -> Path | None:
        """Find the other device's next file, if it has come to lie beside this device's."""
        return self._mailbox.look(WELCOME if self._guest else OFFER)

    def join(self, path: Path) -> Joined:
        """Open the answer as it was saved anew, once the person said that the digits agree."""
        if self._guest is None:
            raise MisfitError
        self._mailbox.other = path
        with _fitting():
            return self._guest.join("", None)


class Answering:
    """The side of a device of the collection; opens the file of the new device."""

    def __init__(
        self,
        host: Host,
        secrets: Secrets,
        heads: Callable[[], list[bytes]],
        path: Path,
        now_millis: Callable[[], int],
    ) -> None:
        with _fitting():
            code, self._mailbox = FileMailbox.for_code(path, now_millis)
        if code.pair in _opened(secrets):
            raise UsedPairingFileError
        self._secrets, self._pair, self._heads = secrets, code.pair, heads
        self._greeted = host.greet(code, self._mailbox)
        self._reception: Reception | None = None
        self.name = f"answer-{_short(code.pair)}{SUFFIX}"

    @property
    def saved(self) -> Path:
        """Where this device's file is."""
        return self._mailbox.own

    @property
    def digits(self) -> str:
        """Six digits to compare, once the new device's file was opened as it was saved anew."""
        return self._reception.digits if self._reception else ""

    @property
    def admitted(self) -> bool:
        """Whether the new device belongs to the collection, its welcome saved or not."""
        return self._reception is not None and self._reception.admitted

    @property
    def newcomer(self) -> DeviceId:
        """Who asks, once there are digits."""
        if self._reception is None:
            raise MisfitError
        return self._reception.newcomer

    def save(self, path: Path) -> None:
        """Save the answer, or save it somewhere else, as far as it has come."""
        self._mailbox.own = path
        if self.admitted:
            self.admit()
            return
        _note(self._secrets, self._pair)
        self._greeted.offer()

    def meet(self, path: Path) -> None:
        """Open the new device's file as it was saved anew; then there are digits."""
        self._mailbox.other = path
        with _fitting():
            self._reception = self._greeted.meet()

    def look(self) -> Path | None:
        """Find the new device's next file, if it has come to lie beside this device's."""
        return self._mailbox.look(REVEAL)

    def admit(self) -> None:
        """Let the new device in and save the answer anew, once the person said that they agree.

        If only the saving fails, ``save`` with another place goes on.
        """
        if self._reception is None:
            raise MisfitError
        try:
            self._reception.admit(self._heads(), afar=True)
        except UnreachableError as error:
            raise ServerNeededError from error


@contextmanager
def _fitting() -> Iterator[None]:
    """Say of a message that does not open what a person with files can do about it."""
    try:
        yield
    except PairingFileError:
        raise
    except PairingError as error:
        raise MisfitError from error


def _short(pair: PairId) -> str:
    return pair[:_SHOWN].hex()


def _opened(secrets: Secrets) -> tuple[bytes, ...]:
    kept = secrets.get(_OPENED) or b""
    return tuple(kept[at : at + PAIR_BYTES] for at in range(0, len(kept), PAIR_BYTES))


def _note(secrets: Secrets, pair: PairId) -> None:
    """Remember the last codes that were answered: each is good for one answer."""
    others = [each for each in _opened(secrets) if each != pair]
    secrets.put(_OPENED, b"".join([*others, pair][-_REMEMBERED:]))
