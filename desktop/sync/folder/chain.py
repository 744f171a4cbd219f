"""The chain of devices as it lies in a place: links, and key boxes beside them, by their hashes.

The same door that a server has, but for one thing: nobody sees to it that links are appended to
the end. Whoever finds two that follow the same one lets a person choose.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import msgspec

from desktop.sync.books import Books
from desktop.sync.chain import MissingKeyError
from desktop.sync.folder.names import Listing, box_name, entry_name, link_name
from desktop.sync.folder.places import Source, Target
from desktop.sync.restoring import is_whole
from desktop.vault.identity import add_founding
from desktop.vault.vault import Secrets
from shared.domain.operations import Change
from shared.envelope import Header
from shared.ids import TenantId
from shared.membership import (
    Fork,
    InvalidChainError,
    Link,
    LinkWithBoxes,
    Membership,
    begin_chain,
    boxes_in,
    extend,
    verify_chain,
)
from shared.protocol import limits
from shared.protocol.messages import ChainGrown, ChainReply, ChainRequest, LinkParcel
from shared.signing import sha256

_LEFT, _BESIDE = "fork/left", "fork/beside"
_FOUNDING = 2
"""So many links the first device signed at once: nobody can sign others apart from it."""


class LinksThere:
    """The links of a place by what they follow, with the boxes that are there."""

    def __init__(self, source: Source, listing: Listing) -> None:
        self._source = source
        self._listing = listing

    def chains(self, tenant: TenantId) -> list[tuple[LinkParcel, ...]]:
        """Follow a tenant's chain to its end: one, or each of those into which it parts."""
        genesis = self._source.read(link_name(1, tenant), limits.LINK_BYTES) or b""
        going: list[tuple[Membership, tuple[LinkParcel, ...]]] = []
        ended: list[tuple[LinkParcel, ...]] = []
        with suppress(InvalidChainError):
            first = begin_chain(genesis)
            if first.tenant == tenant:
                going.append((first, (LinkParcel(genesis, ()),)))
        while going:
            membership, parcels = going.pop()
            following = self.following(membership)
            going += [(extend(membership, one.link), (*parcels, one)) for one in following]
            if not following:
                ended.append(parcels)
        return ended

    def following(self, membership: Membership) -> list[LinkParcel]:
        """Return the valid links that follow the end of a chain, with the boxes that are here."""
        n, found = membership.length + 1, []
        for name in sorted(self._listing.links.get(n, ())):
            link = self._source.read(link_name(n, name), limits.LINK_BYTES) or b""
            if sha256(link) != name:
                self._source.lay_aside(link_name(n, name))
            elif _goes_on(membership, link):
                found.append(LinkParcel(link, self.boxes_of(link)))
        return found

    def boxes_of(self, link: bytes) -> tuple[bytes, ...]:
        """Return those boxes of an accepted link that are there."""
        boxes = []
        for name in boxes_in(link):
            if name in self._listing.boxes:
                box = self._source.read(box_name(name), limits.BOX_BYTES) or b""
                if sha256(box) == name:
                    boxes.append(box)
                else:
                    self._source.lay_aside(box_name(name))
        return tuple(boxes)


class LinksIn:
    """The links of a place that are not here, judged one after the other."""

    def __init__(self, source: Source, listing: Listing, books: Books, secrets: Secrets) -> None:
        self._there = LinksThere(source, listing)
        self._listing = listing
        self._books = books
        self._secrets = secrets
        self.parted = False
        self.waits = False

    def take(self) -> Iterator[Change]:
        """Take in what goes on from here, with the keys. It ends where two ways go on.

        ``parted`` and ``waits`` tell whether that is so, and whether a key is yet to come.
        """
        while True:
            following = self._there.following(self._books.membership)
            self.parted = len(following) > 1
            if len(following) != 1:
                return
            try:
                change = self._books.grow(following)
            except MissingKeyError:
                self.waits = True
                return
            yield change

    def take_boxes(self) -> None:
        """Keep the boxes of links that came here without: who meets this device needs them."""
        kept = {made.link for made in self._books.founding}
        for link in self._books.links:
            if link not in kept and self._listing.boxes.issuperset(boxes_in(link)):
                made = LinkWithBoxes(link, self._there.boxes_of(link))
                if made.boxes and is_whole(made):
                    add_founding(self._secrets, (made,))

    def other_chain(self) -> tuple[LinkParcel, ...]:
        """Return a whole valid chain that parts from ours; nothing if there is none."""
        ours = self._books.links
        for n, names in sorted(self._listing.links.items()):
            if _FOUNDING < n <= len(ours) and names - {sha256(ours[n - 1])}:
                before = verify_chain(ours[: n - 1], self._books.membership.tenant)
                branch = [p for p in self._there.following(before) if p.link != ours[n - 1]]
                if branch:
                    common = tuple(LinkParcel(link, ()) for link in ours[: n - 1])
                    return self._and_beside((*common, *self._on_from(before, branch[0])))
        return ()

    def _and_beside(self, chain: tuple[LinkParcel, ...]) -> tuple[LinkParcel, ...]:
        """Let another list go on by links that are yet to be laid down beside it."""
        for link, boxes in read_beside(self._secrets):
            if Link.parse(link).prev == sha256(chain[-1].link):
                chain = (*chain, LinkParcel(link, boxes))
        return chain

    def _on_from(self, before: Membership, first: LinkParcel) -> list[LinkParcel]:
        """Follow a branch to its end, or to where it parts again."""
        branch, membership = [first], extend(before, first.link)
        while len(following := self._there.following(membership)) == 1:
            branch += following
            membership = extend(membership, following[0].link)
        return branch


class OtherChain:
    """Another chain that was found, and the door by which it grows: desktop.sync.forks.

    It grows in memory only: whoever follows it keeps it, and lays down what a place lacks of it.
    """

    def __init__(self, parcels: Sequence[LinkParcel]) -> None:
        self._parcels = tuple(parcels)

    def chain(self) -> ChainReply:
        """Give all links."""
        return ChainReply(self._parcels)

    def append_links(self, request: ChainRequest) -> ChainGrown:
        """Add links."""
        self._parcels += request.links
        return ChainGrown(len(self._parcels))


def put_beside(target: Target, listing: Listing, secrets: Secrets) -> None:
    """Lay down the links by which the emergency kit let devices into other lists that lie there."""
    there = {name for names in listing.links.values() for name in names}
    for link, boxes in read_beside(secrets):
        parsed = Link.parse(link)
        if parsed.prev in there and parsed.hash not in there:
            for box in boxes:
                target.put(box_name(sha256(box)), box)
            target.put(link_name(parsed.n, parsed.hash), link)
        if parsed.prev in there:
            there.add(parsed.hash)


def read_beside(secrets: Secrets) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """Return links for lists that this device does not follow, with their boxes, in order."""
    kept = secrets.get(_BESIDE)
    shape = tuple[tuple[bytes, tuple[bytes, ...]], ...]
    return msgspec.msgpack.decode(kept, type=shape) if kept else ()


def keep_beside(secrets: Secrets, links: Sequence[LinkWithBoxes]) -> None:
    """Keep links for other lists until they can be laid down where those lie."""
    if links:
        kept = [(made.link, made.boxes) for made in links]
        secrets.put(_BESIDE, msgspec.msgpack.encode(kept))


def put_chain(target: Target, listing: Listing, books: Books) -> int:
    """Lay down the links and boxes that a place lacks; return how many links."""
    boxes = {sha256(box): box for made in books.founding for box in made.boxes}
    here = {name for link in books.links for name in boxes_in(link)}
    for name in sorted((boxes.keys() & here) - listing.boxes):
        target.put(box_name(name), boxes[name])
    count = 0
    for n, link in enumerate(books.links, 1):
        if sha256(link) not in listing.links.get(n, ()):
            target.put(link_name(n, sha256(link)), link)
            count += 1
    return count


def read_left(secrets: Secrets) -> set[str]:
    """Return the names of what was left when another list of devices was followed."""
    kept = secrets.get(_LEFT)
    return msgspec.msgpack.decode(kept, type=set[str]) if kept else set()


def keep_left(secrets: Secrets, names: Iterable[str]) -> None:
    """Note what was left: nobody is asked about it again, wherever it lies."""
    secrets.put(_LEFT, msgspec.msgpack.encode(sorted(read_left(secrets).union(names))))


def left_by(books: Books, fork: Fork) -> list[str]:
    """Name what is left when a fork's other side is followed.

    Those are the links of this side, and own entries under keys that only this side has.
    """
    names = [link_name(Link.parse(link).n, sha256(link)) for link in fork.ours]
    own = books.identity.keys.device
    for origin, head in books.ledger.state.heads.items():
        seq = head.seq if origin.device == own else 0
        while (entry := books.log.entry_at(origin, seq)) is not None:
            if Header.parse(entry.header).epoch <= fork.common.epoch:
                break
            names.append(entry_name(origin, seq))
            seq -= 1
    return names


def _goes_on(membership: Membership, link: bytes) -> bool:
    try:
        extend(membership, link)
    except InvalidChainError:
        return False
    return True
