"""Edits and snapshots become records, read a second time from docs/format.md alone."""

from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from tests.shared.vectors.second_merging import Stamp, Word, place_of
from tests.shared.vectors.second_reader import Bad, need
from tests.shared.vectors.second_snapshots import State, column, steps

Key = tuple[str, bytes]
Spot = tuple[str, bytes, str]
TEXTS, DATES, LINKS, NUMBERS, BYTES = "text", "date", "link", "number", "bytes"
KINDS = {
    "model": {
        TEXTS: "name style_number animal line reference",
        DATES: "birthday introduced retired",
    },
    "variant": {LINKS: "model", TEXTS: "label exclusive_to reference", DATES: "introduced retired"},
    "copy": {
        LINKS: "model variant location cover",
        TEXTS: "status number swing_tag swing_condition tush_tag tush_condition condition"
        " acquired_from notes",
        NUMBERS: "paid value",
        DATES: "acquired",
    },
    "photo": {
        LINKS: "copy",
        TEXTS: "position media_type",
        BYTES: "file key root thumb_file thumb_key thumb_root",
        NUMBERS: "size thumb_size",
    },
    "location": {TEXTS: "name", LINKS: "parent"},
    "tag": {TEXTS: "name"},
    "field": {TEXTS: "label type position"},
    "term": {TEXTS: "vocabulary code label source", NUMBERS: "rank"},
    "device": {TEXTS: "name platform"},
    "setting": {TEXTS: "name value"},
}
WIRE = {TEXTS: str, DATES: int, NUMBERS: int, LINKS: bytes, BYTES: bytes}
TYPES = {
    (kind, name): WIRE[type_]
    for kind, types in KINDS.items()
    for type_, names in types.items()
    for name in names.split()
}
THOUSANDTHS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
WHOLE = {
    "BIF",
    "CLP",
    "DJF",
    "ESP",
    "GNF",
    "ISK",
    "ITL",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
}


class Group(NamedTuple):
    shape: int
    kind: str
    ids: list
    fields: list
    columns: list
    replaces: list
    covers: list


class Edit(NamedTuple):
    label: str
    stamp: Stamp
    millis: int
    groups: list[Group]
    stamps: list[Stamp]


def read_edit(raw: bytes, device: bytes) -> Edit:
    """Read what a device wrote; Bad for what everybody passes over."""
    try:
        said, reading, late, life, streams, told, groups, *_ = msgspec.msgpack.decode(raw)
        places = [device + life, *streams]
        stamps = [(at, places[n][:16], places[n][16:]) for at, n, *_ in told]
        millis = (reading >> 16) + late
        need(0 <= millis < 253_402_300_800_000)
        read = [read_group(group) for group in groups]
    except (msgspec.DecodeError, ValueError, TypeError, IndexError) as error:
        raise Bad from error
    return Edit(said, (reading, device, life), millis, read, stamps)


def read_group(wire: list) -> Group:
    shape, kind, records, fields, columns, replaces, covers, *_ = wire
    group = Group(
        shape,
        kind,
        steps(records),
        fields,
        [*map(column, columns)],
        [*map(column, replaces)],
        covers,
    )
    need(all(len(each) == len(group.ids) for each in (*group.columns, *group.replaces)))
    if shape in {1, 2}:
        need("deleted" not in fields)
        for name, values in zip(fields, group.columns, strict=True):
            type_ = TYPES.get((kind, name))
            need(type_ is None or {type(value) for value in values} <= {type_, type(None)})
    return group


def same(one: Any, other: Any) -> bool:
    return one == other and type(one) is type(other)


class Records:
    """What is held, what lost, and what was said of the trash."""

    def __init__(self) -> None:
        self.held: dict[Key, dict[str, tuple[Any, Stamp]]] = {}
        self.losers: dict[Spot, dict[Stamp, Any]] = defaultdict(dict)
        self.said: dict[Spot, list[tuple[Any, Stamp]]] = defaultdict(list)
        self.words: dict[Key, list[Word]] = defaultdict(list)
        self.merged: set[Stamp] = set()

    def begin(self, state: State, past: list[tuple[bytes, bytes]]) -> None:
        """Start from a snapshot and the history under it."""
        origins = [(stream[:16], stream[16:]) for stream in state["streams"]]
        stamps = [(reading, *origins[stream]) for stream, reading, _, _ in state["edits"]]
        self.merged = set(stamps)
        for kind, records in state["records"].items():
            for record, fields in records.items():
                grave = fields.pop("\0grave", None)
                self.held[kind, record] = {
                    name: (value, stamps[edit - 1]) for name, (value, edit) in fields.items()
                }
                if grave is not None:
                    self.words[kind, record] = said_of(grave, origins, stamps)
        for kind, record, name, edit, value in state["conflicts"]:
            if name != "deleted":
                self.losers[kind, record, name][stamps[edit - 1]] = value
        for device, raw in past:
            old = read_edit(raw, device)
            for spot, value, _ in writes(old):
                self.said[spot].append((value, old.stamp))

    def merge(self, edit: Edit) -> None:
        if edit.stamp in self.merged:
            return
        self.merged.add(edit.stamp)
        for group in edit.groups:
            for place, record in enumerate(group.ids):
                if group.shape in {1, 2}:
                    self.held.setdefault((group.kind, record), {})
                else:
                    self._say(edit, group, place)
        for spot, value, replaced in writes(edit):
            self.write(spot, value, edit.stamp, replaced)

    def _say(self, edit: Edit, group: Group, place: int) -> None:
        """Take a word on the trash, or a choice."""
        key = (group.kind, group.ids[place])
        if group.shape in {3, 4} and key in self.held:
            picks = group.covers[group.replaces[1][place]] if group.shape == 3 else None
            cover = None if picks is None else [edit.stamps[pick] for pick in picks]
            self.words[key].append((edit.stamp, cover))
        elif group.shape == 5:
            for name, losers in zip(group.fields, group.replaces, strict=True):
                self.losers[*key, name].pop(edit.stamps[losers[place] - 1], None)

    def write(self, spot: Spot, value: Any, stamp: Stamp, replaced: Stamp | None) -> None:
        fields, name, losers = self.held[spot[:2]], spot[2], self.losers[spot]
        if replaced is not None:
            losers.pop(replaced, None)
        for other in [at for at, lost in losers.items() if same(lost, value) and at < stamp]:
            del losers[other]
        self.said[spot].append((value, stamp))
        if name not in fields:
            fields[name] = value, stamp
            return
        held, at = fields[name]
        if stamp == at:
            return
        if stamp > at:
            fields[name] = value, stamp
        if not (same(held, value) or (replaced == at and stamp > at)):
            self.lose(spot, *((held, at) if stamp > at else (value, stamp)))

    def lose(self, spot: Spot, value: Any, stamp: Stamp) -> None:
        if not any(same(other, value) and at > stamp for other, at in self.said[spot]):
            self.losers[spot][stamp] = value

    def in_trash(self, key: Key) -> bool:
        return key in self.words and self._place(key).in_trash

    def flagged(self) -> set[bytes]:
        return {key[1] for key in self.words if key in self.held and self._place(key).flagged}

    def _place(self, key: Key) -> Any:
        return place_of(self.words[key], [stamp for _, stamp in self.held[key].values()])

    def fields(self, kind: str, record: bytes | None) -> dict[str, Any]:
        held = self.held.get((kind, record or b""), {})
        return {name: value for name, (value, _) in held.items() if value is not None}

    def living(self, kind: str) -> dict[bytes, dict[str, Any]]:
        mine = [key for key in self.held if key[0] == kind and not self.in_trash(key)]
        return {record: self.fields(kind, record) for _, record in mine}

    def choices(self) -> set[tuple[bytes, str, Any]]:
        """Return the values that wait for a choice: record, field and loser."""
        found = set()
        for (kind, record, name), losers in self.losers.items():
            winner = self.held[kind, record].get(name, (None,))[0]
            found |= {(record, name, lost) for lost in losers.values() if not same(lost, winner)}
        return found


def said_of(grave: tuple, origins: list, stamps: list[Stamp]) -> list[Word]:
    """Return words that come to the tombstone of a snapshot."""
    cover, last, returns = grave
    words: list[Word] = [(stamps[edit - 1], None) for edit in returns]
    if cover is not None:
        seen = [(reading, *origins[stream]) for stream, reading in cover]
        words.append((stamps[last - 1], seen))
    return words


def writes(edit: Edit) -> list[tuple[Spot, Any, Stamp | None]]:
    found: list[tuple[Spot, Any, Stamp | None]] = []
    for group in edit.groups:
        if group.shape not in {1, 2}:
            continue
        for n, name in enumerate(group.fields):
            for place, record in enumerate(group.ids):
                value = group.columns[n][place]
                at = group.replaces[n][place] if group.shape == 2 else 0
                if value is not None or group.shape == 2:
                    before = edit.stamps[at - 1] if at else None
                    found.append(((group.kind, record, name), value, before))
    return found


class Piece(NamedTuple):
    """A copy as it is shown; photos are their ids in order, the cover first of all apart."""

    name: str
    variant: str
    status: str
    paid: tuple[str, str] | None
    value: tuple[str, str] | None
    acquired: str
    place: str
    tags: list[str]
    own: dict[str, Any]
    photos: list[bytes]
    cover: bytes | None


def money(packed: int | None) -> tuple[str, str] | None:
    """Return an amount in figures, and its currency."""
    if packed is None:
        return None
    code, minor = packed % 2**15, packed // 2**15
    currency = "".join(chr(65 + code // 26**n % 26) for n in (2, 1, 0))
    places = 3 if currency in THOUSANDTHS else 0 if currency in WHOLE else 2
    figures = str(abs(minor)).zfill(places + 1)
    whole, rest = figures[: len(figures) - places], figures[len(figures) - places :]
    return "-" * (minor < 0) + whole + ("." + rest if places else ""), currency


def date(packed: int | None) -> str:
    """Write a date as ISO 8601 does, an unknown year as ``--``."""
    if packed is None:
        return ""
    year, month, day = packed // 10_000, packed // 100 % 100, packed % 100
    known = [f"{year:04}" if year else "-", f"{month:02}" * (month > 0), f"{day:02}" * (day > 0)]
    return "-".join(filter(None, known))


def path(records: Records, location: bytes | None) -> str:
    """Name a place; of a circle the link that was written last is not followed."""
    places = records.living("location")
    cut = {newest_of(records, places, place) for place in places}
    names, step = [], location
    while step in places:
        names.insert(0, places[step].get("name", ""))
        step = None if step in cut else places[step].get("parent")
    return " / ".join(names)


def newest_of(records: Records, places: dict, start: bytes) -> bytes | None:
    """Return the place whose link was written last in the circle through a place."""
    way, step = [start], places[start].get("parent")
    while step in places and step not in way:
        way.append(step)
        step = places[step].get("parent")
    if step != start:
        return None
    return max(way, key=lambda place: records.held["location", place]["parent"][1])


def shown(records: Records) -> dict[bytes, Piece]:
    """Return all copies out of the trash."""
    tags, photos, fields = (records.living(kind) for kind in ("tag", "photo", "field"))
    pieces = {}
    for copy, held in records.living("copy").items():
        mine = sorted(
            (fields_of.get("position", ""), photo)
            for photo, fields_of in photos.items()
            if fields_of.get("copy") == copy
        )
        order = [photo for _, photo in mine]
        cover = held.get("cover")
        pieces[copy] = Piece(
            name=records.fields("model", held.get("model")).get("name", ""),
            variant=records.fields("variant", held.get("variant")).get("label", ""),
            status=held.get("status", ""),
            paid=money(held.get("paid")),
            value=money(held.get("value")),
            acquired=date(held.get("acquired")),
            place=path(records, held.get("location")),
            tags=sorted(
                tag["name"] for at, tag in tags.items() if held.get(f"tag:{at.hex()}") is True
            ),
            own={
                f"x:{at.hex()}": (field["label"], held[f"x:{at.hex()}"])
                for at, field in fields.items()
                if f"x:{at.hex()}" in held
            },
            photos=order,
            cover=cover if cover in order else next(iter(order), None),
        )
    return pieces
