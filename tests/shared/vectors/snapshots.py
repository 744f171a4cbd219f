"""Known answers for snapshots: a state as pages, its pieces, a segment, the list, an approval."""

from typing import Any

from shared.domain.pages import (
    Conflicts,
    Edits,
    Grave,
    Marks,
    Page,
    Records,
    Streams,
    encode_page,
    is_agreed,
)
from shared.domain.stamps import Origin
from shared.ids import RecordId
from shared.ledger import Heads, LedgerState, rebuild
from shared.ledger.making import Press
from shared.ledger.snapshots import Manifest, Segment, StateDigest
from shared.signing import NO_HASH

Vector = dict[str, Any]
_READING = 1_790_000_000_000 << 16
_COPIES = 20


def pages(streams: tuple[Origin, ...]) -> list[Page]:
    """A state that has something of everything; twenty copies, so that columns take all forms."""
    first = [_READING + (n << 16) * 1000 + n % 2 for n in range(18)]
    second = [_READING + 5, _READING + (9 << 32)]
    ids = [
        RecordId((0x0198 << 112 | n * (1 if n < 9 else 1 << 40)).to_bytes(16))
        for n in range(_COPIES)
    ]
    return [
        Streams(streams),
        Edits(0, first, [(reading >> 16) + 3 for reading in first], ["Edit"] * 17 + ["Ende é"]),
        Edits(1, second, [0, second[1] >> 16], ["Import", "Undo: Import"]),
        Records(
            kind="copy",
            records=ids,
            born=[1 + n % 3 for n in range(_COPIES - 1)] + [0],
            fields=("acquired", "model", "notes", "status"),
            columns=(
                [19970101 + n if n % 2 else None for n in range(_COPIES)],
                [ids[(n * 7) % 19] if n < 19 else None for n in range(_COPIES)],
                [f"note {n}" for n in range(_COPIES - 1)] + [None],
                ["owned" if n % 4 else "wanted" for n in range(_COPIES - 1)] + [None],
            ),
            own=Marks((0, 4, 4), ("status", "notes", "paid"), (19, 20, 7)),
            others=Marks((3, 5), ("tag:aa", "x:poem"), (True, "Überall")),
            graves=(
                Grave(2, 18, ((0, first[2]), (1, second[1])), ()),
                Grave(6, 5, ((0, first[1]),), (5, 20)),
                Grave(7, 6, None, (6,)),
                Grave(9, 18, ((0, first[2]), (1, second[1])), (19,)),
            ),
        ),
        Records(
            kind="zebra",
            records=[RecordId(b"a kind of later.")],
            born=[2],
            fields=("stripes",),
            columns=([b"\0"],),
            own=Marks(),
            others=Marks(),
            graves=(),
        ),
        Conflicts(["copy"], [ids[1]], ["notes"], [19], ["what lost"]),
    ]


def snapshot(press: Press, other: Press, state: LedgerState) -> Vector:
    """Make one of these pages, as far as the ledger has come."""
    heads: Heads = state.heads
    streams = tuple(sorted(heads)[:2])
    raw = [encode_page(page) for page in pages(streams)]
    digest = StateDigest()
    for page in raw:
        if is_agreed(page):
            digest.add(page)
    pieces = list(press.pieces(raw))
    edits = [(origin.device, b"edit of the past %d" % n) for n, origin in enumerate(sorted(heads))]
    segment = press.segment(1, edits)
    manifest = Manifest(
        heads=heads,
        seen={origin: seen for origin, seen in state.seen.items() if seen},
        state=digest.of(press.keyring, press.membership.epoch),
        pieces=tuple(piece.hash for piece in pieces),
        size=sum(len(piece.body) for piece in pieces),
        segments=(Segment(segment.hash, 1_790_000_000_000, settled=True),),
    )
    entry = press.snapshot(manifest, 1, NO_HASH)
    return {
        "pages": [page.hex() for page in raw],
        "state": manifest.state.hex(),
        "pieces": [rebuild(piece, press.keyring).hex() for piece in pieces],
        "segment": rebuild(segment, press.keyring).hex(),
        "edits": [[device.hex(), edit.hex()] for device, edit in edits],
        "sealed": rebuild(entry, press.keyring).hex(),
        "hash": entry.hash.hex(),
        "approvals": {other.author.origin.device.hex(): other.approve(entry.hash).hex()},
    }
