"""What the vault gives back. Plain, frozen, free of SQL; the collection passes it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from shared.domain.schema import Kind, Value
from shared.ids import DeviceId, RecordId


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One line of the list: a copy with what its model and variant lend it, ready to show.

    Money and dates stay packed integers (shared.domain.money, .dates); views format them by
    locale. ``thumbnail`` is the photo whose picture to ask for, if there is one.
    """

    copy: RecordId
    name: str
    variant: str
    style_number: str
    animal: str
    status: str
    swing_tag: str
    tush_tag: str
    condition: str
    paid: int | None
    value: int | None
    acquired: int | None
    location: str
    thumbnail: RecordId | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything of one copy, for the inspector. Maps are field name to value.

    ``deleted``: it lies in the trash. ``namesakes``: other copies with the same own number.
    """

    copy: RecordId
    model: RecordId | None
    variant: RecordId | None
    copy_fields: Mapping[str, Value]
    model_fields: Mapping[str, Value]
    variant_fields: Mapping[str, Value]
    location_name: str
    photos: tuple["Photo", ...]
    tags: tuple["Tag", ...]
    conflicts: tuple["Conflict", ...]
    deleted: bool = False
    namesakes: tuple[RecordId, ...] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of a copy. ``here`` is false while this device still waits for its bytes.

    ``harmed``: it, or its thumbnail, was found changed or damaged on this disk.

    ``absent``: the server has them not either, as far as is known: the device that added it, with
    the id ``added_on`` and the name ``added_by``, has not sent them yet.
    """

    photo: RecordId
    copy: RecordId
    media_type: str
    size: int
    here: bool
    absent: bool = False
    added_on: DeviceId | None = None
    added_by: str = ""
    harmed: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that the collector puts on copies."""

    tag: RecordId
    name: str


@dataclass(frozen=True, slots=True)
class Past:
    """One value that a field had: who wrote it, where and when (milliseconds since 1970)."""

    field: str
    value: Value
    device: DeviceId
    device_name: str
    millis: int
    label: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two devices wrote one field unseen by each other, or one edited what the other deleted.

    The winner stands in the record; the loser is kept here until the collector has chosen.
    """

    number: int
    record: RecordId
    field: str
    winner: Past
    loser: Past


@dataclass(frozen=True, slots=True)
class SameNumber:
    """An own number that stands on several copies, in the order in which they got it."""

    number: str
    copies: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """Places that were put into each other: each lies in the next, and the last in the first.

    That the first one lies in the second is not followed, for it was said last: by whom and when.
    """

    places: tuple[tuple[RecordId, str], ...]
    device_name: str
    millis: int


@dataclass(frozen=True, slots=True)
class LaidAside:
    """A value that a removed device wrote behind its cut, and what stands there instead.

    ``new``: the record was made behind the cut, too, and is not here at all.
    """

    kind: Kind
    record: RecordId
    past: Past
    held: Value
    new: bool


class Column(Enum):
    """What the list can be sorted by."""

    NAME = "name"
    STYLE_NUMBER = "style_number"
    ANIMAL = "animal"
    SWING_TAG = "swing_tag"
    TUSH_TAG = "tush_tag"
    CONDITION = "condition"
    PAID = "paid"
    VALUE = "value"
    ACQUIRED = "acquired"
    LOCATION = "location"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Query:
    """What to list: words to find, a shelf of the sidebar, an order.

    ``shelf`` is "" for all, else ``status:wanted``, ``location:<hex>``, ``tag:<hex>``,
    ``year:1997`` or ``trash``.
    """

    words: str = ""
    shelf: str = ""
    sort: Column = Column.NAME
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """Of what is listed: how many, and the sums by currency in minor units."""

    copies: int
    paid: Mapping[str, int]
    value: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A location and how many copies lie right there. ``parent`` is never in a circle."""

    location: RecordId
    name: str
    parent: RecordId | None
    copies: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many copies stand on each shelf. Those in the trash count in ``trash`` only.

    ``years`` are those in which the models were introduced.
    """

    copies: int = 0
    trash: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    tags: Mapping[RecordId, int] = field(default_factory=dict)
    places: tuple[Place, ...] = ()
