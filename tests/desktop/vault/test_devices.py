"""Three devices that write, undo, forget and meet in any order: they always come to agree."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from desktop.vault.archive import Archive
from desktop.vault.layout import layout_of
from desktop.vault.moments import Moments
from desktop.vault.values import Query
from shared.domain.operations import Put, PutMany
from shared.domain.schema import TAG_PREFIX, Kind
from shared.domain.stamps import Stamp
from tests.desktop.vault.household import Device, converge, rid
from tests.desktop.vault.plain import filled, replay

NAMES = ("one", "two", "three")
COPIES = [rid(number) for number in range(1, 5)]
MODEL, TAG = rid(50), TAG_PREFIX + rid(60).hex()

devices = st.sampled_from(range(len(NAMES)))
copies = st.sampled_from(COPIES)
fields = st.sampled_from(["notes", "number", "paid", TAG, "x:own"])


class Household(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.devices = [Device(name, self.home / f"{name}.swingtag") for name in NAMES]
        self.words = 0
        self.written: set[tuple[bytes, str, object]] = set()

    def fresh(self, field: str) -> object:
        self.words += 1
        if field == "paid":
            return self.words
        return bool(self.words % 2) if field == TAG else f"word{self.words}"

    @rule(device=devices, copy=copies, field=fields, clear=st.integers(0, 6))
    def put(self, device, copy, field, clear):
        value = None if clear == 0 else self.fresh(field)
        self.devices[device].vault.apply("Edit", [Put(Kind.COPY, copy, {field: value})])
        if isinstance(value, str | int) and field != TAG:
            self.written.add((copy, field, value))

    @rule(device=devices, same=st.booleans())
    def put_many(self, device, same):
        """The same thing on two devices may be the same value, too."""
        values = ["alike"] * 4 if same else [self.fresh("notes") for _ in COPIES]
        many = PutMany(Kind.COPY, COPIES, ("notes", "model"), (values, [MODEL] * 4))
        self.devices[device].vault.apply("Many", [many])
        self.written |= {(c, "notes", v) for c, v in zip(COPIES, values, strict=True)}

    @rule(device=devices)
    def rename(self, device):
        self.devices[device].put(MODEL, Kind.MODEL, name=self.fresh("name"))

    @rule(device=devices, copy=copies)
    def delete(self, device, copy):
        self.devices[device].delete(copy)

    @rule(device=devices, copy=copies)
    def restore(self, device, copy):
        self.devices[device].restore(copy)

    @rule(device=devices, times=st.integers(1, 3))
    def undo(self, device, times):
        for _ in range(times):
            self.devices[device].vault.undo()

    @rule(device=devices, times=st.integers(1, 2))
    def redo(self, device, times):
        for _ in range(times):
            self.devices[device].vault.redo()

    @rule(device=devices, keep_loser=st.booleans())
    def settle(self, device, keep_loser):
        vault = self.devices[device].vault
        for conflict in vault.records.conflicts()[:1]:
            vault.settle(conflict.number, keep_loser=keep_loser)
            assert conflict.number not in {each.number for each in vault.records.conflicts()}

    @rule(device=devices, millis=st.integers(-100_000, 100_000))
    def turn_clock(self, device, millis):
        self.devices[device].clock.millis += millis

    @rule(device=devices)
    def seal(self, device):
        self.devices[device].seal()

    @rule(reader=devices, writer=devices, pick=st.integers(0, 9))
    def hear(self, reader, writer, pick):
        """Take in one entry that may come next; which one is left to chance."""
        offers = self.devices[reader].lacks(self.devices[writer])
        if offers:
            offer = offers[pick % len(offers)]
            self.devices[reader].vault.log.absorb([offer])
            assert self.devices[reader].vault.log.absorb([offer]).empty

    @rule(device=devices)
    def begin_new_stream(self, device):
        self.devices[device].vault.log.renew()

    @rule(device=devices)
    def reopen(self, device):
        self.devices[device].vault.close()
        self.devices[device].open()

    @invariant()
    def tables_follow_the_plain_rules(self):
        for device in self.devices:
            check_against_plain_rules(device)

    def teardown(self):
        converge(self.devices)
        for device in self.devices:
            check_against_plain_rules(device)
            self.check_nothing_is_lost(device)
            check_index(device)
        assert len({device.vault.log.content_hash() for device in self.devices}) == 1
        assert len({frozenset(losers_of(device)) for device in self.devices}) == 1
        for device in self.devices:
            device.vault.close()
        shutil.rmtree(self.home)

    def check_nothing_is_lost(self, device: Device) -> None:
        known = {
            (copy, past.field, past.value)
            for copy in COPIES
            for past in device.vault.records.history(Kind.COPY, copy)
        }
        assert self.written <= known


def check_against_plain_rules(device: Device) -> None:
    """Compare the tables with a replay of what the device took in, in its own order."""
    with device.vault._database.reading() as cursor:
        moments = Moments(cursor)
        archive = Archive(cursor, moments)
        found = cursor.execute("SELECT moment FROM edit ORDER BY moment").fetchall()
        plain = replay(archive.edit(moment) for (moment,) in found)
        rows = {
            (kind, record): row
            for kind in (Kind.COPY.value, Kind.MODEL.value)
            for record, row in layout_of(kind).read(cursor, [*COPIES, MODEL]).items()
        }
    assert rows.keys() == plain.keys()
    for key, record in plain.items():
        assert (rows[key].fields(), rows[key].deleted) == (filled(record), record.dead)
    assert losers_of(device) == {
        (*key, *loser) for key, record in plain.items() for loser in record.losers
    }


def losers_of(device: Device) -> set[tuple[str, bytes, str, Stamp]]:
    with device.vault._database.reading() as cursor:
        moments = Moments(cursor)
        found = cursor.execute("SELECT kind, record, field, moment FROM conflict").fetchall()
        return {(*spot, moments.stamp(moment)) for *spot, moment in found}


def check_index(device: Device) -> None:
    """See that search, the list and the trash agree with the records."""
    shelves, records = device.vault.shelves, device.vault.records
    living = set(records.living(Kind.COPY))
    assert set(shelves.find(Query())) == living
    assert shelves.counts().trash == sum(
        records.fields(Kind.COPY, copy) is not None and copy not in living for copy in COPIES
    )
    for copy in living:
        held = device.get(copy)
        said = {held.get("notes"), held.get("number"), held.get("x:own")}
        if held.get("model"):
            said.add(device.get(MODEL, Kind.MODEL).get("name"))
        for word in said - {None}:
            assert copy in shelves.find(Query(str(word)))


TestHousehold = Household.TestCase
TestHousehold.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
