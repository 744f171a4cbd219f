"""One device of a collector at work: a real vault, a real session, and the line between."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from desktop.sync.courier import open_http
from desktop.sync.folder.chain import keep_beside
from desktop.sync.joined import Joined, keep_promise
from desktop.sync.network import Network
from desktop.sync.rhythm import Most, Rhythm
from desktop.sync.schedule import Pace
from desktop.sync.session import Session
from desktop.vault.identity import add_founding, keep_identity, keep_server
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Change, Delete, Put
from shared.domain.schema import Kind, Value
from shared.ids import RECORD_BYTES, RecordId
from tests.desktop.sync.line import Line

PASSWORD = "correct horse battery"
SWIFT = Pace(
    quiet=0.02,
    longest_quiet=0.2,
    first_retry=0.02,
    longest_retry=0.05,
    poll=0.2,
    farewell=0.3,
)
FEW = Most(entries=8)
"""So few entries may follow a snapshot here."""


@dataclass
class Hand:
    """The wall clock of one device; ``turn`` moves it."""

    ahead: int = 0

    def millis(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead


@dataclass
class Desk:
    """A device with its vault open."""

    vault: Vault
    line: Line
    hand: Hand
    network: Network
    changes: list[Change] = field(default_factory=list)
    _session: Session | None = None

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = self.network.session(self.vault, self.changes.append)
        return self._session

    def restart(self) -> None:
        """Forget what was only in memory."""
        self._session = None

    def reopen(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Close the vault and open it again, as the next start of the program does."""
        key = self.vault.key
        self.vault.close()
        meanwhile()
        self.vault = Vault.open_with_key(self.vault.folder, key, self.network.surroundings)
        self.restart()

    def sync(self) -> None:
        self.session.sync(lambda _done, _total: None)

    def tidy(self) -> None:
        """Have a quiet moment, more than an hour after the last one."""
        self.hand.ahead += 3_700_000
        self.session.tidy()

    def put(self, record: RecordId, **fields: Value) -> Change:
        return self.vault.apply("Edit", [Put(Kind.COPY, record, fields)])

    def add(self, **fields: Value) -> RecordId:
        record = RecordId(secrets.token_bytes(RECORD_BYTES))
        self.put(record, **fields)
        return record

    def delete(self, record: RecordId) -> Change:
        return self.vault.apply("Remove", [Delete(Kind.COPY, (record,))])

    def read(self, record: RecordId, kind: Kind = Kind.COPY) -> Mapping[str, Value]:
        return self.vault.records.fields(kind, record) or {}

    @property
    def hash(self) -> bytes:
        return self.vault.log.content_hash()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.vault.close()
        self.network.http.close()


def network_on(line: Line, hand: Hand, pace: Pace = SWIFT) -> Network:
    """Put a network together over a line."""
    surroundings = Surroundings(hand.millis, secrets.token_bytes)
    rhythm = Rhythm(time.monotonic, lambda: 0.5, pace, FEW)
    return Network(open_http(line), surroundings, rhythm)


def open_desk(folder: Path, key: bytes, server: str) -> Desk:
    """Open a vault that was made before, at a server."""
    line, hand = Line(), Hand()
    network = network_on(line, hand)
    vault = Vault.open_with_key(folder, key, network.surroundings)
    keep_server(vault.secrets, server)
    return Desk(vault, line, hand, network)


def move_in(folder: Path, joined: Joined) -> Desk:
    """Make the vault of a device that was let in."""
    line, hand = Line(), Hand()
    network = network_on(line, hand)
    identity = joined.identity
    vault = Vault.create(
        folder, PASSWORD, joined.tenant, identity.keys.device, network.surroundings
    )
    keep_identity(vault.secrets, identity)
    keep_server(vault.secrets, joined.server)
    keep_promise(vault.secrets, joined.heads)
    add_founding(vault.secrets, joined.founding)
    keep_beside(vault.secrets, joined.beside)
    vault.log.absorb([], joined.links)
    return Desk(vault, line, hand, network)


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds; fail if it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def never_ready(_seconds: float) -> bool:
    """Wait a moment in place of a second."""
    time.sleep(0.005)
    return True
