"""One device's half of an exchange without a server: take in what others laid down, lay down ours.

Reading comes first, so that a twin of this device is met before anything is sealed. A place may
have lost anything, and be of any age: what is absent is laid down again, and nothing follows from
its absence.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from desktop.sync.bases import Bases
from desktop.sync.books import Books
from desktop.sync.chain import MissingKeyError
from desktop.sync.errors import SyncError
from desktop.sync.folder.bases import LaidDown, put_base, take_base
from desktop.sync.folder.bundle import BundleSource
from desktop.sync.folder.chain import (
    LinksIn,
    OtherChain,
    keep_left,
    left_by,
    put_beside,
    put_chain,
    read_left,
)
from desktop.sync.folder.entries import EntriesIn, put_entries, seal_pending
from desktop.sync.folder.errors import OtherBundleError, RemovedError
from desktop.sync.folder.names import Listing
from desktop.sync.folder.pictures import put_pictures, take_pictures
from desktop.sync.folder.places import FolderPlace, Source, Target
from desktop.sync.folder.traffic import FolderNotice, Traffic
from desktop.sync.forks import Forks
from desktop.sync.removal import Removals
from desktop.sync.silence import Silence
from desktop.sync.two_lists import (
    EntangledForkError,
    ForkedChainError,
    PutOutByForkError,
    UnnamedByForkError,
    read_theirs,
)
from desktop.vault.identity import read_server
from desktop.vault.progress import UNWATCHED, Progress
from desktop.vault.vault import Vault
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.membership import find_fork
from shared.protocol.messages import LinkParcel


class FolderExchange:
    """Exchanges one collection with places that nobody need trust.

    It may be made anew each time, and used from any thread: it holds the log's turn while it
    reads and writes entries. ``changed`` is told of everything that came in.
    """

    def __init__(self, vault: Vault, random: Random, changed: Callable[[Change], None]) -> None:
        self._vault = vault
        self._random = random
        self._changed = changed
        self._books = Books(vault, random)
        self._silence = Silence(self._books, vault.secrets, vault.clock.now_millis)
        self._may_seal = self._may_sign = True

    def exchange(self, place: FolderPlace, progress: Progress = UNWATCHED) -> Traffic:
        """Take in what lies in a folder, and lay down what it lacks.

        Raises SyncError and StoppedError; what went across until then stays. Trouble with
        writing alone is told.
        """
        place.check()
        traffic = Traffic()
        listing = self._take(place, traffic, progress)
        if self._may_sign:
            self._forget_other_list()
        try:
            place.clear()
            self._put(place, listing, traffic, progress)
        except SyncError as error:
            place.check()
            traffic.trouble = error.sentence
        finally:
            place.settle()
        place.check()
        return traffic

    def take_in(self, place: FolderPlace, progress: Progress = UNWATCHED) -> Traffic:
        """Take in what lies in a folder, and lay nothing down yet. Raises as ``exchange``."""
        place.check()
        traffic = Traffic()
        self._take(place, traffic, progress)
        place.check()
        return traffic

    def open_bundle(self, bundle: BundleSource, progress: Progress = UNWATCHED) -> Traffic:
        """Take in a bundle; raise OtherBundleError and what ``exchange`` raises."""
        if bundle.tenant != self._vault.tenant:
            raise OtherBundleError
        traffic = Traffic()
        self._take(bundle, traffic, progress)
        if not bundle.is_whole:
            traffic.notices.add(FolderNotice.ENDS_EARLY)
        return traffic

    def save_bundle(
        self, target: Target, progress: Progress = UNWATCHED, *, pictures: bool = True
    ) -> Traffic:
        """Lay down all that is here, with or without the pictures.

        Raises RemovedError, StoppedError and SyncErrors of the target's.
        """
        if not self._is_live():
            raise RemovedError
        traffic = Traffic()
        self._put(target, Listing(), traffic, progress, pictures=pictures)
        return traffic

    def _take(self, source: Source, traffic: Traffic, progress: Progress) -> Listing:
        with self._vault.log.turn:
            self._books.look_again()
            self._may_seal = self._may_sign = True
            listing = self._look(source)
            if self._take_links(source, listing, traffic):
                listing = self._look(source)
            self._take_entries(source, listing, traffic, progress)
            self._note_silence()
        traffic.pictures_in = take_pictures(self._vault, source, listing, progress, self._changed)
        return listing

    def _look(self, source: Source) -> Listing:
        """List what lies there, and put away what was left when another list was followed."""
        left, names = read_left(self._vault.secrets), [*source.names()]
        for name in left.intersection(names):
            source.lay_aside(name, at_once=True)
        return Listing.of(name for name in names if name not in left)

    def _take_links(self, source: Source, listing: Listing, traffic: Traffic) -> bool:
        """Take in links; true if another list than ours is followed from now on."""
        books, went_on = self._books, self._books.set_aside
        links = LinksIn(source, listing, books, self._vault.secrets)
        for change in links.take():
            self._changed(change)
        links.take_boxes()
        other, follows = links.other_chain(), False
        if other and read_server(self._vault.secrets):
            traffic.notices.add(FolderNotice.OTHER_LIST)
        elif other:
            follows = self._meet(other, traffic)
        elif links.parted:
            self._may_sign = False
            traffic.notices.add(FolderNotice.PARTED)
        if links.waits:
            traffic.notices.add(FolderNotice.WAITS)
        if books.set_aside and not went_on:
            traffic.notices.add(FolderNotice.SET_ASIDE)
        return follows

    def _meet(self, other: tuple[LinkParcel, ...], traffic: Traffic) -> bool:
        """Show a list that parts from ours, or follow it if that was chosen and can be."""
        fork = find_fork(self._books.links, [each.link for each in other], self._vault.tenant)
        if fork is None:
            return False
        left = left_by(self._books, fork)
        try:
            self._forks(other).meet()
        except MissingKeyError:
            traffic.notices.add(FolderNotice.WAITS)
        except ForkedChainError:
            traffic.notices.add(FolderNotice.CHOOSE)
        except (EntangledForkError, UnnamedByForkError, PutOutByForkError) as error:
            traffic.trouble = error.sentence
        else:
            keep_left(self._vault.secrets, left)
            return True
        self._may_seal = self._books.membership.epoch == fork.common.epoch
        self._may_sign = False
        return False

    def _forget_other_list(self) -> None:
        """Show no other list any more: somebody has followed ours."""
        if read_theirs(self._vault.secrets) and not read_server(self._vault.secrets):
            self._forks([LinkParcel(link, ()) for link in self._books.links]).meet()

    def _forks(self, links: Sequence[LinkParcel]) -> Forks:
        door = OtherChain(links)
        return Forks(self._books, door, self._vault.secrets, self._random, self._changed)

    def _take_entries(
        self, source: Source, listing: Listing, traffic: Traffic, progress: Progress
    ) -> None:
        books, laid_down = self._books, LaidDown(source, listing, self._books)
        bases = Bases(self._vault, books, laid_down, self._changed)
        entries = EntriesIn(source, listing, books)
        if entries.was_copied():
            books.renew()
            traffic.notices.add(FolderNotice.COPIED)
        entries.look_for_forks()
        self._merge(entries, progress)
        if take_base(bases, laid_down, entries.lacks):
            self._merge(entries, progress)
        if listing.objects:
            bases.fetch_history()
        traffic.edits_in, traffic.forked = entries.edits, entries.forked
        told = {
            FolderNotice.FORKED: bool(entries.forked),
            FolderNotice.REFUSED: bool(entries.refused),
            FolderNotice.DAMAGED: bool(entries.damaged),
            FolderNotice.LATE: bool(entries.late),
            FolderNotice.WAITS: entries.waits,
            FolderNotice.REMOVED: not self._is_live(),
        }
        traffic.notices |= {notice for notice, holds in told.items() if holds}

    def _merge(self, entries: EntriesIn, progress: Progress) -> None:
        for change in entries.take(progress):
            if not change.empty:
                self._changed(change)

    def _put(
        self,
        target: Target,
        listing: Listing,
        traffic: Traffic,
        progress: Progress,
        *,
        pictures: bool = True,
    ) -> None:
        books = self._books
        with self._vault.log.turn:
            books.look_again()
            if not self._is_live():
                return
            if self._may_sign and not self._is_ruled_elsewhere():
                self._carry_out_wishes()
            put_chain(target, listing, books)
            links = sha256(books.links[-1]).digest()
            put_beside(target, listing, self._vault.secrets)
            if self._may_seal:
                if not read_server(self._vault.secrets):
                    self._silence.answer()
                seal_pending(books)
            put_base(target, listing, books, self._vault.snapshots)
            out = put_entries(target, listing, books, progress)
            self._note_silence()
        traffic.edits_out = out.edits
        if out.damaged:
            traffic.notices.add(FolderNotice.DAMAGED_HERE)
        if pictures:
            traffic.pictures_out, harmed = put_pictures(self._vault, target, listing, progress)
            if harmed:
                traffic.notices.add(FolderNotice.HARMED_HERE)
        traffic.holds, traffic.links = out.holds, links

    def _carry_out_wishes(self) -> None:
        """Sign what was wished of devices: here nobody appends links but the devices themselves."""
        removals = Removals(self._books, self._vault.secrets, self._random)
        while made := removals.next_link():
            self._changed(self._books.grow((LinkParcel(made.link, made.boxes),)))

    def _is_ruled_elsewhere(self) -> bool:
        """Tell whether a server appends links, or a person is to choose between two lists."""
        secrets = self._vault.secrets
        return bool(read_server(secrets) or read_theirs(secrets))

    def _note_silence(self) -> None:
        """Note who owes an answer, where no server's rounds do."""
        if not read_server(self._vault.secrets):
            self._silence.note()

    def _is_live(self) -> bool:
        return self._books.membership.devices[self._vault.device].live
