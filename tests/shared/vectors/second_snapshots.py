"""Snapshots, read a second time from docs/format.md alone; see second_reader.

It also writes the pages of a state again: two programs must find the same bytes, or their devices
could never agree.
"""

import struct
from typing import Any

import msgspec
import zstandard

from tests.shared.vectors.second_reader import (
    ZEROS,
    Bad,
    Chain,
    derive,
    label,
    need,
    sha,
    signed,
    unpad,
    unseal,
)

NAMES = {2: "snapshot", 3: "segment", 4: "piece"}
State = dict[str, Any]


def open_object(raw: bytes, kind: int, chain: Chain, keys: dict[int, bytes]) -> tuple[dict, Any]:
    need(546 <= len(raw) <= 1_081_634)
    fields = struct.unpack(">4sBB32s16sI16s8sQ32s32s", raw[:154])
    names = (
        "magic",
        "suite",
        "kind",
        "tenant",
        "space",
        "epoch",
        "device",
        "life",
        "seq",
        "prev",
        "seen",
    )
    head = dict(zip(names, fields, strict=True))
    need((head["magic"], head["suite"], head["kind"]) == (b"SWTG", 1, kind))
    need(head["tenant"] == chain.tenant)
    need(head["space"] == bytes(16))
    need(1 <= head["epoch"] <= chain.epoch)
    need(head["device"] in chain.members)
    public: Any = chain.members[head["device"]]["signing"]
    need(signed(public, raw[154:218], label(NAMES[kind], raw[:154], sha(raw[218:]))))
    body = unpad(unseal(space_key(chain, keys, head["epoch"]), NAMES[kind], raw[:154], raw[218:]))
    return head, frame(body)


def space_key(chain: Chain, keys: dict[int, bytes], epoch: int) -> bytes:
    return derive(keys[epoch], "space", chain.tenant, struct.pack(">I", epoch), bytes(16))


def frame(body: bytes) -> bytes:
    need(len(body) <= 1 << 20)
    try:
        return zstandard.decompress(body)
    except zstandard.ZstdError as error:
        raise Bad from error


def array(raw: bytes) -> list:
    try:
        return msgspec.msgpack.decode(raw)  # type: ignore[no-any-return] - what it is, is looked at
    except msgspec.DecodeError as error:
        raise Bad from error


def take(
    raw: bytes,
    approvals: dict[bytes, bytes],
    parts: dict[bytes, bytes],
    chain: Chain,
    keys: dict[int, bytes],
) -> tuple[State, list[tuple[bytes, bytes]]]:
    """Return the state that a snapshot says, and the history."""
    head, body = open_object(raw, 2, chain, keys)
    members: Any = chain.members
    for device, signature in approvals.items():
        need(device in members)
        need(
            signed(members[device]["signing"], signature, label("approval", chain.tenant, sha(raw)))
        )
    signers = [members[device] for device in (head["device"], *approvals)]
    need(any(member["live"] and member["role"] == 1 for member in signers))
    version, heads, seen, state, pieces, _, segments = array(body)
    need(version == 1)
    check_heads(heads, seen, head["seen"], chain)
    stream = b""
    for name in pieces:
        need(sha(parts[name]) == name)
        stream += open_object(parts[name], 4, chain, keys)[1]
    pages = []
    while stream:
        end = 4 + int.from_bytes(stream[:4], "big")
        need(end <= len(stream))
        pages.append(stream[4:end])
        stream = stream[end:]
    agreed = [sha(page) for page in pages if array(page)[0] != 3]
    key = space_key(chain, keys, head["epoch"])
    need(derive(key, "state", sha(label("pages", *agreed))) == state)
    past = []
    for name, _newest, _settled in segments:
        need(sha(parts[name]) == name)
        version, devices, writers, edits = array(open_object(parts[name], 3, chain, keys)[1])
        need(version == 1)
        past += [(devices[n], edit) for n, edit in zip(column(writers), edits, strict=True)]
    return read_pages(pages), past


def check_heads(heads: list, seen: list, digest: bytes, chain: Chain) -> None:
    lines = [struct.pack(">16s8sQ32s", *line) for line in heads]
    need(lines == sorted({line[:24]: line for line in lines}.values()))
    need(sha(label("seen", *lines)) == digest)
    reached = {(device, life): (seq, last) for device, life, seq, last in heads}
    for (device, life), at in reached.items():
        need(device in chain.members)
        need(put_back(chain, device, life, *at) == at)
    for n, others in seen:
        for device, life, seq, last in others:
            need([device, life] != heads[n][:2])
            back = put_back(chain, device, life, seq, last)
            if back is not None:
                mine = reached.get((device, life), (0, ZEROS))
                need(mine[0] > back[0] or mine == back)


def put_back(chain: Chain, device: bytes, life: bytes, seq: int, last: bytes) -> Any:
    need(device in chain.members)
    cuts: Any = chain.members[device]["cuts"]
    if cuts is None:
        return seq, last
    cut = cuts.get(life)
    return cut if cut is None or seq >= cut[0] else (seq, last)


def column(wire: list) -> list:
    match wire:
        case [0, values]:
            return values
        case [1, choices, picks]:
            return [choices[pick] for pick in picks]
        case [2, base, width, planes]:
            count = len(planes) // width
            numbers = [
                sum(planes[place * count + n] << 8 * place for place in range(width))
                for n in range(count)
            ]
            return [base + number if number else None for number in numbers]
        case [3, taken]:
            return steps(taken)
    raise Bad


def steps(wire: list) -> list:
    ids, last = [], 0
    for step in wire:
        if step is not None:
            last = int.from_bytes(step, "big") if isinstance(step, bytes) else last + step
        ids.append(None if step is None else last.to_bytes(16, "big"))
    return ids


def read_pages(pages: list[bytes]) -> State:
    state: State = {"streams": [], "edits": [], "records": {}, "conflicts": []}
    for raw in pages:
        match array(raw):
            case [0, streams]:
                state["streams"] = streams
            case [1, stream, readings, late, labels]:
                rows = zip(column(readings), column(late), column(labels), strict=True)
                state["edits"] += [(stream, *row) for row in rows]
            case [2, kind, *rest]:
                records = state["records"].setdefault(kind, {})
                records.update(read_records(rest))
            case [3, kinds, records, fields, edits, values]:
                columns = (
                    column(kinds),
                    steps(records),
                    column(fields),
                    column(edits),
                    column(values),
                )
                state["conflicts"] += list(zip(*columns, strict=True))
            case _:
                raise Bad
    return state


def read_records(wire: list) -> dict:
    """Return by id: field to (value, edit), and what was said about its place."""
    records, born, fields, columns, names, own, others, graves, covers = wire
    ids, births = steps(records), column(born)
    found: dict = {record: {} for record in ids}
    for name, packed in zip(fields, columns, strict=True):
        for record, birth, value in zip(ids, births, column(packed), strict=True):
            if value is not None:
                found[record][name] = (value, birth)
    for place, name, value in zip(*map(column, others), strict=True):
        found[ids[place]][names[name]] = (value, births[place])
    for place, name, edit in zip(*map(column, own), strict=True):
        value, _ = found[ids[place]].get(names[name], (None, 0))
        found[ids[place]][names[name]] = (value, edit)
    for place, edit, cover, returns in graves:
        found[ids[place]]["\0grave"] = (covers[cover - 1] if cover else None, edit, returns)
    return found


def write_pages(state: State) -> list[bytes]:
    """Write the pages on which devices agree, from what a state holds."""
    pages: list = [[0, state["streams"]]]
    for n in range(len(state["streams"])):
        rows = [edit[1:] for edit in state["edits"] if edit[0] == n]
        cut = [rows[at : at + 16_384] for at in range(0, len(rows), 16_384)]
        pages += [[1, n, *map(pack, zip(*some, strict=True))] for some in cut]
    stamps = [(reading, state["streams"][stream]) for stream, reading, *_ in state["edits"]]
    for kind in sorted(state["records"]):
        rows = sorted(state["records"][kind].items())
        cut = [rows[at : at + 4_096] for at in range(0, len(rows), 4_096)]
        pages += [[2, kind, *write_records(some, stamps)] for some in cut]
    return [msgspec.msgpack.encode(page) for page in pages]


def write_records(rows: list, stamps: list) -> list:
    births, own, held, graves, covers = [], [], {}, [], []
    for place, (_, fields) in enumerate(rows):
        written = {name: at[1] for name, at in fields.items() if name != "\0grave"}
        birth = min(written.values(), key=lambda edit: stamps[edit - 1], default=0)
        births.append(birth)
        for name, edit in sorted(written.items()):
            value = fields[name][0]
            if value is not None:
                held.setdefault(name, {})[place] = value
            if edit != birth or value is None:
                own.append((place, name, edit))
        if "\0grave" in fields:
            cover, edit, returns = fields["\0grave"]
            if cover is not None and cover not in covers:
                covers.append(cover)
            number = 0 if cover is None else covers.index(cover) + 1
            graves.append([place, edit, number, returns])
    count = len(rows)
    dense = sorted(name for name, values in held.items() if len(values) * 10 >= count)
    others = sorted(
        (place, name, value)
        for name, values in held.items()
        if name not in dense
        for place, value in values.items()
    )
    names = sorted({mark[1] for mark in (*own, *others)})
    columns = [pack([held[name].get(place) for place in range(count)]) for name in dense]
    ids = pack_steps([record for record, _ in rows])
    return [
        ids,
        pack(births),
        dense,
        columns,
        names,
        marks(own, names),
        marks(others, names),
        graves,
        covers,
    ]


def marks(found: list, names: list) -> list:
    places, fields = [mark[0] for mark in found], [names.index(mark[1]) for mark in found]
    return [pack(places), pack(fields), pack([mark[2] for mark in found])]


def pack(values: Any) -> list:
    values = list(values)
    types = {type(value) for value in values}
    choices = list(dict.fromkeys(values))
    if len(values) < 16:
        return [0, values]
    if not {int, bool} <= types and len(choices) <= min(256, len(values) // 2):
        return [1, choices, bytes(choices.index(value) for value in values)]
    if types <= {int, type(None)}:
        numbers = [value for value in values if value is not None]
        base = min(numbers) - 1
        width = max(1, -(-(max(numbers) - base).bit_length() // 8))
        if width <= 8 and base >= -(1 << 63):
            offsets = [0 if value is None else value - base for value in values]
            planes = bytes(n >> 8 * place & 255 for place in range(width) for n in offsets)
            return [2, base, width, planes]
    elif types <= {bytes, type(None)} and all(v is None or len(v) == 16 for v in values):
        return [3, pack_steps(values)]
    return [0, values]


def pack_steps(ids: list) -> list:
    out, last = [], None
    for raw in ids:
        number = None if raw is None else int.from_bytes(raw, "big")
        step = None if number is None or last is None else number - last
        out.append(raw if step is None or not -(1 << 31) < step < 1 << 31 else step)
        last = last if number is None else number
    return out
