"""A link from a web page: what it would do, and the question whether that is wanted.

Nothing in a link is trusted. It can name a server and one of two doors, and nothing else; the
server hears nothing before somebody goes on.
"""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote

from PySide6.QtCore import Qt, Signal

from desktop.ui.controls import Button, Text
from desktop.ui.first_run.step import Step
from desktop.ui.zone import Zone, column

SCHEME = "swingtag:"
_LONGEST = 400
_LINK = re.compile(r"swingtag:(?://)?(join|new)/?\?server=([A-Za-z0-9.%:-]+)")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SERVER = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")


class BadLinkError(ValueError):
    """That link is none that Swingtag understands. Nothing was done; type the server instead."""


class Door(Enum):
    """Where a link wants to lead."""

    JOIN = "join"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Link:
    """A door, and the server to be written into its line: a host, perhaps with a port."""

    door: Door
    server: str

    @classmethod
    def parse(cls, text: str) -> "Link":
        """Read a link, or raise BadLinkError."""
        found = _LINK.fullmatch(text) if len(text) <= _LONGEST else None
        server = unquote(found[2]).lower() if found else ""
        if found is None or not _SERVER.fullmatch(server) or "xn--" in server:
            raise BadLinkError(text)
        return cls(Door(found[1]), server)


def is_link(text: str) -> bool:
    """Tell whether something on the command line wants to be a link."""
    return text[: len(SCHEME)].lower() == SCHEME


_LEADS = {
    Door.JOIN: "It wants to join a collection on this computer, through the server",
    Door.NEW: "It wants to start a new collection on this computer, synced through the server",
}
_FORWARD = {Door.JOIN: "Join with another device", Door.NEW: "Start a new collection"}
_NOTE = (
    "Anybody can write such a link. Swingtag has not talked to this server. "
    "Go on only if you know it and meant to come here."
)


class LinkStep(Step):
    """Says what the link would do. ``elsewhere``: there is a collection here to open instead."""

    elsewhere = Signal()

    def __init__(self, link: Link, *, has_collections: bool) -> None:
        # A long name begins a new line behind its dots, so that no part of it is hidden.
        server = Text(link.server.replace(".", ".\u200b"), "heading")
        server.setTextFormat(Qt.TextFormat.PlainText)
        server.setAccessibleName(f"Server: {link.server}")
        here = Button("Open a collection that is here", pressed=self._leave)
        here.setVisible(has_collections)
        body = Zone(layout=column(server, Text(_NOTE, "caption"), here, gap=3))
        heading = "A link opened Swingtag"
        super().__init__(heading, _LEADS[link.door], body, _FORWARD[link.door])

    def _leave(self) -> None:
        # A method, not the signal itself: that exists only once the step does.
        self.elsewhere.emit()
