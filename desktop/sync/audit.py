"""What a round finds out about the server, and the remedies that it has tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop.sync.books import Books
from desktop.sync.comparison import compare
from desktop.sync.findings import Findings
from desktop.sync.joined import keep_promise, read_promise
from desktop.sync.notices import Notice
from desktop.sync.outbox import Outbox
from desktop.vault.vault import Secrets
from shared.domain.stamps import Origin
from shared.ids import Cursor, LogId
from shared.protocol.messages import StreamHead, SyncReply

NO_LOG = LogId(b"")
_START = Cursor(0)
_PATIENCE_MILLIS = 10 * 60 * 1000
"""How long an entry may wait for others, with the server saying that there is no more."""


@dataclass(frozen=True, slots=True)
class Review:
    """Reading the server's log once more from the start, leaving out what is here already."""

    log: LogId
    cursor: Cursor = _START


class Audit:
    """Each remedy is tried once a round, so no lie of a server makes a device run in circles."""

    def __init__(self, books: Books, outbox: Outbox, findings: Findings) -> None:
        self._books = books
        self._outbox = outbox
        self._findings = findings
        self._apart = False
        self.review: Review | None = None
        self.forked: set[Origin] = set()
        self._notices: set[Notice] = set()
        self.reviewed = self.restored = self.base_lost = self._is_new = False
        self.unchecked = False
        """Whether a log was read once more, and was not asked since what it lacks."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the person should know, the gravest first."""
        return tuple(notice for notice in Notice if notice in self._notices)

    def begin(self) -> None:
        """Begin a round: what was tried in vain in the last one may be tried again."""
        devices = self._books.membership.devices
        self.forked = {stream for stream in self.forked if devices[stream.device].live}
        self._apart = self._apart and bool(self.forked)
        self._notices = {Notice.FORKED} if self.forked else set()
        self.reviewed = self.restored = self.base_lost = self.unchecked = False
        self._is_new = self._books.log.cursor()[0] is None
        if self._books.must_read_own():
            self.start_review()

    def note(self, notice: Notice) -> None:
        """Note what the person should know."""
        if notice not in self._notices:
            self._notices.add(notice)
            self._findings.found(notice)

    def note_forked(self, streams: set[Origin], *, apart: bool = False) -> None:
        """Leave these streams alone from now on: two histories of them were shown.

        ``apart``: the server has another one than this device.
        """
        if streams:
            self.forked |= streams
            self._apart = self._apart or apart
            self._notices.add(Notice.FORKED)
            devices = {origin.device for origin in self.forked}
            self._findings.found(Notice.FORKED, devices, apart=self._apart)

    def end(self) -> None:
        """End a round: what is not noted by now holds no more."""
        self._findings.settle(self._notices)

    def start_review(self, log: LogId | None = None) -> None:
        """Read a log once more, if not told otherwise the one that was read before."""
        self.reviewed = True
        self.review = Review(log or self._books.log.cursor()[0] or NO_LOG)

    def turn_page(self, reply: SyncReply) -> bool:
        """Go on with a review; true while the cursor must stay where it was."""
        if self.review is None:
            return False
        self.review = Review(reply.log, reply.cursor) if reply.more else None
        self.unchecked = self.review is None
        return self.review is not None

    def compare(self, theirs: Sequence[StreamHead]) -> None:
        """Find out who lacks what, and begin to mend it."""
        self._confirm(theirs)
        found = compare(self._books.heads_sent(), theirs, self._books.log.hash_at)
        self.note_forked(set(found.forked), apart=True)
        lost = {origin: seq for origin, seq in found.lost.items() if origin not in self.forked}
        if lost and not self.restored:
            self.restored = True
            self.base_lost = any(self._books.is_gone(o, seq + 1) for o, seq in lost.items())
            self._outbox.lost = {} if self.base_lost else lost
            if not self._is_new:  # else no server lost it: this one never had it
                self.note(Notice.RESTORED)
        if found.behind and not self.reviewed:
            self.start_review()

    def _confirm(self, theirs: Sequence[StreamHead]) -> None:
        """Note what the server has of entries that went by a folder."""
        log, elsewhere = self._books.log, self._books.log.elsewhere()
        said = {Origin(head.device, head.incarnation): head for head in theirs}
        same = {
            origin: said[origin].seq
            for origin in elsewhere.keys() & said.keys()
            if log.hash_at(origin, said[origin].seq) == said[origin].hash
        }
        if same:
            log.confirm(same)


class Patience:
    """Tells when the server must be holding something back."""

    def __init__(self, books: Books, secrets: Secrets, now_millis: Callable[[], int]) -> None:
        self._books = books
        self._secrets = secrets
        self._now_millis = now_millis
        self._since: int | None = None
        self._promised = read_promise(secrets)

    def is_over(self, *, waits: bool) -> bool:
        """Look at the end of a round, when the server says that there is no more.

        ``waits``: entries are here that others must come before.
        """
        now = self._now_millis()
        if not waits:
            self._since = None
        elif self._since is None:
            self._since = now
        too_long = self._since is not None and now - self._since >= _PATIENCE_MILLIS
        return too_long or not self._promise_is_kept()

    def _promise_is_kept(self) -> bool:
        """See whether all came that the device which let this one in had sent before."""
        if not self._promised:
            return True
        here = self._books.ledger.state.heads
        if any(o not in here or here[o].seq < head.seq for o, head in self._promised.items()):
            return False
        self._promised = {}
        keep_promise(self._secrets, ())
        return True
