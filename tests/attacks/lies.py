"""The rows as a server tells them to real clients: each function changes what is answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Header, Kind
from shared.protocol.messages import (
    Approval,
    ChainReply,
    LinkParcel,
    SnapshotReply,
    StreamHead,
    SyncReply,
    SyncRequest,
    decode,
    encode,
)
from shared.signing import Credential
from tests.attacks import entries, membership
from tests.attacks.carrier import MaliciousServer, Said
from tests.attacks.entries import Change, is_of
from tests.attacks.membership import Forgery
from tests.attacks.summaries import changed_object
from tests.attacks.tampering import flip, ruined

Attack = Callable[[MaliciousServer, Said], Said]
_ODD = (0, 1, 2**31, 2**53, 2**62)
_TIMES = (-(2**63), -1, 0, 1, 2**53, 2**62, 2**63 - 1)


@dataclass(frozen=True)
class Scheme:
    """How a row is told to real clients.

    ``shows``: what the person may be told: errors and notices by name, ``waits`` for a picture
    that does not come, ``silent`` where nothing can be seen. ``based``: a snapshot waits for the
    device in place of entries. ``wakes``: it is told in wake-ups, too.
    """

    attack: Attack
    shows: frozenset[str]
    based: bool = False
    wakes: bool = False


def changed_entries(change: Change) -> Attack:
    def attack(server: MaliciousServer, said: Said) -> Said:
        if not isinstance(said, SyncReply) or not said.entries:
            return said
        at = server.luck.randrange(len(said.entries))
        share = server.luck.choice((0.0, 0.5, 1.0))
        told = [
            _changed(each, change, server) if n == at or server.luck.random() < share else each
            for n, each in enumerate(said.entries)
        ]
        return replace(said, entries=tuple(told))

    return attack


def _changed(sealed: bytes, change: Change, server: MaliciousServer) -> bytes:
    lies = (change(sealed, server.loot, server.luck) for _ in range(100))
    return next(each for each in lies if each not in server.loot.own)


def changed_links(*forgeries: Forgery) -> Attack:
    def attack(server: MaliciousServer, said: Said) -> Said:
        if isinstance(said, ChainReply):
            return ChainReply(_forged(server, forgeries))
        if not isinstance(said, SyncReply):
            return said
        held = _asked(server).links
        false = _forged(server, forgeries)
        pairs = zip(server.loot.parcels, false, strict=False)
        same = sum(ours.link == theirs.link for ours, theirs in pairs)
        return replace(said, links=false[min(held, same) :], chain=max(len(false), held))

    return attack


def _forged(server: MaliciousServer, forgeries: Sequence[Forgery]) -> tuple[LinkParcel, ...]:
    true = server.loot.parcels
    lies = (server.luck.choice(forgeries)(true, server.loot, server.luck) for _ in range(100))
    links = [each.link for each in true]
    return next(false for false in lies if [each.link for each in false] != links)


def _asked(server: MaliciousServer) -> SyncRequest:
    assert server.request is not None
    return decode(server.request.read(), SyncRequest)


def a1_boxes(server: MaliciousServer, said: Said) -> Said:
    if not isinstance(said, (SyncReply, ChainReply)) or not said.links:
        return said
    return replace(said, links=tuple(_boxes_changed(each, server) for each in said.links))


def _boxes_changed(parcel: LinkParcel, server: MaliciousServer) -> LinkParcel:
    others = [box for each in server.loot.foreign_parcels for box in each.boxes]
    changed = [
        server.luck.choice((ruined(box, server.luck.choice(others), server.luck), b""))
        for box in parcel.boxes
    ]
    return LinkParcel(parcel.link, tuple(box for box in changed if box))


def a8_list(server: MaliciousServer, said: Said) -> Said:
    if isinstance(said, SyncReply) and said.entries and server.luck.random() < 0.5:
        return replace(said, entries=said.entries[: server.luck.randrange(len(said.entries))])
    return changed_entries(entries.a8_cut_short)(server, said)


def a9_chunks(server: MaliciousServer, said: Said) -> Said:
    if not isinstance(said, bytes):
        return said
    return server.luck.choice(
        (ruined(said, server.loot.foreign[0], server.luck), server.loot.foreign[0], b"")
    )


def a10_known(server: MaliciousServer, said: Said) -> Said:
    """Repeat what the device just got, and what it knows for long."""
    if not isinstance(said, SyncReply) or not said.entries:
        return said
    again = server.luck.choices([*said.entries, server.loot.own[0], server.loot.own[1]], k=6)
    return replace(said, entries=(*said.entries, *again))


def a11_gaps(server: MaliciousServer, said: Said) -> Said:
    if not isinstance(said, SyncReply) or not said.entries:
        return said
    left = list(said.entries)
    for _ in range(server.luck.choice((1, 1, 2, 3))):
        if left:
            del left[server.luck.randrange(len(left))]
    server.luck.shuffle(left)
    return replace(said, entries=tuple(left))


def a15_two_histories(server: MaliciousServer, said: Said) -> Said:
    """Show what a copy of a device wrote under numbers that are taken, all or some of it."""
    if not isinstance(said, SyncReply):
        return said
    twins = server.loot.twins[: server.luck.choice((1, 2))]
    if server.luck.random() < 0.3:
        return replace(said, entries=(*said.entries, *twins), heads=_heads(server)[:1])
    return replace(said, entries=(*said.entries, *twins))


def a16_frozen(server: MaliciousServer, said: Said) -> Said:
    """Freeze the stream of one device, in entries and in what is said of heads."""
    if not isinstance(said, SyncReply):
        return said
    reader = Credential.parse(server.request.headers["authorization"]).device
    signers = sorted({origin_of(each).device for each in server.loot.own} - {reader})
    frozen = signers[server.seed % len(signers)]
    left = tuple(each for each in said.entries if not is_of(each, frozen))
    return replace(said, entries=left, heads=())


def a21_fields(server: MaliciousServer, said: Said) -> Said:
    """Change what is said in plain sight: log, cursor, time, counts, heads, base."""
    if not isinstance(said, SyncReply):
        return said
    luck = server.luck
    changes = {
        "log": luck.randbytes(16),
        "cursor": luck.choice(_ODD),
        "time": luck.choice(_TIMES),
        "chain": luck.choice(_ODD),
        "more": True,
        "stale": True,
        "heads": _heads(server),
        "base": luck.choice((luck.randbytes(32), luck.randbytes(7))),
    }
    chosen = luck.sample(sorted(changes), luck.choice((1, 1, 2, 4)))
    return replace(said, **{name: changes[name] for name in chosen})


def a21_endless(server: MaliciousServer, said: Said) -> Said:
    """Say after every page that there is more, with nothing new, or old entries, in it."""
    if not isinstance(said, SyncReply):
        return said
    old = server.luck.choice(((), server.loot.own[:2]))
    cursor = _asked(server).cursor + server.luck.choice((0, 1))
    return SyncReply(said.log, cursor, said.time, said.chain, entries=old, more=True)


def _heads(server: MaliciousServer) -> tuple[StreamHead, ...]:
    luck = server.luck
    streams = [origin_of(luck.choice(server.loot.own)) for _ in range(3)]
    streams.append(Origin(luck.randbytes(16), luck.randbytes(8)))
    return tuple(
        StreamHead(*each, luck.choice((1, 2, 3, 2**62)), luck.randbytes(32)) for each in streams
    )


def origin_of(sealed: bytes) -> Origin:
    header = Header.parse(sealed[:HEADER_BYTES])
    return Origin(header.device, header.incarnation)


def a21_ruined(server: MaliciousServer, said: Said) -> Said:
    if isinstance(said, bytes):
        return said
    return flip(encode(said), server.luck)


def a26_invented(server: MaliciousServer, said: Said) -> Said:
    if isinstance(said, bytes):
        return said
    fields = msgspec.msgpack.decode(encode(said))
    more = server.luck.choice(([True], [b"a new recovery key", "enabled"], [{"reset": "mail"}]))
    return msgspec.msgpack.encode([*fields, *more])


def a30_hidden(server: MaliciousServer, said: Said) -> Said:
    if not isinstance(said, SyncReply):
        return said
    return replace(said, links=(), chain=min(said.chain, _asked(server).links), heads=())


def k2_snapshot(server: MaliciousServer, said: Said) -> Said:
    if not isinstance(said, SnapshotReply):
        return said
    other = server.luck.choice(server.loot.foreign)
    return replace(said, snapshot=changed_object(said.snapshot, other, server.luck))


def changed_objects(kind: Kind) -> Attack:
    def attack(server: MaliciousServer, said: Said) -> Said:
        if not isinstance(said, bytes) or said[5] != kind:
            return said
        return changed_object(said, server.luck.choice(server.loot.foreign), server.luck)

    return attack


def ka_approvals(server: MaliciousServer, said: Said) -> Said:
    if not isinstance(said, SnapshotReply):
        return said
    devices = [server.loot.stranger.device, *server.loot.membership.devices]
    device = server.luck.choice(devices)
    return replace(said, approvals=(Approval(device, server.luck.randbytes(64)),))


_ENTRY = frozenset({"REFUSED", "LATE", "WITHHELD", "FORKED"})
_CHAIN = frozenset({"FalseChainError", "ChainLostError", "ForkedChainError"})
_BASE = frozenset({"FalseBaseError"})
_SILENT = frozenset({"silent", "RESTORED"})


def _of_entries(change: Change) -> Scheme:
    return Scheme(changed_entries(change), _ENTRY, wakes=True)


SCHEMES: dict[str, tuple[Scheme, ...]] = {
    "A1": (Scheme(a1_boxes, frozenset({"MissingKeyError"})),),
    "A2": (Scheme(changed_links(membership.a2_public_keys_swapped), _CHAIN),),
    "A3": (Scheme(changed_links(membership.a3_chain_of_its_own), _CHAIN),),
    "A4": (
        Scheme(
            changed_links(
                membership.a4_device_slipped_in,
                membership.a4_link_ruined,
                membership.a4_links_out_of_place,
            ),
            _CHAIN,
        ),
    ),
    "A5": (_of_entries(entries.a5_parts_swapped),),
    "A6": (_of_entries(entries.a6_from_another_tenant),),
    "A7": (_of_entries(entries.a7_bits_flipped),),
    "A8": (Scheme(a8_list, _ENTRY | _SILENT),),
    "A9": (Scheme(a9_chunks, frozenset({"waits"})),),
    "A10": (Scheme(a10_known, _SILENT),),
    "A11": (Scheme(a11_gaps, _ENTRY | _SILENT),),
    "A15": (Scheme(a15_two_histories, frozenset({"FORKED"})),),
    "A16": (Scheme(a16_frozen, _ENTRY | _SILENT),),
    "A19": (_of_entries(entries.a19_other_suite),),
    "A21": (
        _of_entries(entries.a21_field_changed),
        Scheme(a21_fields, frozenset({"*"})),
        Scheme(a21_ruined, frozenset({"*"})),
        Scheme(a21_endless, frozenset({"ServerTroubleError"})),
    ),
    "A22": (_of_entries(entries.a22_without_the_key_to_sign),),
    "A26": (Scheme(a26_invented, _SILENT),),
    "A28": (Scheme(changed_links(membership.a28_key_of_the_attacker), _CHAIN),),
    "A29": (
        _of_entries(entries.a29_written_after_the_cut),
        Scheme(changed_links(membership.a29_links_of_a_removed_device), _CHAIN),
    ),
    "A30": (Scheme(a30_hidden, frozenset({"HIDDEN", "HiddenChangeError"})),),
    "A31": (Scheme(a15_two_histories, frozenset({"FORKED"})),),
    "K2": (Scheme(k2_snapshot, _BASE, based=True),),
    "K3": (Scheme(changed_objects(Kind.SEGMENT), _BASE, based=True),),
    "K4": (Scheme(changed_objects(Kind.PIECE), _BASE, based=True),),
    "KA": (Scheme(ka_approvals, _BASE, based=True),),
}
"""How rows are told over the wire. The rest of the table needs no server, or a world of its own."""
