"""Known answers for what two sides compare, for ids of named records, edits, money and dates."""

from typing import Any

from desktop.collection.kit import mark_of
from desktop.collection.naming import named
from desktop.collection.order import between
from shared.crypto.spoken import spoken
from shared.domain.dates import PartialDate
from shared.domain.edits import Edit, Group, Shape, encode_edit
from shared.domain.money import Money
from shared.domain.schema import Kind
from shared.domain.stamps import Origin, Stamp
from shared.ids import DeviceId, EntryHash, Incarnation, RecordId, TenantId
from shared.protocol.heads import digest_of_heads, seen_of_heads
from shared.protocol.messages import StreamHead
from shared.protocol.possession import proof_of
from shared.protocol.puzzle import solve
from shared.signing import labelled, sha256

Vector = dict[str, Any]
_READING = 1_790_000_000_000 << 16
_BEAR, _BOX = RecordId(b"a bear of mine.."), RecordId(b"box beside bear.")
_FIRST, _SECOND = (Origin(DeviceId(bytes([n]) * 16), Incarnation(bytes([n]) * 8)) for n in (1, 2))


def heads(tenant: TenantId, last_link: bytes) -> list[Vector]:
    """One for each number of streams: digest, seen and six words."""
    every = [
        StreamHead(
            DeviceId(bytes([9 - n // 2]) * 16),
            Incarnation(bytes([n]) * 8),
            10**n,
            EntryHash(sha256(b"entry %d" % n)),
        )
        for n in range(4)
    ]
    rows = []
    for count in range(5):
        some = every[:count]
        digest = digest_of_heads(some)
        words = spoken(sha256(labelled("compare", tenant, last_link, digest)))
        rows.append(
            {
                "heads": [[h.device.hex(), h.incarnation.hex(), h.seq, h.hash.hex()] for h in some],
                "digest": digest.hex(),
                "seen": seen_of_heads(some).hex(),
                "words": " ".join(words),
            }
        )
    return rows


def marks(tenant: TenantId, links: list[bytes]) -> list[str]:
    return [mark_of(tenant, links[:n]) for n in range(1, len(links) + 1)]


def possession() -> list[Vector]:
    cases = ((bytes(16), [b"one"]), (bytes(range(32)), [b"on", b"e"]), (b"c" * 20, []))
    return [
        {
            "challenge": challenge.hex(),
            "chunks": [chunk.hex() for chunk in chunks],
            "proof": proof_of(challenge, chunks).hex(),
        }
        for challenge, chunks in cases
    ]


def puzzles() -> list[Vector]:
    made = []
    for bits in (1, 8, 12):
        challenge = (1_790_000_000_000).to_bytes(8) + bytes([bits]) + b"m" * 16
        proof = challenge + solve(challenge, bits)
        made.append({"challenge": challenge.hex(), "proof": proof.hex()})
    return made


def record_ids() -> list[Vector]:
    names = (
        (Kind.MODEL, "reference", "4062-peanut"),
        (Kind.MODEL, "own", "grandma's bär", ""),
        (Kind.VARIANT, "own", "sky", _BEAR.hex()),
        (Kind.LOCATION, "", "attic"),
        (Kind.LOCATION, _BOX.hex(), "box 3"),
        (Kind.TAG, "", "gifts"),
        (Kind.TERM, "grade", "MWMT"),
        (Kind.SETTING, "skin"),
    )
    return [
        {"kind": kind.value, "names": rest, "id": named(kind, *rest).hex()} for kind, *rest in names
    ]


def amounts() -> list[list[Any]]:
    cases = [("0.00", "USD"), ("12.50", "EUR"), ("-0.01", "USD"), ("-1234.567", "KWD")]
    cases += [
        ("1000", "JPY"),
        ("-3", "ITL"),
        ("0.10", "AAA"),
        (f"{(1 << 48) - 1}"[:-2] + ".55", "ZZZ"),
    ]
    return [[text, code, Money(int(text.replace(".", "")), code).pack()] for text, code in cases]


def dates() -> list[list[Any]]:
    cases = {
        "1997": (1997, 0, 0),
        "1997-05": (1997, 5, 0),
        "1993-01-03": (1993, 1, 3),
        "--02-29": (0, 2, 29),
        "--12-31": (0, 12, 31),
        "9999-12-31": (9999, 12, 31),
    }
    return [[text, PartialDate(*parts).pack()] for text, parts in cases.items()]


def positions() -> list[list[str]]:
    """One between each two, ever closer."""
    rows, low, high = [], "", ""
    for n in range(8):
        made = between(low, high)
        rows.append([low, high, made])
        low, high = (made, high) if n % 3 else (low, made)
    return rows


def edits() -> list[Vector]:
    """A bear is added, priced by two devices apart, chosen about, thrown away and back."""
    first, second = (Stamp(_READING, _FIRST), Stamp(_READING + 1, _SECOND))
    third = Stamp(_READING + (5 << 16), _FIRST)
    price = (Money(1250, "EUR").pack(),), (Money(-7, "USD").pack(),)
    bear = (_BEAR,)
    groups: list[tuple[Stamp, tuple[Stamp, ...], Group]] = [
        (
            first,
            (),
            Group(
                Shape.INSERT,
                "copy",
                bear,
                ("notes", "acquired", "tag:" + "07" * 16),
                (("Bärchen",), (19970500,), (True,)),
            ),
        ),
        (second, (), Group(Shape.INSERT, "copy", bear, ("paid",), (price[0],))),
        (
            third,
            (first,),
            Group(Shape.UPDATE, "copy", bear, ("paid", "notes"), (price[1], (None,)), ((0,), (1,))),
        ),
        (
            Stamp(third.reading + 1, _SECOND),
            (second,),
            Group(Shape.SETTLE, "copy", bear, ("paid",), (), ((1,),)),
        ),
        (
            Stamp(third.reading + 2, _FIRST),
            (first, third),
            Group(Shape.DELETE, "copy", bear, (), (), ((0,),), ((third,),)),
        ),
        (
            Stamp(third.reading + 3, _SECOND),
            (Stamp(third.reading + 2, _FIRST),),
            Group(Shape.RESTORE, "copy", bear, (), (), ((1,),)),
        ),
        (Stamp(third.reading + 4, _SECOND), (), Group(9, "zebra", bear, ("stripes",), ((b"\0",),))),
    ]
    return [
        {
            "device": stamp.origin.device.hex(),
            "edit": encode_edit(
                Edit("Étape", stamp.reading, stamp.millis + 3, stamp.origin, (group,), stamps)
            ).hex(),
        }
        for stamp, stamps, group in groups
    ]
