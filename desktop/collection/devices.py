"""The devices of a collector, as the signed list tells, and what is done with them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum

from desktop.collection.autofill import Fields
from desktop.collection.copies import Write
from desktop.collection.late import late_changes
from desktop.collection.values import DeviceCard, ForkedList, Parting, Rights
from desktop.sync.comparison import stream_heads
from desktop.sync.findings import parted
from desktop.sync.removal import (
    is_wished,
    wish,
    wish_role,
    wished_role,
    withdraw,
    withdraw_role,
)
from desktop.sync.silence import excuse, silent_since
from desktop.sync.two_lists import Choice, choose, chosen, read_theirs, why_not_followed
from desktop.vault.cuts import cuts_of
from desktop.vault.readable import passed_over
from desktop.vault.vault import Log, Records, Secrets
from shared.crypto.paper import paper_device, secret_of
from shared.crypto.spoken import spoken
from shared.domain.operations import Change, Put
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import DEVICE_BYTES, DeviceId, RecordId
from shared.membership import (
    Admission,
    Link,
    Member,
    Membership,
    Recovery,
    Revocation,
    Role,
    RoleChange,
    Rotation,
    find_fork,
    verify_chain,
)
from shared.membership.bodies import parse_body
from shared.protocol.heads import digest_of_heads
from shared.signing import labelled, sha256

_PAPER_NAME = "Emergency kit"
_KNOWN = "devices that somebody knows"
_NAMELESS = "A device without a name"
_STRANGER = "a device that is not known here"


_ROLES = {Rights.OWNER: Role.OWNER, Rights.EDITOR: Role.EDITOR, Rights.VIEWER: Role.VIEWER}
_ROLE_WORDS = {
    Role.OWNER: "an owner",
    Role.EDITOR: "an editor",
    Role.VIEWER: "a viewer",
    Role.PAPER: "an emergency kit",
}
_RIGHTS = {role: rights for rights, role in _ROLES.items()}


class OnlyLooksError(Exception):
    """Nothing is changed from this device: it may only look. One of the owner's can let it."""


class KitVerdict(Enum):
    """What came of trying an emergency kit."""

    RIGHT = "it opens this collection"
    REPLACED = "it did, until a newer one took its place"
    OTHER = "it belongs to another collection"


class Roster:
    """The devices of one collection, this one included.

    ``announce`` tells the screens of what is no edit, ``wake`` asks for a sync if there is one,
    ``now_millis`` is the wall clock.
    """

    def __init__(
        self,
        log: Log,
        records: Records,
        secrets: Secrets,
        *,
        write: Write,
        announce: Callable[[Change], None],
        wake: Callable[[], None],
        now_millis: Callable[[], int],
    ) -> None:
        self._log = log
        self._records = records
        self._secrets = secrets
        self._write = write
        self._announce = announce
        self._wake = wake
        self._now_millis = now_millis
        self._rights: Rights | None = None

    @property
    def rights(self) -> Rights:
        """What this device may do; one that was removed may do what it likes with what it has."""
        if self._rights is None:
            me = self._membership().devices[self._log.origin.device]
            self._rights = _RIGHTS[me.role] if me.live else Rights.EDITOR
        return self._rights

    def look_again(self) -> None:
        """Read the rights anew: the list of devices has grown."""
        self._rights = None

    def demand_writing(self) -> None:
        """Raise OnlyLooksError if this device may not write."""
        if self.rights is Rights.VIEWER:
            raise OnlyLooksError

    @property
    def alone(self) -> bool:
        """Whether no other computer has this collection."""
        live = self._membership().live
        return sum(member.role is not Role.PAPER for member in live) <= 1

    def cards(self) -> tuple[DeviceCard, ...]:
        """Return the devices that may read now, this one first, the paper one last."""
        names = self._records.living(Kind.DEVICE)
        heard = self._log.last_written()
        membership = self._membership()
        garbled = passed_over(self._secrets)
        known, silent = self._known(membership), silent_since(self._secrets, self._now_millis())
        cards = [
            replace(
                self._card(member, membership, names, heard),
                fresh=member.device not in known and member.role is not Role.PAPER,
                silent=member.device in silent and member.device != self._log.origin.device,
                garbled=member.device in garbled,
            )
            for member in membership.live
        ]
        return tuple(sorted(cards, key=lambda card: (not card.this_one, card.paper, card.name)))

    @property
    def computers(self) -> int:
        """How many devices may read now, the paper one left out."""
        return sum(member.role is not Role.PAPER for member in self._membership().live)

    def former(self) -> tuple[DeviceCard, ...]:
        """Return the devices that were removed, the last one first."""
        names = self._records.living(Kind.DEVICE)
        cuts = self.cuts()
        late = {change.past.device for change in late_changes(self._records, cuts)}
        heard = self._log.last_written(cuts)
        membership = self._membership()
        gone = []
        for raw in self._log.state().links:
            link = Link.parse(raw)
            body = parse_body(link)
            if isinstance(body, Revocation):
                card = self._card(membership.devices[body.device], membership, names, heard)
                by = _name(membership.devices[link.signer], names)
                gone.append(replace(card, removed_by=by, late=body.device in late))
        return tuple(reversed(gone))

    def recognise(self, device: DeviceId) -> None:
        """Remember that somebody said of a device that it is theirs."""
        known = self._known(self._membership())
        self._secrets.put(_KNOWN, b"".join(sorted(known | {device})))
        self._note(device)

    def excuse(self, device: DeviceId) -> None:
        """Remember that somebody knows why a device was not heard from: it was off."""
        excuse(self._secrets, device, self._now_millis())
        self._note(device)

    def _known(self, membership: Membership) -> set[bytes]:
        """Return the devices that need not be asked about: at first, all that there are."""
        kept = self._secrets.get(_KNOWN)
        if kept is None:
            kept = b"".join(sorted(membership.devices))
            self._secrets.put(_KNOWN, kept)
        me = self._log.origin.device
        own = {one.device for one in membership.devices.values() if one.added_by == me}
        return own | {kept[at : at + DEVICE_BYTES] for at in range(0, len(kept), DEVICE_BYTES)}

    def rename(self, device: DeviceId, name: str) -> Change:
        """Call a device something else, on every device."""
        put = Put(Kind.DEVICE, device_record(device), {"name": name.strip() or None})
        return self._write("Rename a device", [put])

    def remove(self, device: DeviceId) -> None:
        """Put a device out, now or as soon as the server can be reached."""
        wish(self._secrets, device)
        self._note(device)
        self._wake()

    def grant(self, device: DeviceId, rights: Rights) -> None:
        """Let a device do more or less, now or as soon as the server can be reached."""
        if self._membership().devices[device].role is _ROLES[rights]:
            withdraw_role(self._secrets, device)
        else:
            wish_role(self._secrets, device, _ROLES[rights])
        self._note(device)
        self._wake()

    def keep(self, device: DeviceId) -> None:
        """Take that back, if it was not carried out yet."""
        withdraw(self._secrets, device)
        withdraw_role(self._secrets, device)
        self._note(device)

    def cuts(self) -> dict[Origin, int]:
        """Return the last number that counts of each stream that went on here beyond its cut."""
        return cuts_of(self._membership(), self._log.state().heads)

    def words(self) -> tuple[str, ...]:
        """Return six words that are the same on devices which hold the same history."""
        membership = self._membership()
        heads = digest_of_heads(stream_heads(self._log.state().heads, membership))
        return spoken(sha256(labelled("compare", membership.tenant, membership.head, heads)))

    @property
    def links(self) -> tuple[bytes, ...]:
        """The signed list of devices, link by link."""
        return self._log.state().links

    @property
    def paper(self) -> DeviceId | None:
        """The paper device that brings the collection back now."""
        live = self._membership().live
        return next((member.device for member in live if member.role is Role.PAPER), None)

    def fork(self) -> ForkedList | None:
        """Return both lists, if this device and the server have different ones."""
        theirs = read_theirs(self._secrets)
        state = self._log.state()
        fork = find_fork(state.links, theirs, state.tenant) if theirs else None
        if fork is None:
            return None
        names = self._records.living(Kind.DEVICE)
        in_the_way = why_not_followed(verify_chain(theirs, state.tenant), self._log.origin.device)
        return ForkedList(
            tuple(told(raw, names) for raw in fork.ours),
            tuple(told(raw, names) for raw in fork.theirs),
            chosen=chosen(self._secrets) is not None,
            why_not=in_the_way.sentence if in_the_way else "",
        )

    def parting(self) -> Parting | None:
        """Return who follows another version of a history than this device, if anybody does."""
        found, membership = parted(self._secrets), self._membership()
        live = [one for one in membership.live if found and one.device in found.devices]
        if found is None or not live:
            return None
        names = self._records.living(Kind.DEVICE)
        called = sorted(_name(member, names) for member in live)
        here = self._log.origin.device in found.devices
        return Parting(tuple(called), found.apart, here)

    def follow(self, *, again: bool) -> None:
        """Follow the server's list; ``again``: and do there what only this device's list has."""
        choose(self._secrets, Choice.AGAIN if again else Choice.FOLLOW)
        self._note(self._log.origin.device)
        self._wake()

    def newest(self) -> tuple[str, str, int] | None:
        """Return the newest edit by another device: what it was, where and when (milliseconds)."""
        found = self._log.newest_elsewhere()
        if found is None:
            return None
        device, millis, label = found
        names = self._records.living(Kind.DEVICE)
        return label, _name(self._membership().devices[device], names), millis

    def try_kit(self, words: str) -> KitVerdict:
        """Hold the 24 words against the signed list, without any server; WrongWordsError."""
        paper = paper_device(secret_of(words))
        member = self._membership().devices.get(paper.device)
        if member is None or member.signing_public != paper.signing.public:
            return KitVerdict.OTHER
        return KitVerdict.RIGHT if member.live else KitVerdict.REPLACED

    def _membership(self) -> Membership:
        state = self._log.state()
        return verify_chain(state.links, state.tenant)

    def _note(self, device: DeviceId) -> None:
        self._announce(Change("Remove a device", {Kind.DEVICE: frozenset([device_record(device)])}))

    def _card(
        self,
        member: Member,
        membership: Membership,
        names: Mapping[RecordId, Fields],
        heard: Mapping[DeviceId, int],
    ) -> DeviceCard:
        platform = names.get(device_record(member.device), {}).get("platform")
        founder = member.added_by == member.device
        to_be = wished_role(self._secrets, member.device)
        return DeviceCard(
            device=member.device,
            name=_name(member, names),
            platform=platform if isinstance(platform, str) else "",
            this_one=member.device == self._log.origin.device,
            paper=member.role is Role.PAPER,
            added_by="" if founder else _name(membership.devices[member.added_by], names),
            heard_millis=heard.get(member.device),
            leaving=is_wished(self._secrets, member.device),
            rights=_RIGHTS.get(member.role, Rights.VIEWER),
            to_be=None if to_be is None else _RIGHTS[to_be],
        )


def told(raw: bytes, names: Mapping[RecordId, Fields]) -> str:
    """Say in words what a link does."""

    def name(device: DeviceId) -> str:
        called = names.get(device_record(device), {}).get("name")
        return called if isinstance(called, str) else _STRANGER

    link = Link.parse(raw)
    by = name(link.signer)
    match parse_body(link):
        case Admission(newcomer):
            return f"{by} added {name(newcomer.device)}"
        case Revocation(device):
            return f"{by} removed {name(device)}"
        case RoleChange(device, role):
            return f"{by} made {name(device)} {_ROLE_WORDS[role]}"
        case Recovery():
            return f"{by} made a new emergency kit"
        case Rotation():
            return f"{by} made a new key"


def device_record(device: DeviceId) -> RecordId:
    """Return the record in which a device's name stands: it has the device's own id."""
    return RecordId(device)


def _name(member: Member, names: Mapping[RecordId, Fields]) -> str:
    name = names.get(device_record(member.device), {}).get("name")
    if isinstance(name, str):
        return name
    return _PAPER_NAME if member.role is Role.PAPER else _NAMELESS
