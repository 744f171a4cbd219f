"""The chain of one tenant's devices, with the sealed keys that belong to its links."""

from collections.abc import Iterable, Sequence

from shared.ids import DeviceId, EntryHash, TenantId
from shared.membership import (
    Admission,
    InvalidChainError,
    Link,
    LinkWithBoxes,
    Membership,
    Revocation,
    RoleChange,
    Rotation,
    begin_chain,
    extend,
    verify_chain,
)
from shared.membership.bodies import parse_body
from shared.protocol.limits import BOX_BYTES, KIB
from shared.protocol.messages import LinkParcel
from shared.protocol.problems import Code
from shared.signing import sha256
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import Connection, Database

EVERYBODY = DeviceId(b"")
"""Stands for the receiver of a box that every member may have."""
SPARE_BYTES = 512 * KIB
"""How many bytes of boxes for others go with one answer."""


class LinkShelf:
    """Keeps the links in order and knows what they add up to.

    ``membership`` is replaced as a whole, so any thread may read it at any time.
    """

    def __init__(self, database: Database, tenant: TenantId) -> None:
        self._database = database
        self._tenant = tenant
        self.reload()

    def reload(self) -> None:
        """Read the chain again."""
        with self._database.read() as db:
            links = [row[0] for row in db.execute("SELECT link FROM link ORDER BY n")]
        self.membership = verify_chain(links, self._tenant)

    def catch_up(self) -> None:
        """Read the links that another process has added."""
        sql = "SELECT link FROM link WHERE n > ? ORDER BY n"
        with self._database.read() as db:
            links = db.execute(sql, (self.membership.length,)).fetchall()
        for (link,) in links:
            self.membership = extend(self.membership, link)

    def extend(
        self, head: EntryHash, parcels: Sequence[LinkParcel], *, most_devices: int
    ) -> Membership:
        """Append links if the chain still ends with ``head``, or if these already follow it.

        Raises RefusedError: CHAIN_MOVED, LINKS_REFUSED, QUOTA.
        """
        with self._database.write() as db:
            if head != self.membership.head:
                if not _follow(db, head, parcels):
                    raise RefusedError(Code.CHAIN_MOVED)
                return self.membership
            grown = self.membership
            for at, parcel in enumerate(parcels):
                grown = _checked(grown, parcel, at)
                put_link(db, grown.length, parcel)
            if len(grown.live) > max(most_devices, len(self.membership.live)):
                raise RefusedError(Code.QUOTA)
        self.membership = grown
        return grown

    def after(self, count: int, device: DeviceId) -> tuple[LinkParcel, ...]:
        """Return the links after the first ``count``, with the boxes for ``device``.

        Those for others come along while there is room: every member that keeps them can give the
        links back, should they get lost here.
        """
        if count >= self.membership.length:
            return ()
        with self._database.read() as db:
            boxes: dict[int, tuple[bytes, ...]] = {}
            room = SPARE_BYTES
            for n, receiver, box in db.execute(
                "SELECT link, device, box FROM box WHERE link > ? ORDER BY link, device", (count,)
            ):
                room -= 0 if receiver in {EVERYBODY, device} else len(box)
                if room >= 0 or receiver in {EVERYBODY, device}:
                    boxes[n] = (*boxes.get(n, ()), box)
            links = db.execute("SELECT n, link FROM link WHERE n > ? ORDER BY n", (count,))
            return tuple(LinkParcel(link, boxes.get(n, ())) for n, link in links)

    def until_out(self, device: DeviceId) -> tuple[LinkParcel, ...]:
        """Return the links up to the one that put a device out, without boxes."""
        with self._database.read() as db:
            links = [row[0] for row in db.execute("SELECT link FROM link ORDER BY n")]
        membership = begin_chain(links[0])
        for n, link in enumerate(links[1:], 2):
            membership = extend(membership, link)
            member = membership.devices.get(device)
            if member is not None and not member.live:
                return tuple(LinkParcel(each, ()) for each in links[:n])
        return ()

    def sizes(self) -> tuple[int, int]:
        """Return how many bytes the links have, and how many boxes there are."""
        with self._database.read() as db:
            size = db.execute("SELECT sum(length(link)) FROM link").fetchone()[0]
            boxes = db.execute("SELECT count(*) FROM box").fetchone()[0]
        return size, boxes


def check_parcels(tenant: TenantId, parcels: Sequence[LinkParcel]) -> Membership:
    """Check the first links of a new tenant with their boxes, or raise LINKS_REFUSED."""
    try:
        membership = verify_chain([parcel.link for parcel in parcels], tenant)
    except InvalidChainError as error:
        raise RefusedError(Code.LINKS_REFUSED) from error
    for at, parcel in enumerate(parcels):
        _check_boxes(parcel, at)
    return membership


def put_link(db: Connection, n: int, parcel: LinkParcel) -> None:
    """Write one checked link, number ``n`` counted from 1, and its boxes."""
    db.execute("INSERT INTO link (n, link) VALUES (?, ?)", (n, parcel.link))
    receivers = _receivers(Link.parse(parcel.link))
    db.executemany(
        "INSERT INTO box (link, device, box) VALUES (?, ?, ?)",
        [(n, device, box) for device, box in zip(receivers, parcel.boxes, strict=False)],
    )


def _receivers(link: Link) -> Iterable[DeviceId]:
    """Say whom the boxes of a link are for, in their order."""
    body = parse_body(link)
    match body:
        case Admission():
            return (body.newcomer.device,)
        case RoleChange():
            return ()
        case Rotation():
            return _rotation_receivers(body)
        case Revocation():
            return _rotation_receivers(body.rotation)
        case _:
            return _rotation_receivers(body.rotation)


def _rotation_receivers(rotation: Rotation) -> Iterable[DeviceId]:
    return (EVERYBODY, *sorted(rotation.sealed))


def _checked(membership: Membership, parcel: LinkParcel, at: int) -> Membership:
    try:
        grown = extend(membership, parcel.link)
    except InvalidChainError as error:
        raise RefusedError(Code.LINKS_REFUSED, at=at) from error
    _check_boxes(parcel, at)
    return grown


def _check_boxes(parcel: LinkParcel, at: int) -> None:
    if any(len(box) > BOX_BYTES for box in parcel.boxes):
        raise RefusedError(Code.TOO_LARGE, at=at)
    try:
        LinkWithBoxes(parcel.link, parcel.boxes).check()
    except InvalidChainError as error:
        raise RefusedError(Code.LINKS_REFUSED, at=at) from error


def _follow(db: Connection, head: EntryHash, parcels: Sequence[LinkParcel]) -> bool:
    """Tell whether exactly these links stand right after ``head`` already."""
    links = [row[0] for row in db.execute("SELECT link FROM link ORDER BY n")]
    wanted = [parcel.link for parcel in parcels]
    return any(
        sha256(link) == head and links[n : n + len(wanted)] == wanted
        for n, link in enumerate(links, 1)
    )
