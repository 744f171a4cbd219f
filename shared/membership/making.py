"""New links, signed. Each is checked by the very rules that every reader applies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.ids import DeviceId
from shared.membership.bodies import (
    Admission,
    Body,
    Recovery,
    Revocation,
    RoleChange,
    Rotation,
    fitting,
    parse_body,
)
from shared.membership.chain import FIRST_EPOCH, begin_chain, extend
from shared.membership.links import InvalidChainError, Link, LinkKind, sign_link
from shared.membership.members import Cuts, Membership, Role
from shared.membership.newcomer import UNBORN_TENANT, Newcomer
from shared.signing import NO_HASH, SigningKey, sha256


class Signer(NamedTuple):
    """The device that signs a link, and its key."""

    device: DeviceId
    key: SigningKey


class NextEpoch(NamedTuple):
    """A new tenant key: its commitment, the box of the key before, a box for each live device."""

    commitment: bytes
    previous_box: bytes
    boxes: Mapping[DeviceId, bytes]


@dataclass(frozen=True, slots=True)
class LinkWithBoxes:
    """A link and the boxes whose hashes stand in it, in the order in which it lists them."""

    link: bytes
    boxes: tuple[bytes, ...] = ()

    def check(self) -> None:
        """Compare the boxes with the link's hashes, or raise InvalidChainError.

        The link itself must have been accepted by ``extend``; this looks at the boxes only.
        """
        if tuple(sha256(box) for box in self.boxes) != boxes_in(self.link):
            raise InvalidChainError


def boxes_in(link: bytes) -> tuple[bytes, ...]:
    """Return the hashes of the boxes that belong to an accepted link, in its order."""
    return tuple(box for box in parse_body(Link.parse(link)).boxes if box != NO_HASH)


def found(key: SigningKey, device: DeviceId, box_public: bytes, commitment: bytes) -> bytes:
    """Make the first link of a new tenant, signed by its first owner.

    ``commitment`` is that of the key of epoch 1. There is no box: this device made the key.
    """
    newcomer = Newcomer.introduce(key, UNBORN_TENANT, device, box_public)
    body = Admission(newcomer, Role.OWNER, FIRST_EPOCH, commitment, NO_HASH)
    link = sign_link(key, LinkKind.GENESIS, device, body.encode(), n=1, prev=NO_HASH)
    begin_chain(link)
    return link


def admit(
    membership: Membership, signer: Signer, newcomer: Newcomer, role: Role, box: bytes
) -> LinkWithBoxes:
    """Add a device; ``box`` holds the current epoch's key for it."""
    commitment = membership.epochs[-1].commitment
    body = Admission(newcomer, role, membership.epoch, commitment, sha256(box))
    return _sign(membership, signer, LinkKind.ADD, body, [box])


def rotate(membership: Membership, signer: Signer, epoch: NextEpoch) -> LinkWithBoxes:
    """Start the next epoch."""
    body, boxes = _rotation(membership, epoch)
    return _sign(membership, signer, LinkKind.ROTATE, body, boxes)


def revoke(
    membership: Membership, signer: Signer, device: DeviceId, cuts: Cuts, epoch: NextEpoch
) -> LinkWithBoxes:
    """Put a device out; its entries after ``cuts`` no longer count.

    However many there are, it is put out: those that fit are signed, see ``fitting``.
    """
    rotation, boxes = _rotation(membership, epoch)
    body = Revocation(device, fitting(cuts, len(rotation.sealed)), rotation)
    return _sign(membership, signer, LinkKind.REVOKE, body, boxes)


def change_role(
    membership: Membership, signer: Signer, device: DeviceId, role: Role, cuts: Cuts
) -> LinkWithBoxes:
    """Let a device do more or less; ``cuts`` is empty if it may write, and as in ``revoke``."""
    body = RoleChange(device, role, fitting(cuts, 0))
    return _sign(membership, signer, LinkKind.ROLE, body, [])


def change_recovery(
    membership: Membership, signer: Signer, paper: Newcomer, epoch: NextEpoch
) -> LinkWithBoxes:
    """Replace the emergency kit by a new one."""
    rotation, boxes = _rotation(membership, epoch)
    return _sign(membership, signer, LinkKind.RECOVERY, Recovery(paper, rotation), boxes)


def _rotation(membership: Membership, epoch: NextEpoch) -> tuple[Rotation, list[bytes]]:
    sealed = {device: sha256(box) for device, box in epoch.boxes.items()}
    previous = sha256(epoch.previous_box)
    rotation = Rotation(membership.epoch + 1, epoch.commitment, previous, sealed)
    return rotation, [epoch.previous_box, *(epoch.boxes[device] for device in sorted(sealed))]


def _sign(
    membership: Membership, signer: Signer, kind: LinkKind, body: Body, boxes: Sequence[bytes]
) -> LinkWithBoxes:
    n, prev = membership.length + 1, membership.head
    link = sign_link(signer.key, kind, signer.device, body.encode(), n=n, prev=prev)
    extend(membership, link)
    return LinkWithBoxes(link, tuple(boxes))
