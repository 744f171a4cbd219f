"""Everything back from 24 words and a folder or a bundle: the words tell whose things are theirs.

Until the words have been found to fit, nothing is written there, and nothing laid aside.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.sync.chain import Chain, MissingKeyError, admission
from desktop.sync.folder.bundle import SUFFIX, BundleSource
from desktop.sync.folder.chain import LinksThere
from desktop.sync.folder.errors import (
    FolderClosedError,
    NothingThereError,
    OtherKitThereError,
    PartMissingError,
    UnreadPlaceError,
    folder_troubles,
)
from desktop.sync.folder.exchange import FolderExchange
from desktop.sync.folder.names import Listing, entry_name
from desktop.sync.folder.places import ROOT, TENANT, FolderPlace, Source, tenants_in
from desktop.sync.folder.traffic import Traffic
from desktop.sync.joined import Joined
from desktop.sync.recovery import is_kit, open_kit
from desktop.vault.identity import Identity
from desktop.vault.progress import Progress
from desktop.vault.vault import Vault
from shared.crypto.devices import DeviceKeys
from shared.crypto.paper import paper_device, secret_of
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.stamps import Origin
from shared.envelope import Envelope, MalformedEnvelopeError
from shared.ids import TenantId
from shared.ledger import Refused
from shared.ledger.ledger import check_writer
from shared.membership import Admission, Link, Membership, Newcomer
from shared.membership.bodies import parse_body
from shared.protocol import limits
from shared.protocol.messages import LinkParcel


def recover_from(words: str, place: Path, random: Random) -> Joined:
    """Make this computer a device of the collection in a folder or a bundle that the words fit.

    The link that says so is laid down there by the first exchange. Raises WrongWordsError for
    mistyped words, SyncError.
    """
    paper = paper_device(secret_of(words))
    try:
        lists = _lists_of(paper, place, random)
    except FolderClosedError as error:
        raise UnreadPlaceError from error
    keys = DeviceKeys.generate(random)
    newcomer = keys.introduce(lists[0].chain.membership.tenant)
    by_kit = [each for one in lists for each in one.let_in_by_kit]
    first, *others = (one.let_in([*by_kit, newcomer]) for one in lists)
    return Joined(
        "",
        Identity(keys, lists[0].kit.keyring),
        first.links,
        founding=first.whole,
        beside=tuple(
            made
            for one, now in zip(lists[1:], others, strict=True)
            for made in now.whole[-(len(now.links) - len(one.chain.links)) :]
        ),
    )


def fill(vault: Vault, place: Path, random: Random, progress: Progress) -> Traffic:
    """Take all that lies in a folder or a bundle into a vault that the words let in.

    Raises SyncError and StoppedError.
    """
    exchange = FolderExchange(vault, random, _pass_over)
    if is_bundle(place):
        with BundleSource(place) as bundle:
            return exchange.open_bundle(bundle, progress)
    return exchange.take_in(
        FolderPlace(exchange_folder(place), vault.tenant, vault.device, random), progress
    )


def is_bundle(place: Path) -> bool:
    """Tell whether a person chose a file, and no folder. Raises SyncErrors."""
    with folder_troubles():
        return place.is_file() or place.suffix == SUFFIX


def exchange_folder(chosen: Path) -> Path:
    """Return the folder that was exchanged through, should somebody have chosen one inside it."""
    root = chosen.parent if TENANT.fullmatch(chosen.name) else chosen
    return root.parent if root.name == ROOT and not (root / ROOT).is_dir() else chosen


def _lists_of(paper: DeviceKeys, place: Path, random: Random) -> "list[_List]":
    with ExitStack() as open_files:
        found = [*_collections(place, paper, random, open_files)]
        for each in found:
            lists = each.lists_for(paper)
            if lists:
                return lists
    if not found:
        raise NothingThereError
    raise PartMissingError if any(each.is_cut for each in found) else OtherKitThereError


def _collections(
    place: Path, paper: DeviceKeys, random: Random, open_files: ExitStack
) -> Iterator["_Collection"]:
    if is_bundle(place):
        bundle = open_files.enter_context(BundleSource(place))
        yield _Collection.read(bundle.tenant, bundle, is_whole=bundle.is_whole)
        return
    folder = exchange_folder(place)
    for tenant in tenants_in(folder):
        yield _Collection.read(tenant, FolderPlace(folder, tenant, paper.device, random))


@dataclass(frozen=True, slots=True)
class _Untouched:
    """A source that stays as it is."""

    source: Source

    def names(self) -> Iterator[str]:
        """Yield the names of all that lies there."""
        return self.source.names()

    def read(self, name: str, most: int) -> bytes | None:
        """Return what lies under a name."""
        return self.source.read(name, most)

    def lay_aside(self, name: str, *, at_once: bool = False) -> None:
        """Leave it where it is."""


@dataclass(frozen=True, slots=True)
class _Collection:
    """What a place has of one tenant. ``is_cut``: it names links that cannot be read or reached."""

    source: Source
    listing: Listing
    chains: Sequence[Chain]
    is_cut: bool

    @classmethod
    def read(cls, tenant: TenantId, source: Source, *, is_whole: bool = True) -> "_Collection":
        """List what is there, and read the chain."""
        listing, untouched = Listing.of(source.names()), _Untouched(source)
        told = LinksThere(untouched, listing).chains(tenant)
        chains = [Chain.read(parcels, tenant) for parcels in told if len(parcels) > 1]
        longest = max((len(chain.links) for chain in chains), default=0)
        is_short = max(listing.links, default=1) > longest
        # whoever writes a bundle writes the links before any entry
        return cls(untouched, listing, chains, is_short or not (is_whole or listing.entries))

    def lists_for(self, paper: DeviceKeys) -> "list[_List]":
        """Return the lists that a kit belongs to, that with the newest key first; or none."""
        known = [each for each in self.chains if paper.device in each.membership.devices]
        fitting = [each for each in known if is_kit(paper, each.membership)]
        if known and not fitting:
            raise OtherKitThereError
        if fitting and (self.is_cut or self._lacks_links(fitting[0].membership)):
            raise PartMissingError  # a link signed now would part from those that are missing
        lists = []
        for chain in sorted(fitting, key=_newest, reverse=True):
            with suppress(MissingKeyError):
                lists.append(_List(chain, open_kit(paper, chain)))
        if fitting and not lists:
            raise PartMissingError
        return lists

    def _lacks_links(self, membership: Membership) -> bool:
        """Tell whether a device wrote under a key of which no link here tells."""
        last = ((origin, max(seqs)) for origin, seqs in self.listing.entries.items())
        return len(self.chains) == 1 and any(
            self._epoch_at(membership, *place) > membership.epoch for place in last
        )

    def _epoch_at(self, membership: Membership, origin: Origin, seq: int) -> int:
        """Return the epoch of an entry; 0 unless its device wrote it."""
        try:
            raw = self.source.read(entry_name(origin, seq), limits.ENTRY_BYTES)
            envelope = Envelope.parse(raw or b"")
            check_writer(envelope, membership)
        except (MalformedEnvelopeError, Refused):
            return 0
        return envelope.header.epoch


@dataclass(frozen=True, slots=True)
class _List:
    """One list of a collection's devices, and the kit, which can let others in."""

    chain: Chain
    kit: Identity

    @property
    def let_in_by_kit(self) -> list[Newcomer]:
        """Whom these words have let in before: every list may know of them."""
        links = [Link.parse(raw) for raw in self.chain.links]
        bodies = [parse_body(link) for link in links if link.signer == self.kit.keys.device]
        came = [body.newcomer for body in bodies if isinstance(body, Admission)]
        return [each for each in came if self.chain.membership.devices[each.device].live]

    def let_in(self, newcomers: Sequence[Newcomer]) -> Chain:
        """Return the chain once it knows of these devices."""
        chain = self.chain
        for newcomer in newcomers:
            if newcomer.device not in chain.membership.devices:
                made = admission(chain.membership, self.kit, newcomer)
                chain = chain.grown([LinkParcel(made.link, made.boxes)])
        return chain


def _newest(chain: Chain) -> tuple[int, int, bytes]:
    membership = chain.membership
    return membership.epoch, membership.length, membership.head


def _pass_over(_change: Change) -> None:
    """Tell nobody: no screen shows the collection yet."""
