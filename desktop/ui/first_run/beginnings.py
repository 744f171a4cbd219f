"""What the first run asks of the program behind it. Everything waits: call it in an errand.

Expected failures come back as a ``Trouble``: the screen is shown before the classes of errors
are loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from desktop.ui.kit.kit import Kit, Reading

if TYPE_CHECKING:  # the data layer, which is not there yet when the first screen is painted
    from desktop.collection.collection import Collection


class Damage(Enum):
    """What is left of a collection that cannot be opened as it is."""

    NONE = "it is sound"
    FILE = "its file can be told again from its history"
    BEYOND = "a backup, another device or the emergency kit brings it back"


@dataclass(frozen=True, slots=True)
class Trouble:
    """It could not be done. ``sentence`` says why, and what to do next."""

    sentence: str
    damage: Damage = Damage.NONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a name can be had at a server: ``why_not``, a sentence, or empty.

    ``invitation``: it takes the code that the operator gave out for it. ``yours``: another device
    of this collection signed it up there.
    """

    why_not: str = ""
    invitation: bool = False
    yours: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place at a server: its address, the name there, and the code of an invitation, if any."""

    server: str
    name: str
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A collection as the steps describe it; ``server`` is None for one that stays here."""

    name: str
    password: str
    skin: str = "classic"
    server: Place | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """An open collection, for whoever makes windows. ``kit`` is shown once.

    ``notice`` tells what did not work although the collection is there, such as the sign-up.
    """

    collection: "Collection"
    kit: Kit | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup and what opens it: its password, or the 24 words ``by_kit``."""

    path: Path
    secret: str = field(repr=False)
    by_kit: bool = False


Tell = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is, and how much there is, 0 if unknown."""
Stop = Callable[[], bool]


class Joining(Protocol):
    """One pairing from the new device's side."""

    @property
    def code(self) -> str:
        """The text to carry to the other device."""

    def meet(self) -> str | Trouble:
        """Wait for the other device; return the six digits to compare."""

    def join(self, wanted: Wanted) -> Begun | Trouble:
        """Join, once the digits were found to agree."""

    def cancel(self) -> None:
        """Give up, whatever it waits for."""


class ByFiles(Protocol):
    """One side of a pairing with files that a person carries."""

    @property
    def name(self) -> str:
        """A name for this device's file."""

    @property
    def saved(self) -> Path:
        """Where it was saved last."""

    @property
    def digits(self) -> str:
        """Six digits to compare; empty until enough of the other device's file was opened."""

    def save(self, path: Path) -> Trouble | None:
        """Save this device's file, as far as it has come."""

    def meet(self, path: Path) -> Trouble | None:
        """Open the other device's file as it is now."""

    def look(self) -> Path | None:
        """Find the other device's next file, if it has come to lie beside this one's."""


class JoiningByFiles(ByFiles, Protocol):
    """The new device's side; its file is saved anew as it opens the answer."""

    def join(self, path: Path, wanted: Wanted) -> Begun | Trouble:
        """Open the answer as it was saved last, and join."""


class ComingBack(Protocol):
    """A collection that was found in a folder or a bundle, by the words of its kit."""

    def come_back(self, wanted: Wanted, tell: Tell, stop: Stop) -> Begun | Trouble:
        """Bring all of it back."""


class Beginnings(Protocol):
    """The five doors."""

    def judge(self, server: str, name: str) -> Verdict:
        """Say whether a name can be had at a server."""

    def create(self, wanted: Wanted) -> Begun | Trouble:
        """Make a new collection, and sign it up if a server is wanted."""

    def pair(self, server: str) -> Joining | Trouble:
        """Begin to join."""

    def pair_by_files(self) -> JoiningByFiles:
        """Begin to join without a server."""

    def restore(self, kit: Reading, wanted: Wanted) -> Begun | Trouble:
        """Bring a collection back from its emergency kit."""

    def find(self, words: str, place: Path) -> ComingBack | Trouble:
        """Find the collection that the words of a kit belong to, in a folder or a bundle."""

    def restore_backup(
        self, backup: BackupFile, wanted: Wanted, tell: Tell, stop: Stop
    ) -> Begun | Trouble:
        """Make a collection of a backup, beside whatever else there is."""

    def look_around(self) -> Begun | Trouble:
        """Make the sample."""
