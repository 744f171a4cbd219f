"""Lies about what stands for many entries or bytes: snapshots, their parts, approvals, pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from shared.crypto.attachments import (
    DamagedAttachmentError,
    FileSecret,
    Root,
    open_chunks,
    seal_chunks,
)
from shared.domain.stamps import Origin
from shared.envelope import HEADER_BYTES, Kind
from shared.ids import DeviceId, EntryHash
from shared.ledger import Refused
from shared.ledger.snapshots import Snapshot, is_reached, judge_snapshot, open_part
from shared.membership import Role, change_role, revoke
from shared.signing import sha256
from tests.attacks.houses import HOUSES, BelievedError
from tests.attacks.tampering import flip, replaced, ruined
from tests.shared.ledger.test_mutants import CUTS
from tests.shared.ledger.test_snapshots import Made
from tests.shared.worlds import World, stream


@cache
def _made(number: int, name: str) -> Made:
    return Made.of(World.make(f"{name} {number}", owners=3))


def snapshots(luck: Random) -> tuple[Made, Made]:
    """Pick snapshots of two collectors."""
    number = luck.randrange(HOUSES)
    pair = _made(number, "artmatt"), _made(number, "begin")
    return pair if luck.random() < 0.5 else (pair[1], pair[0])


def changed_object(sealed: bytes, foreign: bytes, luck: Random) -> bytes:
    start, end = CUTS[luck.choice(list(CUTS))]
    match luck.randrange(4):
        case 0:
            return replaced(sealed, start, luck.randbytes(end - start))
        case 1:
            return replaced(sealed, start, foreign[start:end])
        case 2:
            return sealed[:HEADER_BYTES] + foreign[HEADER_BYTES:]
        case _:
            return ruined(sealed, foreign, luck)


def _refused(judge: Callable[[], object]) -> str:
    try:
        judge()
    except Refused as refused:
        return f"refused: {refused.code.value}"
    raise BelievedError("it was taken in")


def tell_snapshot(luck: Random) -> str:
    """Kind 2: the list of pieces, changed."""
    made, other = snapshots(luck)
    false = changed_object(made.sealed, other.sealed, luck)
    while false == made.sealed:
        false = changed_object(made.sealed, other.sealed, luck)
    return _refused(lambda: _judge(made, false, made.approvals))


def tell_piece(luck: Random) -> str:
    """Kind 4: a piece that is not the listed one, or another object in its place."""
    made, other = snapshots(luck)
    piece = luck.choice(made.pieces)
    objects = (made.segment, made.sealed, *other.pieces)
    return _part_refused(made, piece, objects, Kind.PIECE, luck)


def tell_segment(luck: Random) -> str:
    """Kind 3: history that is not the listed one."""
    made, other = snapshots(luck)
    objects = (*made.pieces, made.sealed, other.segment)
    return _part_refused(made, made.segment, objects, Kind.SEGMENT, luck)


def _part_refused(
    made: Made, sealed: bytes, others: Sequence[bytes], kind: Kind, luck: Random
) -> str:
    other = luck.choice(others)
    false = luck.choice((other, changed_object(sealed, other, luck)))
    while false == sealed:
        false = changed_object(sealed, other, luck)
    tenant, keyring = made.world.tenant, made.world.keyring
    if luck.random() < 0.3:  # of another tenant or kind, under its own name
        return _refused(lambda: open_part(other, EntryHash(sha256(other)), kind, tenant, keyring))
    return _refused(lambda: open_part(false, EntryHash(sha256(sealed)), kind, tenant, keyring))


def tell_approval(luck: Random) -> str:
    """Approvals made up, of others, or of another snapshot; or an owner put out vouches alone."""
    made, other = snapshots(luck)
    if luck.random() < 0.4:
        return _nobody_vouches(luck)
    (device, signature), third = *made.approvals.items(), made.world.owners[2].device
    false = {
        device: luck.choice((flip(signature, luck), *other.approvals.values(), luck.randbytes(64)))
    }
    case = luck.randrange(3)
    if case == 1:
        false = {device: signature, third: luck.choice((signature, bytes(64)))}
    elif case == 2:
        false = {DeviceId(luck.randbytes(16)): signature}
    return _refused(lambda: _judge(made, made.sealed, false))


def _nobody_vouches(luck: Random) -> str:
    """The maker was put out, or is no owner, and nobody else has signed."""
    made = Made.of(World.make(f"put out {luck.randrange(HOUSES)}", owners=3))
    world, maker = made.world, made.world.owners[1].device
    signer = world.owners[0].signer
    if luck.random() < 0.5:
        epoch = world.next_epoch(b"2" * 32, {maker})
        world.apply(revoke(world.membership, signer, maker, {}, epoch).link)
    else:
        world.apply(change_role(world.membership, signer, maker, Role.EDITOR, {}).link)
    return _refused(lambda: judge_snapshot(made.sealed, {}, world.membership, world.keyring))


def tell_other_past(luck: Random) -> str:
    """A15: a genuine snapshot that contradicts what is known here is not signed or taken in."""
    made, _ = snapshots(luck)
    heads, known = made.manifest.heads, made.reader.hash_at
    doubted = luck.choice(sorted(heads))

    def hash_at(origin: Origin, seq: int) -> EntryHash | None:
        return EntryHash(luck.randbytes(32)) if origin == doubted else known(origin, seq)

    found = judge_snapshot(made.sealed, made.approvals, made.world.membership, made.world.keyring)
    assert isinstance(found, Snapshot)
    assert is_reached(found, heads, known)
    return _refused(lambda: is_reached(found, heads, hash_at))


def _judge(made: Made, sealed: bytes, approvals: Mapping[DeviceId, bytes]) -> object:
    return judge_snapshot(sealed, approvals, made.world.membership, made.world.keyring)


@dataclass(frozen=True)
class Picture:
    """A sealed picture of three chunks."""

    secret: FileSecret
    size: int
    chunks: tuple[bytes, ...]
    root: bytes


@cache
def picture(number: int, name: str) -> Picture:
    draw = stream(f"picture of {name} {number}")
    secret = FileSecret.generate(World.make(f"{name} {number}").tenant, draw)
    content = draw(600_000)
    chunks, root = tuple(seal_chunks(secret, len(content), [content])), Root()
    for chunk in chunks:
        root.add(chunk)
    return Picture(secret, len(content), chunks, root.digest)


def a9_chunks_moved(chunks: Sequence[bytes], others: Sequence[bytes], luck: Random) -> list[bytes]:
    """Reorder, repeat, leave out, cut or mix chunks of two files."""
    changed = list(chunks)
    at = luck.randrange(len(changed))
    match luck.randrange(6):
        case 0:
            luck.shuffle(changed)
        case 1:
            changed.insert(at, changed[luck.randrange(len(changed))])
        case 2:
            del changed[at:]
        case 3:
            del changed[at]
        case 4:
            changed[at] = luck.choice(list(others))
        case _:
            changed[at] = ruined(changed[at], luck.choice(list(others)), luck)
    return changed


def tell_chunks(luck: Random) -> str:
    """A9, and A8 for attachments."""
    number = luck.randrange(4)
    one, other = picture(number, "artmatt"), picture(number, "begin")
    false = list(one.chunks)
    while false == list(one.chunks):
        false = a9_chunks_moved(one.chunks, other.chunks, luck)
    root = Root()
    for chunk in false:
        root.add(chunk)
    told = luck.choice((one.root, root.digest))  # even if the record spoke of the false one
    try:
        for _ in open_chunks(one.secret, one.size, told, false):
            pass
    except DamagedAttachmentError:
        return "refused: picture"
    raise BelievedError("another picture")
