"""What a collector keeps: the kinds of record and their fields, as data.

The vault makes its tables from this, the editor its controls, the search index its columns.
A field that is not listed here (a custom field, a tag, one from a newer version) travels and
merges just the same; it lives in the record's ``extra`` map.
"""

from dataclasses import dataclass
from enum import Enum


class FieldType(Enum):
    """How a value is written, compared and shown. The wire type stands beside each."""

    TEXT = "text"  # str
    LONG_TEXT = "long text"  # str, several lines
    NUMBER = "number"  # int
    YES_NO = "yes or no"  # bool
    MONEY = "money"  # int, packed: see shared.domain.money
    DATE = "date"  # int, packed and perhaps partial: see shared.domain.dates
    CHOICE = "choice"  # str: the code of a term of the field's vocabulary
    LINK = "link"  # bytes: the id of another record
    BYTES = "bytes"  # bytes: keys and hashes, never shown


class Kind(Enum):
    """The kinds of record. The value is the name on the wire and of the table."""

    MODEL = "model"
    VARIANT = "variant"
    COPY = "copy"
    PHOTO = "photo"
    LOCATION = "location"
    TAG = "tag"
    FIELD = "field"
    TERM = "term"
    DEVICE = "device"
    SETTING = "setting"


Value = str | int | bool | bytes | None
"""A field's value; ``None`` means that the collector has not filled it in."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind: its name on the wire, its type, where its choices come from."""

    name: str
    type: FieldType
    vocabulary: str = ""
    target: Kind | None = None
    searched: bool = False


def _text(name: str, *, searched: bool = True) -> Field:
    return Field(name, FieldType.TEXT, searched=searched)


def _choice(name: str, vocabulary: str) -> Field:
    return Field(name, FieldType.CHOICE, vocabulary=vocabulary, searched=True)


def _link(name: str, target: Kind) -> Field:
    return Field(name, FieldType.LINK, target=target)


def _date(name: str) -> Field:
    return Field(name, FieldType.DATE)


FIELDS: dict[Kind, tuple[Field, ...]] = {
    # What Ty made. Filled from a reference piece, and the collector's own from then on.
    Kind.MODEL: (
        _text("name"),
        _text("style_number"),
        _text("animal"),
        _text("line", searched=False),
        _date("birthday"),
        _date("introduced"),
        _date("retired"),
        _text("reference", searched=False),
    ),
    # A colour, face, country or pellet difference worth a row of its own.
    Kind.VARIANT: (
        _link("model", Kind.MODEL),
        _text("label"),
        _text("exclusive_to"),
        _date("introduced"),
        _date("retired"),
        _text("reference", searched=False),
    ),
    # The one in your hand.
    Kind.COPY: (
        _link("model", Kind.MODEL),
        _link("variant", Kind.VARIANT),
        _choice("status", "status"),
        _text("number"),
        _choice("swing_tag", "swing_tag"),
        _choice("swing_condition", "grade"),
        _choice("tush_tag", "tush_tag"),
        _choice("tush_condition", "grade"),
        _choice("condition", "grade"),
        Field("paid", FieldType.MONEY),
        Field("value", FieldType.MONEY),
        _date("acquired"),
        _text("acquired_from"),
        _link("location", Kind.LOCATION),
        Field("notes", FieldType.LONG_TEXT, searched=True),
        _link("cover", Kind.PHOTO),
    ),
    Kind.PHOTO: (
        _link("copy", Kind.COPY),
        _text("position", searched=False),
        _text("media_type", searched=False),
        Field("file", FieldType.BYTES),
        Field("key", FieldType.BYTES),
        Field("root", FieldType.BYTES),
        Field("size", FieldType.NUMBER),
        Field("thumb_file", FieldType.BYTES),
        Field("thumb_key", FieldType.BYTES),
        Field("thumb_root", FieldType.BYTES),
        Field("thumb_size", FieldType.NUMBER),
    ),
    Kind.LOCATION: (_text("name"), _link("parent", Kind.LOCATION)),
    Kind.TAG: (_text("name"),),
    # A field that the collector added to copies.
    Kind.FIELD: (
        _text("label", searched=False),
        Field("type", FieldType.TEXT),
        _text("position", searched=False),
    ),
    # An entry of a vocabulary: grades, tag generations, statuses are data.
    Kind.TERM: (
        _text("vocabulary", searched=False),
        _text("code", searched=False),
        _text("label", searched=False),
        Field("rank", FieldType.NUMBER),
        _text("source", searched=False),
    ),
    Kind.DEVICE: (_text("name", searched=False), _text("platform", searched=False)),
    # One preference that follows the collector to every device.
    Kind.SETTING: (_text("name", searched=False), _text("value", searched=False)),
}

CUSTOM_PREFIX = "x:"
"""A custom field's value on a copy: ``x:`` and the FIELD record's id in hex."""
TAG_PREFIX = "tag:"
"""Membership of a set: ``tag:`` and the TAG record's id in hex, a YES_NO value."""
EMPTIED = "emptied"
"""A photo in the trash has this YES_NO field once its pictures were deleted for good."""
DELETED = "deleted"
"""Every record has this YES_NO field; see shared.domain.merge for when it holds."""
