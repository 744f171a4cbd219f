"""Snapshots in a place: for whoever lacks entries that are gone from everywhere.

Only a collection with a server has any; a device that took one in lays it down for the others.
"""

from collections.abc import Callable
from contextlib import suppress

from desktop.sync.bases import Bases, FalseBaseError
from desktop.sync.books import Books
from desktop.sync.errors import RefusedError
from desktop.sync.folder.names import Listing, approval_name, object_name, snapshot_name
from desktop.sync.folder.places import Source, Target
from desktop.sync.refusal import Refusal
from desktop.vault.vault import Snapshots
from shared.envelope import Envelope, Kind, MalformedEnvelopeError
from shared.envelope.approvals import check_approval
from shared.ids import DeviceId, EntryHash
from shared.ledger import DamagedEntryError, Heads, rebuild
from shared.protocol import limits
from shared.protocol.messages import Approval, BaseReply, SnapshotReply
from shared.protocol.problems import Code
from shared.signing import sha256
from shared.signing.keys import SIGNATURE_BYTES


class LaidDown:
    """What a place has of snapshots, in the form in which a server tells it."""

    def __init__(self, source: Source, listing: Listing, books: Books) -> None:
        self._source = source
        self._listing = listing
        self._books = books

    def base(self) -> BaseReply:
        """Say that none stands before others."""
        return BaseReply()

    def snapshot(self, name: EntryHash) -> SnapshotReply:
        """Give a snapshot with its approvals."""
        approvals = sorted(self._listing.approvals.get(name, ()))
        words = (self._approval(name, device) for device in approvals)
        sealed = self._whole(snapshot_name(name), name)
        return SnapshotReply(sealed, tuple(word for word in words if word is not None))

    def get_object(self, name: EntryHash) -> bytes:
        """Give a piece or a segment; RefusedError if it is not there."""
        if name not in self._listing.objects:
            raise RefusedError(Refusal(Code.NOT_FOUND))
        return self._whole(object_name(name), name)

    def newest_first(self) -> list[EntryHash]:
        """List the snapshots that are here, by the numbers that they say they have."""
        numbers = {}
        for name in self._listing.snapshots:
            with suppress(FalseBaseError, MalformedEnvelopeError):
                sealed = self._whole(snapshot_name(name), name)
                numbers[name] = Envelope.parse(sealed, Kind.SNAPSHOT).header.seq
        return sorted(numbers, key=lambda name: (-numbers[name], name))

    def _approval(self, name: EntryHash, device: DeviceId) -> Approval | None:
        """Read a device's word; None if it is not that device's."""
        where, membership = approval_name(name, device), self._books.membership
        member = membership.devices.get(device)
        if member is None:
            return None
        word = self._source.read(where, SIGNATURE_BYTES) or b""
        if check_approval(membership.tenant, name, member.signing_public, word):
            return Approval(device, word)
        self._source.lay_aside(where)
        return None

    def _whole(self, where: str, name: EntryHash) -> bytes:
        """Read something that is listed; raise FalseBaseError if it is damaged."""
        content = self._source.read(where, limits.OBJECT_BYTES) or b""
        if sha256(content) != name:
            self._source.lay_aside(where)
            raise FalseBaseError
        return content


def take_base(bases: Bases, laid_down: LaidDown, lacks: Callable[[Heads], bool]) -> bool:
    """Take in the newest snapshot that stands for entries which are lacking; tell whether any does.

    ``lacks`` tells whether some, up to given heads, are neither here nor there.
    """
    for name in laid_down.newest_first():
        try:
            if lacks(bases.heads_of(name)):
                bases.take(name, None)
                return True
        except (FalseBaseError, RefusedError):
            continue
    return False


def put_base(target: Target, listing: Listing, books: Books, snapshots: Snapshots) -> None:
    """Lay down the snapshot that was taken in here, its parts first."""
    taken = snapshots.taken
    if taken is None:
        return
    segments = (EntryHash(segment.hash) for segment in taken.manifest.segments)
    for name in (*taken.manifest.pieces, *segments):
        part = None if name in listing.objects else snapshots.part(name)
        if part is not None:
            try:
                target.put(object_name(name), rebuild(part, books.identity.keyring))
            except DamagedEntryError:
                continue
    for device, word in taken.approvals.items():
        if device not in listing.approvals.get(taken.hash, ()):
            target.put(approval_name(taken.hash, device), word)
    if taken.hash not in listing.snapshots:
        target.put(snapshot_name(taken.hash), rebuild(taken.entry, books.identity.keyring))
