"""Lies about keys: boxes, sealed keys, salts, and what a password is stretched with."""

import struct
from collections.abc import Callable
from random import Random
from unittest.mock import patch

from desktop.sync.chain import Chain, MissingKeyError
from shared.crypto import unlock
from shared.crypto.boxes import close_epoch_box
from shared.crypto.epochs import Keyring, commitment_of
from shared.crypto.randomness import BrokenRandomnessError, Salts, check_random
from shared.crypto.sealing import NotOpenedError, derive, open_sealed
from shared.ids import EntryHash
from shared.ledger import Author
from shared.protocol.messages import LinkParcel
from shared.signing import sha256
from tests.attacks.houses import BelievedError, House, houses
from tests.attacks.tampering import ruined
from tests.shared.crypto.two_keys import one_ciphertext_for_two_keys

_PURPOSES = (
    *("entry", "snapshot", "segment", "piece", "box/previous", "unlock", "backup/password"),
    *("pair/offer", "pair/reveal", "pair/welcome", "pair/newcomer"),
)


def a1_box_changed(box: bytes, number: int, house: House, other: House, luck: Random) -> bytes:
    """Ruin a box, or put another valid one in its place: another key, or even the right one."""
    boxes = [each for side in (house, other) for parcel in side.parcels for each in parcel.boxes]
    reader = house.chain.membership.devices[house.world.owners[1].device]
    member = luck.choice((*[reader] * 5, *house.chain.membership.live))
    true = house.keyring.epoch_keys[number]
    key = luck.choice((luck.randbytes(32), true, true, true))
    made = close_epoch_box(
        member.box_public, key, tenant=house.world.tenant, epoch=number, device=member.device
    )
    return luck.choice((made, made, luck.choice(boxes), ruined(box, luck.choice(boxes), luck)))


def tell_changed_box(luck: Random) -> str:
    """A1: a changed box must be worth no more to a device than none at all."""
    house, other = houses(luck)
    keys, tenant = house.world.owners[1], house.world.tenant
    epochs = house.chain.membership.epochs
    number = luck.choice((1, 2, 2))
    own = epochs[number - 1].boxes[keys.device]
    target = luck.choice((own, own, epochs[1].previous_box))
    genuine = next(b for p in house.parcels for b in p.boxes if sha256(b) == target)
    changed = a1_box_changed(genuine, number, house, other, luck)
    while changed == genuine:
        changed = a1_box_changed(genuine, number, house, other, luck)
    empty = Keyring(tenant, {})
    without = Chain.read(_with_box(house, target, None), tenant).open_keys(keys, empty)
    try:
        found = Chain.read(_with_box(house, target, changed), tenant).open_keys(keys, empty)
    except MissingKeyError:
        return "refused: key"
    if found != without or set(found.epoch_keys.items()) - set(house.keyring.epoch_keys.items()):
        raise BelievedError("a key out of a false box")
    return "no key"


def _with_box(house: House, name: bytes, box: bytes | None) -> tuple[LinkParcel, ...]:
    def boxes(parcel: LinkParcel) -> tuple[bytes, ...]:
        put = (each if sha256(each) != name else box for each in parcel.boxes)
        return tuple(each for each in put if each is not None)

    return tuple(LinkParcel(each.link, boxes(each)) for each in house.parcels)


def tell_two_keys(luck: Random) -> str:
    """A12: one ciphertext for two keys; whoever's commitment it has not must not open it."""
    purpose, context, salt = luck.choice(_PURPOSES), luck.randbytes(154), luck.randbytes(24)
    secrets = (luck.randbytes(32), luck.randbytes(32))
    made = [derive(each, purpose, context, salt=salt, length=76) for each in secrets]
    first, second = ((each[:32], each[32:44]) for each in made)
    forged = one_ciphertext_for_two_keys(first, second, context, blocks=luck.choice((2, 3)))
    side = luck.randrange(2)
    opened = open_sealed(secrets[side], purpose, context, salt + made[side][44:] + forged)
    assert opened, "its own key opens it: the forgery is one"
    other = luck.choice((made[side][44:], bytes(32), luck.randbytes(32)))
    try:
        open_sealed(secrets[1 - side], purpose, context, salt + other + forged)
    except NotOpenedError:
        return "refused: seal"
    raise BelievedError("one ciphertext, two contents")


def tell_broken_randomness(luck: Random) -> str:
    """A13: a source that gives the same again is noticed; copies of a device differ in salts."""
    house, _ = houses(luck)
    if luck.random() < 0.5:
        return _clones_differ(house, luck)
    fixed = luck.choice((bytes([luck.randrange(256)]) * 32, luck.randbytes(32), b""))
    try:
        check_random(lambda length: fixed[:length])
    except BrokenRandomnessError:
        pass
    else:
        raise BelievedError("randomness that is none")
    reader, salts = house.reader(), Salts(lambda length: fixed[:length])
    author = author_of(house)
    try:
        for _ in range(2):
            reader.ledger.seal([b"edit"], author, salts)
    except BrokenRandomnessError:
        return "refused: randomness"
    raise BelievedError("one salt twice")


def _clones_differ(house: House, luck: Random) -> str:
    """Seal the same edit at the same place on two copies: salt, key and bytes must differ."""
    author, salts = author_of(house), Salts(luck.randbytes)
    sealed = [house.reader().ledger.seal([b"edit"], author, salts) for _ in "ab"]
    if sealed[0].header != sealed[1].header or sealed[0].salt == sealed[1].salt:
        raise BelievedError("two copies seal alike")
    return "salts differ"


def author_of(house: House) -> Author:
    keys = house.world.owners[0]
    origins = [each for each in house.states[-1].heads if each.device == keys.device]
    return Author(origins[0], keys.signing)


def tell_cheap_password(luck: Random) -> str:
    """A18: a file ``unlock`` that asks for too little or too much is refused before any work."""
    memory = luck.choice((0, 1, 8, 1024, 65_535, 1_048_577, 64 << 20, 2**32 - 1))
    passes = luck.choice((0, 1, 2, 17, 1000, 2**32 - 1))
    cost = luck.choice(((memory, 3), (65_536, passes), (memory, passes)))
    head = struct.pack(">4sBII16s", b"SWUN", 1, *cost, luck.randbytes(16))
    box = head + luck.randbytes(104)
    box += sha256(box)
    if luck.random() < 0.3:
        box = ruined(box, luck.randbytes(165), luck)
    with patch.object(unlock, "_stretch", _must_not_stretch):
        try:
            unlock.unwrap("a password", box)
        except (
            unlock.UnacceptableCostError,
            unlock.DamagedUnlockError,
            unlock.NewerUnlockError,
        ) as error:
            return f"refused: {type(error).__name__}"
    raise BelievedError("it was opened")


def _must_not_stretch(*_: object) -> bytes:
    raise BelievedError("it derived before it refused")


def tell_commitment_of_another_key(luck: Random) -> str:
    """A1: a box that its link vouches for, with another key in it than was committed to."""
    house, _ = houses(luck)
    keys, membership = house.world.owners[1], house.chain.membership
    key = luck.randbytes(32)
    box = close_epoch_box(
        keys.box.public, key, tenant=membership.tenant, epoch=2, device=keys.device
    )
    epoch = membership.epochs[1]._replace(boxes={keys.device: EntryHash(sha256(box))})
    chain = house.chain
    assert commitment_of(key, 2) != epoch.commitment
    false = Chain(_with_epoch(chain, epoch), chain.links, (box,))
    try:
        false.open_keys(keys, Keyring(membership.tenant, {}))
    except MissingKeyError:
        return "refused: key"
    raise BelievedError("a key that nobody committed to")


def _with_epoch(chain: Chain, epoch: object) -> object:
    epochs = (*chain.membership.epochs[:-1], epoch)
    return type(chain.membership)(
        chain.membership.tenant,
        chain.membership.devices,
        epochs,  # type: ignore[arg-type] - Epoch
        chain.membership.head,
        chain.membership.length,
    )


def one_of(*tells: Callable[[Random], str]) -> Callable[[Random], str]:
    """Let luck say which of several ways a row is tried."""
    return lambda luck: luck.choice(tells)(luck)
