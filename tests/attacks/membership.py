"""Lies about devices: each function makes a false chain out of a genuine one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from desktop.collection.kit import MarkVerdict, judge_mark, mark_of
from desktop.sync.chain import Chain, FalseChainError
from shared.crypto.epochs import Keyring, commitment_of
from shared.envelope import HEADER_BYTES, Header
from shared.ids import DeviceId
from shared.ledger import Ledger, LedgerState, Waiting
from shared.membership import (
    Admission,
    Cut,
    LinkKind,
    Membership,
    Newcomer,
    Revocation,
    Role,
    RoleChange,
    Rotation,
    Signer,
    verify_chain,
)
from shared.membership.links import sign_link
from shared.membership.newcomer import NEWCOMER_BYTES
from shared.protocol.messages import LinkParcel
from shared.signing import sha256
from tests.attacks.houses import BelievedError, Loot, houses
from tests.attacks.tampering import replaced, ruined
from tests.shared.worlds import World

Parcels = tuple[LinkParcel, ...]
Forgery = Callable[[Parcels, Loot, Random], Parcels]
_BODY = 122
_FEWEST = 2
"""A chain has at least so many links."""


def a2_public_keys_swapped(parcels: Parcels, loot: Loot, luck: Random) -> Parcels:
    """Put other public keys, or another proof, into a genuine link that brings a device."""
    place = luck.choice([n for n, each in enumerate(parcels) if each.link[5] in {1, 2}])
    link = parcels[place].link
    newcomer = Newcomer.parse(link[_BODY : _BODY + NEWCOMER_BYTES])
    made = loot.stranger.introduce(loot.membership.tenant)
    other = luck.choice([made, *_members(loot, made)])
    name = luck.choice(("signing_public", "box_public", "proof", "device"))
    changed = replace(newcomer, **{name: getattr(other, name)})
    if changed == newcomer:
        changed = replace(newcomer, box_public=made.box_public)
    return _with(parcels, place, replaced(link, _BODY, changed.encode()))


def _members(loot: Loot, made: Newcomer) -> list[Newcomer]:
    """Devices of the collection, as if they wanted to join once more."""
    known = loot.membership.devices.values()
    return [
        replace(
            made, device=each.device, signing_public=each.signing_public, box_public=each.box_public
        )
        for each in known
    ]


def a3_chain_of_its_own(parcels: Parcels, loot: Loot, luck: Random) -> Parcels:
    """Show the chain of another tenant, of the server's own making, or half of one."""
    own = World.make(f"attacker {luck.randrange(4)}")
    false = luck.choice((loot.foreign_parcels, tuple(LinkParcel(link) for link in own.links)))
    at = luck.randrange(1, min(len(parcels), len(false)))
    return luck.choice((false, parcels[:at] + false[at:], false[:at] + parcels[at:]))


def a4_device_slipped_in(parcels: Parcels, loot: Loot, luck: Random) -> Parcels:
    """Add a device of the server's own, signed by whoever it has."""
    at = luck.randrange(_FEWEST, len(parcels) + 1)
    now = verify_chain([each.link for each in parcels[:at]], loot.membership.tenant)
    body = _admission(now, loot, luck)
    kind = luck.choice((LinkKind.ADD, LinkKind.ADD, LinkKind.GENESIS))
    return (*parcels[:at], LinkParcel(_signed_wrongly(now, kind, body.encode(), loot, luck)))


def _admission(now: Membership, loot: Loot, luck: Random) -> Admission:
    newcomer = loot.stranger.introduce(now.tenant)
    role = luck.choice((Role.OWNER, Role.EDITOR, Role.VIEWER))
    return Admission(newcomer, role, now.epoch, now.epochs[-1].commitment, sha256(b"box"))


def _signed_wrongly(
    now: Membership, kind: LinkKind, body: bytes, loot: Loot, luck: Random
) -> bytes:
    """Sign a link with a key that does not count, in its own name or an owner's."""
    owner = luck.choice([each.device for each in now.live])
    keys = [Signer(loot.stranger.device, loot.stranger.signing)]
    keys.append(Signer(owner, loot.stranger.signing))
    keys.append(Signer(_other_than(loot.thief.keys.device, now, luck), loot.thief.keys.signing))
    if not now.devices.get(loot.thief.keys.device, now.live[0]).live:
        keys.append(loot.thief.keys.signer)
    signer = luck.choice(keys)
    n, prev = now.length + 1, now.head
    link = sign_link(signer.key, kind, signer.device, body, n=n, prev=prev)
    return luck.choice((link, link, replaced(link, 58, bytes(64))))


def _other_than(device: DeviceId, now: Membership, luck: Random) -> DeviceId:
    return luck.choice([each.device for each in now.live if each.device != device])


def a28_key_of_the_attacker(parcels: Parcels, loot: Loot, luck: Random) -> Parcels:
    """Start an epoch whose key the server knows, or put a device out without a new key."""
    at = luck.randrange(_FEWEST, len(parcels) + 1)
    now = verify_chain([each.link for each in parcels[:at]], loot.membership.tenant)
    key = luck.choice((bytes(32), luck.randbytes(32), *loot.thief.keyring.epoch_keys.values()))
    number = luck.choice((now.epoch + 1, now.epoch, 1))
    boxes = {each.device: sha256(each.device) for each in now.live}
    rotation = Rotation(number, commitment_of(key, number), sha256(b"before"), boxes)
    target = luck.choice([each.device for each in now.live])
    kind, body = luck.choice(
        (
            (LinkKind.ROTATE, rotation.encode()),
            (LinkKind.REVOKE, Revocation(target, {}, rotation).encode()),
            (LinkKind.REVOKE, target + b"\0\0"),
            (LinkKind.ROLE, RoleChange(target, Role.VIEWER, {}).encode()),
        )
    )
    return (*parcels[:at], LinkParcel(_signed_wrongly(now, kind, body, loot, luck)))


def a29_links_of_a_removed_device(parcels: Parcels, loot: Loot, luck: Random) -> Parcels:
    """Let the thief sign links after it was put out: it lets itself in, or puts others out."""
    now, thief = loot.membership, loot.thief.keys
    rotation = Rotation(now.epoch + 1, luck.randbytes(32), sha256(b"before"), {})
    target = luck.choice([each.device for each in now.live])
    kind, body = luck.choice(
        (
            (LinkKind.ADD, _admission(now, loot, luck).encode()),
            (LinkKind.REVOKE, Revocation(target, {}, rotation).encode()),
            (LinkKind.ROLE, RoleChange(thief.device, Role.OWNER, {}).encode()),
            (LinkKind.ROLE, RoleChange(target, Role.VIEWER, _cuts(luck)).encode()),
        )
    )
    link = sign_link(thief.signing, kind, thief.device, body, n=now.length + 1, prev=now.head)
    return (*parcels, LinkParcel(link))


def _cuts(luck: Random) -> dict:
    return {luck.randbytes(8): Cut(1 + luck.randrange(9), sha256(luck.randbytes(8)))}


def a4_link_ruined(parcels: Parcels, loot: Loot, luck: Random) -> Parcels:
    place = luck.randrange(len(parcels))
    other = luck.choice((*loot.foreign_parcels, *parcels)).link
    return _with(parcels, place, ruined(parcels[place].link, other, luck))


def a4_links_out_of_place(parcels: Parcels, _loot: Loot, luck: Random) -> Parcels:
    """Leave out, repeat or exchange links."""
    at = luck.randrange(len(parcels) - 1)
    other = luck.randrange(at + 1, len(parcels))
    changed = list(parcels)
    changed[at], changed[other] = changed[other], changed[at]
    without = parcels[:at] + parcels[at + 1 :]
    return luck.choice((tuple(changed), without, (*parcels[: at + 1], *parcels[at:])))


def _with(parcels: Parcels, place: int, link: bytes) -> Parcels:
    return (*parcels[:place], LinkParcel(link, parcels[place].boxes), *parcels[place + 1 :])


def tell_chain(*forgeries: Forgery) -> Callable[[Random], str]:
    """Turn forgeries into a row: a device that knows the tenant's id is shown a false chain."""

    def tell(luck: Random) -> str:
        house, other = houses(luck)
        loot, forge = house.loot(other), luck.choice(forgeries)
        false = forge(house.parcels, loot, luck)
        while _links(false) == _links(house.parcels):
            false = forge(house.parcels, loot, luck)
        return _shown(house.chain, false, luck)

    return tell


def _shown(chain: Chain, false: Parcels, luck: Random) -> str:
    """Show a chain to a newcomer, or what follows to a device that holds the true one so far."""
    true = chain.links
    pairs = zip(true, _links(false), strict=False)
    common = next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), len(true))
    tenant = chain.membership.tenant
    try:
        if common < _FEWEST or luck.random() < 0.5:
            Chain.read(false, tenant)
        else:
            held = Chain(verify_chain(true[:common], tenant), true[:common], ())
            held.grown(false[common:])
    except FalseChainError:
        return "refused: chain"
    raise BelievedError("a false chain")


def _links(parcels: Sequence[LinkParcel]) -> tuple[bytes, ...]:
    return tuple(each.link for each in parcels)


def tell_old_list(luck: Random) -> str:
    """A17: show an older list of devices, or another one, to who comes back by the kit."""
    house, other = houses(luck)
    tenant, links = house.world.tenant, house.chain.links
    at = luck.randrange(1, len(links))
    shown = luck.choice((links[:at], links[:at] + other.chain.links[at:]))
    verdict = judge_mark(mark_of(tenant, links), tenant, shown)
    if verdict not in {MarkVerdict.OLDER, MarkVerdict.OTHER}:
        raise BelievedError(verdict.name)
    return f"told: {verdict.name}"


def tell_of_hidden_removal(luck: Random) -> str:
    """A30: leave out the link that puts a device out, and show what was written after it."""
    house, _ = houses(luck)
    hidden = len(house.parcels) - 1
    links, first_key = house.chain.links[:hidden], house.keyring.epoch_keys[1]
    keyring = Keyring(house.world.tenant, {1: first_key})
    later = [n for n, each in enumerate(house.entries) if _epoch(each) > 1]
    place = luck.choice(later)
    state = house.states[min(later)]
    known = {sha256(each) for each in house.entries[: min(later)]}
    reader = house.reader(min(later))
    ledger = Ledger(
        LedgerState(state.tenant, links, state.heads, state.seen), keyring, reader.hash_at
    )
    found = ledger.judge(house.entries[place])
    if not isinstance(found, Waiting) or {h.hash for h in ledger.state.heads.values()} - known:
        raise BelievedError("an entry of an epoch whose key is not here")
    return "waits"


def _epoch(sealed: bytes) -> int:
    return Header.parse(sealed[:HEADER_BYTES]).epoch
