"""Lies about entries: each function makes one out of a genuine entry, as its row says."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from shared.crypto.epochs import Keyring
from shared.envelope import (
    HEADER_BYTES,
    WHOLE_SPACE,
    Envelope,
    Header,
    MalformedEnvelopeError,
    signed_message,
)
from shared.envelope.entries import SALT_BYTES
from shared.ids import EntryHash, Incarnation
from shared.ledger import Code, rebuild
from shared.ledger.frame import encode_frame
from shared.ledger.heads import seen_hash
from shared.ledger.stored import close_entry
from shared.signing import NO_HASH, SigningKey
from tests.attacks.houses import House, Loot, houses
from tests.attacks.tampering import cut, flip, replaced
from tests.shared.ledger.test_mutants import CUTS

Change = Callable[[bytes, Loot, Random], bytes]
_SIGNATURE = slice(*CUTS["signature"])
_HEADER_FIELDS = [name for name in CUTS if CUTS[name][1] <= HEADER_BYTES]
_MOST_TRIES = 100


def craft(header: Header, body: bytes, keyring: Keyring, key: SigningKey, luck: Random) -> bytes:
    """Seal and sign an entry as somebody does who has these keys."""
    entry = close_entry(header, body, luck.randbytes(SALT_BYTES), keyring, key)
    return rebuild(entry, keyring)


def a5_parts_swapped(sealed: bytes, loot: Loot, luck: Random) -> bytes:
    other = luck.choice(loot.own)
    start, end = luck.choice([*CUTS.values(), (0, HEADER_BYTES), (HEADER_BYTES, None), (274, None)])
    return sealed[:start] + other[start:end] + (b"" if end is None else sealed[end:])


def a6_from_another_tenant(sealed: bytes, loot: Loot, luck: Random) -> bytes:
    other = luck.choice(loot.foreign)
    tenant = slice(*CUTS["tenant"])
    match luck.randrange(4):
        case 0:
            return other
        case 1:
            return replaced(other, tenant.start, sealed[tenant])
        case 2:
            return replaced(sealed, tenant.start, other[tenant])
        case _:
            return sealed[:HEADER_BYTES] + other[HEADER_BYTES:]


def a7_bits_flipped(sealed: bytes, _loot: Loot, luck: Random) -> bytes:
    return flip(sealed, luck)


def a8_cut_short(sealed: bytes, _loot: Loot, luck: Random) -> bytes:
    return cut(sealed, luck)


def a19_other_suite(sealed: bytes, loot: Loot, luck: Random) -> bytes:
    """Another suite or kind, by the server alone or signed by a thief; or no header."""
    if luck.random() < 0.1:
        return sealed[luck.choice((4, 6, HEADER_BYTES)) :]
    start = luck.choice((4, 4, 4, 5))
    other = luck.choice([n for n in range(256) if n != sealed[start]])
    changed = replaced(sealed, start, bytes([other]))
    message = signed_message(changed[:HEADER_BYTES], changed[_SIGNATURE.stop :])
    signature = loot.thief.keys.signing.sign(message)
    return replaced(changed, _SIGNATURE.start, luck.choice((changed[_SIGNATURE], signature)))


def a21_field_changed(sealed: bytes, loot: Loot, luck: Random) -> bytes:
    start, end = CUTS[luck.choice(_HEADER_FIELDS)]
    other = luck.choice(loot.own)
    return replaced(sealed, start, luck.choice((luck.randbytes(end - start), other[start:end])))


def a22_without_the_key_to_sign(sealed: bytes, loot: Loot, luck: Random) -> bytes:
    """Sealed with the right key, in a living device's name, and not signed by it."""
    header = Header.parse(sealed[:HEADER_BYTES])
    header = replace(header, epoch=1, seen=seen_hash({}))
    if luck.random() < 0.5:
        fresh = Incarnation(luck.randbytes(8))
        header = replace(header, incarnation=fresh, seq=1, prev=NO_HASH)
    if luck.random() < 0.3:
        header = replace(header, device=loot.stranger.device)
    key = luck.choice((loot.stranger.signing, loot.thief.keys.signing))
    forged = craft(header, _few_edits(luck), loot.thief.keyring, key, luck)
    if header.device == loot.thief.keys.device and key is loot.thief.keys.signing:
        return replaced(forged, _SIGNATURE.start, bytes(64))
    unsigned = luck.choice((bytes(64), b"\1" + bytes(63), sealed[_SIGNATURE]))
    return replaced(forged, _SIGNATURE.start, luck.choice((forged[_SIGNATURE], unsigned)))


def a29_written_after_the_cut(sealed: bytes, loot: Loot, luck: Random) -> bytes:
    """The thief goes on writing: in its old stream, at the cut itself, or in a new one."""
    keys, keyring = loot.thief.keys, loot.thief.keyring
    member = loot.membership.devices[keys.device]
    streams = [(life, last) for life, last in (member.cuts or {}).items()]
    header = Header(
        tenant=loot.membership.tenant,
        space=WHOLE_SPACE,
        epoch=1,
        device=keys.device,
        incarnation=Incarnation(luck.randbytes(8)),
        seq=luck.choice((1, 1, 7)),
        prev=NO_HASH,
        seen=luck.choice((seen_hash({}), Header.parse(sealed[:HEADER_BYTES]).seen)),
    )
    if streams and luck.random() < 0.6:
        life, (seq, last) = luck.choice(streams)
        header = replace(header, incarnation=life, seq=seq + 1 + luck.randrange(3), prev=last)
    return craft(header, _few_edits(luck), keyring, keys.signing, luck)


def _few_edits(luck: Random) -> bytes:
    return encode_frame({}, [luck.randbytes(20)] * luck.randrange(2))


def a31_written_twice(house: House, luck: Random) -> bytes:
    """A copy of a living device writes another entry under a number that is taken."""
    own = [each for each in house.entries if is_of(each, house.clone.keys.device)]
    header = Header.parse(luck.choice(own)[:HEADER_BYTES])
    changed = luck.choice((header, replace(header, prev=EntryHash(luck.randbytes(32)))))
    body = encode_frame({}, [luck.randbytes(20)])
    return craft(changed, body, house.keyring, house.clone.keys.signing, luck)


def is_of(sealed: bytes, device: bytes) -> bool:
    start, end = CUTS["device"]
    return sealed[start:end] == device


def lie(change: Change, *codes: Code) -> Callable[[Random], str]:
    """Turn a change into a row: a device that knows some of the log, or all, is shown the lie."""

    def tell(luck: Random) -> str:
        house, other = houses(luck)
        place = luck.randrange(len(house.entries))
        sealed, loot = house.entries[place], house.loot(other)
        lies = (change(sealed, loot, luck) for _ in range(_MOST_TRIES))
        forged = next(each for each in lies if each not in house.entries)
        after = luck.choice((place, len(house.entries)))
        expected = (Code.TENANT,) if _is_foreign(forged, house) else codes
        return house.reader(after).meets(forged, *expected)

    return tell


def tell_written_twice(luck: Random) -> str:
    house, _ = houses(luck)
    return house.reader().meets(a31_written_twice(house, luck), Code.EQUIVOCATION)


def _is_foreign(sealed: bytes, house: House) -> bool:
    """Tell whether an entry says that it is of another tenant: then nothing else is looked at."""
    try:
        return Envelope.parse(sealed).header.tenant != house.world.tenant
    except MalformedEnvelopeError:
        return False
