"""Only a chain that starts at the tenant's own id and is signed link by link is believed."""

import random as seeded
from dataclasses import replace

import pytest

from shared.crypto.devices import DeviceKeys
from shared.ids import Incarnation
from shared.membership import (
    MOST_STREAMS,
    Admission,
    Cut,
    InvalidChainError,
    Link,
    LinkKind,
    LinkWithBoxes,
    Newcomer,
    NextEpoch,
    Role,
    Rotation,
    Signer,
    admit,
    begin_chain,
    change_recovery,
    change_role,
    extend,
    found,
    revoke,
    rotate,
    tenant_of,
    verify_chain,
)
from shared.membership.bodies import fitting, parse_body
from shared.membership.links import MAX_LINK_BYTES, sign_link
from shared.signing import NO_HASH, SigningKey, labelled, sha256
from tests.shared.worlds import World, stream

LIFE = Incarnation(b"lifetime")
LAST = sha256(b"the last entry")


@pytest.fixture
def artmatt() -> World:
    return World.make("artmatt", owners=3)


@pytest.fixture
def begin() -> World:
    return World.make("begin", owners=3)


def stranger(name: str = "stranger") -> DeviceKeys:
    return DeviceKeys.generate(stream(name))


def test_the_chain_lists_who_was_added_and_by_whom(artmatt: World) -> None:
    membership = artmatt.membership
    assert membership.length == 4
    assert membership.head == sha256(artmatt.links[-1])
    assert membership.epoch == 1
    first, paper = artmatt.owners[0], artmatt.paper
    assert membership.devices[paper.device].role is Role.PAPER
    assert [member.added_by for member in membership.live] == [first.device] * 4
    assert not membership.devices[paper.device].may_write
    assert membership.devices[first.device].may_write
    assert membership.devices[first.device].box_public == first.box.public


def test_another_tenants_chain_is_refused_whatever_it_is(artmatt: World, begin: World) -> None:
    """A3: the id came from elsewhere, so the server cannot serve its own root."""
    for links in (
        begin.links,
        artmatt.links[:1] + begin.links[1:],
        begin.links[:1] + artmatt.links[1:],
        [],
    ):
        with pytest.raises(InvalidChainError):
            verify_chain(links, artmatt.tenant)


def test_a_chain_without_its_paper_device_is_refused(artmatt: World) -> None:
    membership = begin_chain(artmatt.links[0])
    for role in (Role.OWNER, Role.EDITOR, Role.VIEWER):
        with pytest.raises(InvalidChainError):
            admit(
                membership,
                artmatt.owners[0].signer,
                stranger().introduce(artmatt.tenant),
                role,
                b"box",
            )
    with pytest.raises(InvalidChainError):
        verify_chain(artmatt.links[:1], artmatt.tenant)


def test_a_second_paper_device_is_refused(artmatt: World) -> None:
    newcomer = stranger().introduce(artmatt.tenant)
    with pytest.raises(InvalidChainError):
        admit(artmatt.membership, artmatt.owners[0].signer, newcomer, Role.PAPER, b"box")


def test_links_must_follow_each_other(artmatt: World) -> None:
    first, second, third, fourth = artmatt.links
    for links in (
        [first, third, second, fourth],
        [first, second, fourth],
        [first, second, second, third],
        [second, third, fourth],
        [first, first, second],
    ):
        with pytest.raises(InvalidChainError):
            verify_chain(links, artmatt.tenant)


def forged_additions(world: World, other: World) -> dict[str, bytes]:
    """A4: ways in which a server would like to add a device."""
    new, membership = stranger(), world.membership
    newcomer = new.introduce(world.tenant)
    body = Admission(newcomer, Role.OWNER, 1, membership.epochs[-1].commitment, sha256(b"box"))
    place = {"n": membership.length + 1, "prev": membership.head}
    owner = world.owners[0]

    def link(signer: Signer, admission: Admission = body, **where: object) -> bytes:
        raw = {**place, **where}
        return sign_link(signer.key, LinkKind.ADD, signer.device, admission.encode(), **raw)  # type: ignore[arg-type] - a test's shorthand

    viewer = stranger("viewer")
    world.admit(viewer, Role.VIEWER)
    seen = {"n": world.membership.length + 1, "prev": world.membership.head}
    stolen = replace(newcomer, proof=new.introduce(other.tenant).proof)
    return {
        "signed by itself": link(new.signer, **seen),
        "signed by itself in the owner's name": link(Signer(owner.device, new.signing), **seen),
        "signed by another tenant": link(other.owners[0].signer, **seen),
        "signed by a viewer": link(viewer.signer, **seen),
        "not signed": link(owner.signer, **seen)[:58] + bytes(64) + body.encode(),
        "wrong number": link(owner.signer, **{**seen, "n": seen["n"] + 1}),
        "stale": link(owner.signer),
        "first link's place": link(owner.signer, **{**seen, "prev": NO_HASH}),
        "proof for another tenant": link(owner.signer, replace(body, newcomer=stolen), **seen),
        "other epoch": link(owner.signer, replace(body, epoch=2), **seen),
        "other key": link(owner.signer, replace(body, commitment=b"k" * 32), **seen),
        "no box": link(owner.signer, replace(body, box=NO_HASH), **seen),
        "known device": link(
            owner.signer, replace(body, newcomer=world.owners[1].introduce(world.tenant)), **seen
        ),
        "known id, other keys": link(
            owner.signer,
            replace(
                body,
                newcomer=Newcomer.introduce(
                    new.signing, world.tenant, world.owners[1].device, new.box.public
                ),
            ),
            **seen,
        ),
        "known box key": link(
            owner.signer,
            replace(
                body,
                newcomer=Newcomer.introduce(
                    new.signing, world.tenant, new.device, world.owners[1].box.public
                ),
            ),
            **seen,
        ),
        "called the first link": sign_link(
            owner.signing, LinkKind.GENESIS, owner.device, body.encode(), **seen
        ),
        "known key, other id": link(
            owner.signer,
            replace(
                body,
                newcomer=Newcomer.introduce(
                    world.owners[1].signing, world.tenant, new.device, new.box.public
                ),
            ),
            **seen,
        ),
    }


def test_no_server_can_add_a_device(artmatt: World, begin: World) -> None:
    forged = forged_additions(artmatt, begin)
    membership = artmatt.membership
    for name, raw in forged.items():
        try:
            extend(membership, raw)
        except InvalidChainError:
            continue
        pytest.fail(name)
    honest = admit(
        membership,
        artmatt.owners[0].signer,
        stranger().introduce(artmatt.tenant),
        Role.OWNER,
        b"box",
    )
    assert extend(membership, honest.link).length == membership.length + 1


def test_a_key_of_small_order_cannot_join(artmatt: World) -> None:
    newcomer = replace(
        stranger().introduce(artmatt.tenant),
        signing_public=b"\1" + bytes(31),
        proof=b"\1" + bytes(63),
    )
    with pytest.raises(InvalidChainError):
        admit(artmatt.membership, artmatt.owners[0].signer, newcomer, Role.OWNER, b"box")


def test_a_mutated_link_is_refused_and_nothing_else_happens(artmatt: World, begin: World) -> None:
    """Every link of two tenants, several hundred mutants: InvalidChainError and only that."""
    luck = seeded.Random(1)  # noqa: S311 - picks mutants, keeps no secret
    accepted = 0
    for world, other in ((artmatt, begin), (begin, artmatt)):
        target = world.owners[2].device
        epoch = world.next_epoch(b"k" * 32, {target})
        world.apply(
            revoke(
                world.membership, world.owners[0].signer, target, {LIFE: Cut(3, LAST)}, epoch
            ).link
        )
        for n, raw in enumerate(world.links):
            for _ in range(40):
                mutant = mutate(raw, other.links[min(n, 3)], luck)
                try:
                    verify_chain([*world.links[:n], mutant, *world.links[n + 1 :]], world.tenant)
                except InvalidChainError:
                    continue
                accepted += mutant != raw
    assert accepted == 0


def mutate(raw: bytes, other: bytes, luck: seeded.Random) -> bytes:
    at = luck.randrange(len(raw))
    match luck.randrange(5):
        case 0:
            return raw[:at] + bytes([raw[at] ^ 1 << luck.randrange(8)]) + raw[at + 1 :]
        case 1:
            return raw[:at]
        case 2:
            return raw + luck.randbytes(1 + at % 40)
        case 3:
            return raw[:at] + other[at:]
        case _:
            size = luck.choice([1, 4, 16, 32])
            return (raw[:at] + luck.randbytes(size) + raw[at + size :])[: len(raw)]


def test_paper_may_restore_and_put_out_the_lost_device() -> None:
    world = World.make("artmatt", owners=1)
    fresh, lost = stranger("fresh"), world.owners[0]
    added = admit(
        world.membership, world.paper.signer, fresh.introduce(world.tenant), Role.OWNER, b"box"
    )
    world.apply(added.link)
    cuts = {LIFE: Cut(7, LAST)}
    epoch = world.next_epoch(b"n" * 32, {lost.device})
    put_out = revoke(world.membership, world.paper.signer, lost.device, cuts, epoch)
    membership = world.apply(put_out.link)
    member = membership.devices[lost.device]
    assert membership.epoch == 2
    assert not member.live
    assert member.counts(LIFE, 6, sha256(b"any"))
    assert member.counts(LIFE, 7, LAST)
    assert not member.counts(LIFE, 7, sha256(b"another"))
    assert not member.counts(LIFE, 8, LAST)
    assert not member.counts(Incarnation(b"other it"), 1, LAST)


def test_a_revoked_device_adds_nobody(artmatt: World) -> None:
    """A29: its right to sign links ends with the link that puts it out."""
    out = artmatt.owners[1]
    before = artmatt.membership
    late = admit(before, out.signer, stranger().introduce(artmatt.tenant), Role.OWNER, b"box")
    epoch = artmatt.next_epoch(b"n" * 32, {out.device})
    artmatt.apply(revoke(before, artmatt.owners[0].signer, out.device, {}, epoch).link)
    body = parse_body(Link.parse(late.link))
    assert isinstance(body, Admission)
    second = artmatt.membership.epochs[-1].commitment
    again = sign_link(
        out.signing,
        LinkKind.ADD,
        out.device,
        replace(body, epoch=2, commitment=second).encode(),
        n=artmatt.membership.length + 1,
        prev=artmatt.membership.head,
    )
    for raw in (late.link, again):
        with pytest.raises(InvalidChainError):
            extend(artmatt.membership, raw)


def test_a_revocation_needs_a_new_key_for_exactly_the_rest(artmatt: World) -> None:
    """A28: no rotation to an old key, none that leaves somebody in or out."""
    out, signer = artmatt.owners[1].device, artmatt.owners[0].signer
    good = artmatt.next_epoch(b"n" * 32, {out})
    with_out = artmatt.next_epoch(b"n" * 32, set())
    without_two = artmatt.next_epoch(b"n" * 32, {out, artmatt.paper.device})
    old_key = good._replace(commitment=artmatt.membership.epochs[0].commitment)
    for epoch in (with_out, without_two, old_key):
        with pytest.raises(InvalidChainError):
            revoke(artmatt.membership, signer, out, {}, epoch)
    assert revoke(artmatt.membership, signer, out, {}, good)


def test_no_device_has_so_many_streams_that_it_cannot_be_put_out(artmatt: World) -> None:
    """All that count fit beside many boxes; beyond that, those with the most entries are kept."""
    owner, out, membership = artmatt.owners[0], artmatt.owners[1].device, artmatt.membership
    cuts = {Incarnation(n.to_bytes(8)): Cut(n, LAST) for n in range(1, 2 * MOST_STREAMS)}
    lived = {life: cuts[life] for life in [*cuts][:MOST_STREAMS]}
    assert fitting(lived, 300) == lived
    epoch = artmatt.next_epoch(b"n" * 32, {out})
    made = (
        revoke(membership, owner.signer, out, cuts, epoch),
        change_role(membership, owner.signer, out, Role.VIEWER, cuts),
    )
    for each in made:
        kept = extend(membership, each.link).devices[out].cuts
        assert kept is not None
        assert MOST_STREAMS < len(kept) < len(cuts)
        assert MAX_LINK_BYTES - 200 < len(each.link) <= MAX_LINK_BYTES
        assert set(kept.items()) == set([*cuts.items()][-len(kept) :])


def test_epochs_follow_each_other(artmatt: World) -> None:
    membership, owner = artmatt.membership, artmatt.owners[0]
    boxes = {member.device: sha256(member.device) for member in membership.live}
    for number in (0, 1, 2, 3):
        body = Rotation(number, b"c" * 32, sha256(b"before"), boxes).encode()
        place = {"n": membership.length + 1, "prev": membership.head}
        link = sign_link(owner.signing, LinkKind.ROTATE, owner.device, body, **place)  # type: ignore[arg-type] - a test's shorthand
        if number == 2:
            assert extend(membership, link).epoch == 2
        else:
            with pytest.raises(InvalidChainError):
                extend(membership, link)


def test_nobody_is_put_out_twice(artmatt: World) -> None:
    """Else a later link could move the cut of an earlier one."""
    out, signer = artmatt.owners[1].device, artmatt.owners[0].signer
    artmatt.apply(
        revoke(artmatt.membership, signer, out, {}, artmatt.next_epoch(b"n" * 32, {out})).link
    )
    with pytest.raises(InvalidChainError):
        revoke(
            artmatt.membership,
            signer,
            out,
            {LIFE: Cut(9, LAST)},
            artmatt.next_epoch(b"o" * 32, {out}),
        )
    with pytest.raises(InvalidChainError):
        change_role(artmatt.membership, signer, out, Role.EDITOR, {})


def test_being_put_out_gives_no_rights_back(artmatt: World) -> None:
    """Who could write no longer keeps the cut of that time; who never could has nothing."""
    signer, reader, viewer = artmatt.owners[0].signer, artmatt.owners[1].device, stranger("viewer")
    first, later = {LIFE: Cut(2, LAST)}, {LIFE: Cut(9, sha256(b"later"))}
    artmatt.apply(change_role(artmatt.membership, signer, reader, Role.VIEWER, first).link)
    artmatt.admit(viewer, Role.VIEWER)
    for device, cuts in ((reader, first), (viewer.device, {})):
        assert artmatt.membership.devices[device].cuts == cuts
        epoch = artmatt.next_epoch(b"n" * 31 + device[:1], {device})
        artmatt.apply(revoke(artmatt.membership, signer, device, later, epoch).link)
        assert artmatt.membership.devices[device].cuts == cuts


def test_nobody_puts_out_himself_the_paper_or_a_stranger(artmatt: World) -> None:
    signer = artmatt.owners[0].signer
    for target in (signer.device, artmatt.paper.device, stranger().device):
        with pytest.raises(InvalidChainError):
            revoke(artmatt.membership, signer, target, {}, artmatt.next_epoch(b"n" * 32, {target}))


def test_the_last_owner_stays() -> None:
    world = World.make("begin", owners=1)
    owner = world.owners[0].device
    with pytest.raises(InvalidChainError):
        change_role(world.membership, world.paper.signer, owner, Role.VIEWER, {})
    with pytest.raises(InvalidChainError):
        revoke(
            world.membership, world.paper.signer, owner, {}, world.next_epoch(b"n" * 32, {owner})
        )


def test_a_role_change_takes_and_gives_rights(artmatt: World) -> None:
    signer, other = artmatt.owners[0].signer, artmatt.owners[1]
    cuts = {LIFE: Cut(2, LAST)}
    membership = artmatt.apply(
        change_role(artmatt.membership, signer, other.device, Role.VIEWER, cuts).link
    )
    assert not membership.devices[other.device].may_write
    assert membership.devices[other.device].counts(LIFE, 2, LAST)
    with pytest.raises(InvalidChainError):
        admit(membership, other.signer, stranger().introduce(artmatt.tenant), Role.OWNER, b"box")
    with pytest.raises(InvalidChainError):
        change_role(membership, signer, other.device, Role.PAPER, {})
    with pytest.raises(InvalidChainError):
        change_role(membership, signer, other.device, Role.EDITOR, cuts)
    membership = artmatt.apply(change_role(membership, signer, other.device, Role.EDITOR, {}).link)
    assert membership.devices[other.device].may_write
    assert not membership.devices[other.device].may_manage


def test_a_new_kit_replaces_the_old_one(artmatt: World) -> None:
    old, new = artmatt.paper, stranger("kit")
    epoch = artmatt.next_epoch(b"n" * 32, {old.device}, (new,))
    replaced = change_recovery(
        artmatt.membership, artmatt.owners[0].signer, new.introduce(artmatt.tenant), epoch
    )
    replaced.check()
    membership = artmatt.apply(replaced.link)
    assert not membership.devices[old.device].live
    assert membership.devices[new.device].role is Role.PAPER
    with pytest.raises(InvalidChainError):
        rotate(membership, old.signer, artmatt.next_epoch(b"o" * 32, set()))
    assert (
        extend(
            membership, rotate(membership, new.signer, artmatt.next_epoch(b"o" * 32, set())).link
        ).epoch
        == 3
    )


def test_boxes_are_those_that_the_link_names(artmatt: World) -> None:
    """A1: a box is never believed for itself."""
    epoch = artmatt.next_epoch(b"n" * 32, set())
    rotated = rotate(artmatt.membership, artmatt.owners[0].signer, epoch)
    rotated.check()
    boxes = rotated.boxes
    assert boxes[0] == epoch.previous_box
    for wrong in (
        (),
        boxes[:-1],
        (*boxes, b"one more"),
        boxes[::-1],
        (boxes[0], b"other", *boxes[2:]),
    ):
        with pytest.raises(InvalidChainError):
            LinkWithBoxes(rotated.link, wrong).check()
    assert LinkWithBoxes(artmatt.links[0]).check() is None


def test_one_value_has_one_encoding(artmatt: World) -> None:
    """Boxes out of order, twice the same, or with something behind them: not the same link."""
    membership, owner = artmatt.membership, artmatt.owners[0]
    rotation = Rotation(
        2, b"c" * 32, sha256(b"p"), {m.device: sha256(m.device) for m in membership.live}
    )
    body = rotation.encode()
    rows = [body[70 + 48 * n : 118 + 48 * n] for n in range(4)]
    assert body == body[:70] + b"".join(rows)
    for wrong in (
        body[:70] + b"".join(reversed(rows)),
        body[:68] + b"\0\5" + b"".join([*rows, rows[-1]]),
        body + b"\0",
        body[:-1],
    ):
        link = sign_link(
            owner.signing,
            LinkKind.ROTATE,
            owner.device,
            wrong,
            n=membership.length + 1,
            prev=membership.head,
        )
        with pytest.raises(InvalidChainError):
            extend(membership, link)


def test_found_makes_nothing_that_readers_refuse() -> None:
    keys = stranger()
    genesis = found(keys.signing, keys.device, keys.box.public, b"c" * 32)
    assert begin_chain(genesis).tenant == tenant_of(genesis)
    thief = SigningKey.from_seed(b"t" * 32)
    body = parse_body(Link.parse(genesis))
    assert isinstance(body, Admission)
    for key, admission in (
        (thief, body),
        (keys.signing, replace(body, role=Role.EDITOR)),
        (keys.signing, replace(body, epoch=2)),
        (keys.signing, replace(body, box=sha256(b"x"))),
    ):
        forged = sign_link(
            key, LinkKind.GENESIS, keys.device, admission.encode(), n=1, prev=NO_HASH
        )
        with pytest.raises(InvalidChainError):
            begin_chain(forged)


def test_next_epoch_is_compared_with_every_epoch_before(artmatt: World) -> None:
    signer = artmatt.owners[0].signer
    first: NextEpoch = artmatt.next_epoch(b"n" * 32, set())
    artmatt.apply(rotate(artmatt.membership, signer, first).link)
    with pytest.raises(InvalidChainError):
        rotate(
            artmatt.membership,
            signer,
            artmatt.next_epoch(b"o" * 32, set())._replace(commitment=first.commitment),
        )


def test_the_first_link_stands_first(artmatt: World) -> None:
    keys, body = artmatt.owners[0], Link.parse(artmatt.links[0]).body
    for kind, n, prev in (
        (LinkKind.ADD, 1, NO_HASH),
        (LinkKind.GENESIS, 2, NO_HASH),
        (LinkKind.GENESIS, 1, sha256(b"something before")),
    ):
        with pytest.raises(InvalidChainError):
            begin_chain(sign_link(keys.signing, kind, keys.device, body, n=n, prev=prev))
    again = sign_link(
        keys.signing,
        LinkKind.GENESIS,
        keys.device,
        body,
        n=artmatt.membership.length + 1,
        prev=artmatt.membership.head,
    )
    with pytest.raises(InvalidChainError):
        extend(artmatt.membership, again)


@pytest.mark.parametrize("seq", [0, 2**63])
def test_a_cut_is_at_an_entry_that_can_exist(artmatt: World, seq: int) -> None:
    out = artmatt.owners[1].device
    epoch = artmatt.next_epoch(b"n" * 32, {out})
    with pytest.raises(InvalidChainError):
        revoke(artmatt.membership, artmatt.owners[0].signer, out, {LIFE: Cut(seq, LAST)}, epoch)


def test_there_is_no_other_suite_or_kind(artmatt: World) -> None:
    """A19, signed by the owner himself: a reader of suite 1 knows nothing else."""
    owner, membership = artmatt.owners[0], artmatt.membership
    good = admit(
        membership, owner.signer, stranger().introduce(artmatt.tenant), Role.OWNER, b"box"
    ).link
    heads = [b"SWTG" + good[4:58], *(good[:4] + bytes([n]) + good[5:58] for n in (0, 2, 255))]
    heads += [good[:5] + bytes([kind]) + good[6:58] for kind in (0, *range(7, 256))]
    for head in heads:
        signature = owner.signing.sign(labelled("link", head, sha256(good[122:])))
        with pytest.raises(InvalidChainError):
            extend(membership, head + signature + good[122:])
