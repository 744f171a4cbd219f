"""The values that screens show. Plain, frozen, free of Qt, SQL and HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from desktop.sync.status import Course, Finding, Moving, SyncPhase, SyncStatus
from desktop.vault.comparing import Turn
from desktop.vault.diary import Arrival, Step, Turned
from desktop.vault.past import Span
from desktop.vault.steps import Choice
from desktop.vault.values import (
    Circle,
    Column,
    Conflict,
    CopyRow,
    Detail,
    LaidAside,
    Past,
    Photo,
    Query,
    SameNumber,
    Tag,
    Totals,
)
from shared.domain.schema import Field, Value
from shared.ids import DeviceId, RecordId
from shared.protocol.messages import About, AboutTable

__all__ = [
    "About",
    "AboutTable",
    "Arrival",
    "Choice",
    "Circle",
    "Column",
    "Conflict",
    "CopyRow",
    "Course",
    "CustomField",
    "Detail",
    "DeviceCard",
    "Draft",
    "Finding",
    "ForkedList",
    "Found",
    "LaidAside",
    "LatePiece",
    "Location",
    "Moving",
    "Parting",
    "Past",
    "Photo",
    "Query",
    "Rights",
    "SameNumber",
    "Shelf",
    "Span",
    "Step",
    "SyncPhase",
    "SyncStatus",
    "Tag",
    "Term",
    "Totals",
    "Turn",
    "Turned",
]


@dataclass(frozen=True, slots=True)
class Draft:
    """A copy that is being written down. Maps are field name to value; nothing is kept yet.

    ``piece`` is the key of the reference piece that the collector chose, ``location`` a name
    (``Attic`` or ``Attic / Box 3``), ``tags`` are names.
    """

    copy: Mapping[str, Value] = field(default_factory=dict)
    model: Mapping[str, Value] = field(default_factory=dict)
    variant: Mapping[str, Value] = field(default_factory=dict)
    piece: str = ""
    location: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LatePiece:
    """What was set aside of one thing. ``new``: it is to be had as a whole, or not at all."""

    title: str
    changes: tuple[LaidAside, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a Query: copies in its order, and the sums over them."""

    ids: Sequence[RecordId]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Location:
    """A place, and its name with those of the places around it: ``Attic / Box 3``."""

    location: RecordId
    path: str


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that the collector added. ``field.name`` is its name on the wire (``x:...``)."""

    record: RecordId
    field: Field
    label: str


@dataclass(frozen=True, slots=True)
class Term:
    """One choice of a vocabulary.

    ``scope`` says what a grade is for (``both``, ``tag`` or ``plush``), ``hint`` how to tell it.
    """

    code: str
    label: str
    rank: int
    source: str
    scope: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A line of the sidebar: what it is called, how many copies stand there, what lies within."""

    key: str
    label: str
    count: int
    children: tuple["Shelf", ...] = ()


@dataclass(frozen=True, slots=True)
class ForkedList:
    """What only this device's list of devices tells, and what only the server's; in sentences.

    ``chosen``: the person has chosen, and the next sync carries it out. ``why_not``: a sentence, if
    this device cannot follow the other list, so that there is nothing to choose here.
    """

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    chosen: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Parting:
    """Devices whose edits contradict what is here, by name, so that they are not taken in.

    ``apart``: the server has their version. ``this_one``: this device's own identity is among them.
    """

    names: tuple[str, ...]
    apart: bool
    this_one: bool


class Rights(Enum):
    """What a device may do. The value says it in words."""

    OWNER = "Reads, changes, and decides which devices there are."
    EDITOR = "Reads and changes everything; adds and removes no device."
    VIEWER = "Reads everything and changes nothing."


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """A device of this collector, as its own signed list tells.

    ``added_by`` names the device that let it in, "" for the one that began the collection.
    ``heard_millis``: when it wrote the last edit that is here. ``leaving``: it is to be removed
    as soon as the server can be reached; ``to_be``: it gets these rights then.
    ``fresh``: it came since somebody last said here which devices are theirs.
    ``silent``: it should have been heard from for two weeks.
    ``garbled``: it wrote something that cannot be read.
    ``removed_by`` names the device that put it out, "" while it is one of the collection's;
    ``late``: changes that it made after that were here, and were set aside.
    """

    device: DeviceId
    name: str
    platform: str
    this_one: bool
    paper: bool
    added_by: str = ""
    heard_millis: int | None = None
    leaving: bool = False
    rights: Rights = Rights.OWNER
    to_be: Rights | None = None
    fresh: bool = False
    silent: bool = False
    garbled: bool = False
    removed_by: str = ""
    late: bool = False
