"""What the screens ask of the program about the server. Everything waits: call it in an errand."""

from pathlib import Path
from typing import Protocol

from desktop.collection.backups import Progress
from desktop.collection.photos_here import Freed
from desktop.collection.values import About
from desktop.ui.first_run.beginnings import ByFiles, Place, Trouble, Verdict
from desktop.ui.kit.kit import Kit


class Visit(Protocol):
    """Another device at the door."""

    @property
    def digits(self) -> str:
        """Six digits, to be compared with those on the other screen."""

    def admit(self) -> Trouble | None:
        """Let it in, once the digits were found to agree."""


class VisitByFiles(ByFiles, Protocol):
    """Another device that asks by a file which a person brought."""

    @property
    def admitted(self) -> bool:
        """Whether the device was let in, its answer saved or not."""

    def admit(self) -> Trouble | None:
        """Let it in, once the digits were found to agree, and save the answer anew."""


class Online(Protocol):
    """An open collection and its server."""

    @property
    def server(self) -> str:
        """The server's address; empty while the collection stays on this device."""

    def judge(self, server: str, name: str) -> Verdict:
        """Say whether a name can be had at a server."""

    def sign_up(self, place: Place) -> Trouble | None:
        """Give the collection its place at a server, and sync there from now on.

        If it had another one, that keeps what it has; nothing changes unless this one takes it.
        """

    def follow_server(self) -> Trouble | None:
        """Sync where another device has moved the collection."""

    def leave_server(self) -> Trouble | None:
        """Sync at no server any more."""

    def welcome(self, code: str) -> Visit | Trouble:
        """Answer the code of a new device, and wait for it."""

    def answer(self, path: Path) -> VisitByFiles | Trouble:
        """Open the file of a new device."""

    def new_kit(self) -> Kit | Trouble:
        """Let a new emergency kit take the old one's place; it is yet to be dated."""

    def about(self) -> About | Trouble:
        """Ask the server what it holds."""

    def free(self, progress: Progress) -> Freed | Trouble:
        """Remove originals from this device; raise StoppedError."""

    def cancel(self) -> None:
        """Give up waiting."""
