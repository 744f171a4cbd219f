"""What one entry costs without a network or a disk, and what merging costs with the vault beneath.

An entry here holds one edit of one price, as most do. It is sealed and signed by one ledger, then
judged by another: parsed, its signature checked, opened, its heads compared.
"""

import os
import shutil
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from desktop.collection.founding import FIRST_EPOCH, Founded, found_tenant
from desktop.vault.vault import Vault
from shared.crypto.epochs import Keyring
from shared.crypto.randomness import Salts
from shared.domain.edits import Edit, Group, Shape, encode_edit
from shared.domain.operations import PutMany
from shared.domain.schema import Kind
from shared.domain.stamps import Origin
from shared.ids import RECORD_BYTES, Incarnation, RecordId
from shared.ledger import Accepted, Author, Ledger, LedgerState, SealedEntry, rebuild
from tests.benchmarks.devices import SURROUNDINGS
from tests.benchmarks.report import Extra, Job

ENTRIES = 1000
WRITES_AN_EDIT = 10_000
_PASSWORD = "of a collection that is thrown away"
_COPY = RecordId(bytes(RECORD_BYTES))


class Pair:
    """A writer and a reader of one new tenant."""

    def __init__(self) -> None:
        self.founded: Founded = found_tenant(os.urandom)
        self.keyring = Keyring(self.founded.tenant, {FIRST_EPOCH: self.founded.epoch_key})
        self.links = tuple(made.link for made in self.founded.links)
        self.origin = Origin(self.founded.keys.device, Incarnation(b"one life"))
        self.author = Author(self.origin, self.founded.keys.signing, None)
        self.salts = Salts(os.urandom)

    def ledger(self) -> Ledger:
        """Return one that has accepted nothing."""
        state = LedgerState(self.founded.tenant, self.links, {}, {}, {})
        return Ledger(state, self.keyring, lambda _origin, _seq: None)

    def edits(self) -> list[bytes]:
        """Return edits of one price each."""
        return [
            encode_edit(
                Edit("Edit value", reading << 16, reading, self.origin, (_priced(reading),))
            )
            for reading in range(1, ENTRIES + 1)
        ]

    def sealed(self) -> list[SealedEntry]:
        """Return an entry for each edit."""
        ledger = self.ledger()
        return [ledger.seal([edit], self.author, self.salts) for edit in self.edits()]


def _priced(value: int) -> Group:
    return Group(Shape.INSERT, "copy", [_COPY], ("value",), ([value << 15],))


def seal(_job: Job) -> Generator[Extra, None, None]:
    """Seal and sign entries of one edit each."""
    pair = Pair()
    ledger, edits = pair.ledger(), pair.edits()
    yield {}
    for edit in edits:
        ledger.seal([edit], pair.author, pair.salts)
    yield {"repeats": ENTRIES}


def verify(_job: Job) -> Generator[Extra, None, None]:
    """Judge and open entries of one edit each."""
    pair = Pair()
    sent = [rebuild(entry, pair.keyring) for entry in pair.sealed()]
    ledger = pair.ledger()
    yield {}
    judged = [ledger.judge(sealed) for sealed in sent]
    yield {"repeats": ENTRIES}
    assert all(isinstance(each, Accepted) for each in judged)
    assert sum(map(len, sent)) > 0


def merge(job: Job) -> Generator[Extra, None, None]:
    """Merge bulk edits from elsewhere, of one field in every item, into a vault that holds them."""
    pair, folder = Pair(), Path(job.folder) / "merging"
    folder.mkdir()
    device = pair.founded.keys.device
    here = Vault.create(
        folder / "here.swingtag", _PASSWORD, pair.founded.tenant, device, SURROUNDINGS
    )
    with closing(here):
        records = [RecordId(n.to_bytes(RECORD_BYTES)) for n in range(1, job.n + 1)]
        here.log.absorb([], pair.links)
        for some in _tens(records):
            columns = ([f"bear {n}" for n in range(len(some))],)
            here.apply("Import", [PutMany(Kind.COPY, some, ("notes",), columns)])
        key = here.key
    shutil.copytree(folder / "here.swingtag", folder / "there.swingtag")
    with closing(Vault.open_with_key(folder / "here.swingtag", key, SURROUNDINGS)) as here:
        for some in _tens(records):
            here.apply("Edit", [PutMany(Kind.COPY, some, ("value",), (range(len(some)),))])
        accepted = _sealed_by(here, pair, keep=len(_tens(records)))
    with closing(Vault.open_with_key(folder / "there.swingtag", key, SURROUNDINGS)) as there:
        yield {}
        there.log.absorb(accepted)
        yield {"writes": job.n}
        assert there.records.fields(Kind.COPY, records[-1])


def _tens(records: list[RecordId]) -> list[list[RecordId]]:
    starts = range(0, len(records), WRITES_AN_EDIT)
    return [records[start : start + WRITES_AN_EDIT] for start in starts]


def _sealed_by(vault: Vault, pair: Pair, keep: int) -> list[Accepted]:
    """Return the last pending edits of a vault, as they arrive elsewhere."""
    _, edits = vault.log.pending(1 << 20, 1 << 40)
    ledger, reader = pair.ledger(), pair.ledger()
    author = Author(vault.log.origin, pair.founded.keys.signing, None)
    sent = [
        rebuild(ledger.seal([edit], author, pair.salts), pair.keyring) for edit in edits[-keep:]
    ]
    judged = [reader.judge(sealed) for sealed in sent]
    return [each for each in judged if isinstance(each, Accepted)]
