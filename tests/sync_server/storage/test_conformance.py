"""Every adapter does what a simple model says, for two tenants at once, whoever else writes."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from shared.ids import Cursor, EntryHash, FileId, LogId
from shared.protocol.limits import RELEASED_SECONDS, UNCLAIMED_SECONDS
from shared.protocol.messages import LinkParcel
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import OutdatedError, Stores
from sync_server.storage.sqlite.stores import open_home
from sync_server.storage.tenant_store import Growth, Parcel, TenantStore
from sync_server.tenancy.plans import PLANS, STANDARD
from tests.sync_server.collector import Collector, Device, Keys

NAMES = ("artmatt", "begin")
LIMITS = PLANS[STANDARD]
who = st.sampled_from(NAMES)


@dataclass
class Expected:
    """What a tenant should have."""

    collector: Collector
    devices: list[Device]
    log: LogId
    entries: list[tuple[Device, bytes]] = field(default_factory=list)
    chunks: dict[FileId, bytes] = field(default_factory=dict)
    claimed: set[FileId] = field(default_factory=set)


class Adapter(RuleBasedStateMachine):
    """Two tenants, each with two stores open at once where the adapter lets several write."""

    stores: Stores

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_800_000_000_000
        self.expected: dict[str, Expected] = {}
        self.opened: dict[str, list[TenantStore]] = {}
        for name in NAMES:
            collector = Collector(name)
            log = LogId(os.urandom(16))
            for _ in range(2):  # again is fine
                self.stores.create(collector.tenant, collector.parcels, log)
            device = Device(None, collector)  # type: ignore[arg-type] # it only seals here
            self.expected[name] = Expected(collector, [device], log)
            self.open(name)

    def open(self, name: str) -> None:
        tenant = self.expected[name].collector.tenant
        first = TenantStore(self.stores.home(tenant), tenant, LIMITS)
        self.opened[name] = [first]
        if first.is_shared:
            self.opened[name].append(TenantStore(self.stores.home(tenant), tenant, LIMITS))

    def close(self, name: str) -> None:
        for store in self.opened.pop(name):
            store.close()

    def do(self, name: str, at: int, call: str, *args: object, **named: object) -> object:
        """Call one of the stores; look again if another one has written, as servers do."""
        store = self.opened[name][at % len(self.opened[name])]
        target: object = store
        for part in call.split("."):
            target = getattr(target, part)
        try:
            return target(*args, **named)  # type: ignore[operator] # a method by its name
        except OutdatedError:
            store.refresh()
            return target(*args, **named)  # type: ignore[operator] # a method by its name

    @rule(
        name=who,
        at=st.integers(0, 1),
        which=st.integers(0, 3),
        sizes=st.lists(st.integers(600, 5000), min_size=1, max_size=4),
        again=st.booleans(),
    )
    def append(self, name: str, at: int, which: int, sizes: list[int], *, again: bool) -> None:
        expected = self.expected[name]
        device = expected.devices[which % len(expected.devices)]
        sealed = [device.write(size) for size in sizes]
        before = len(expected.entries)
        parcels = [Parcel(sealed[:1], again=False), Parcel(sealed, again=again)]
        outcomes = self.do(name, at, "append_each", parcels)
        expected.entries += [(device, each) for each in sealed]
        writers = frozenset({device.keys.device})
        assert outcomes == [
            Growth(Cursor(before), Cursor(before + 1), writers),
            Growth(Cursor(before + 1), Cursor(before + len(sealed)), writers),
        ]

    @rule(name=who, at=st.integers(0, 1), which=st.integers(0, 3))
    def append_what_does_not_fit(self, name: str, at: int, which: int) -> None:
        expected = self.expected[name]
        device = expected.devices[which % len(expected.devices)]
        other = self.expected[NAMES[name == NAMES[0]]].devices[0]
        last = device.last.header.seq if device.last else 0
        gap, fork = device.seal(seq=last + 2), device.seal(prev=os.urandom(32), seq=max(last, 1))
        wrong = [gap, other.seal(seq=1, incarnation=other.incarnation)]
        if last:
            wrong.append(fork)
        outcomes = self.do(name, at, "append_each", [Parcel([each], again=False) for each in wrong])
        assert isinstance(outcomes, list)
        codes = [each.code.word for each in outcomes]
        assert codes == ["entry_gap", "entry_refused", "entry_taken"][: len(wrong)]

    @rule(name=who, at=st.integers(0, 1), after=st.integers(0, 30), leave_out=st.booleans())
    def read(self, name: str, at: int, after: int, *, leave_out: bool) -> None:
        expected = self.expected[name]
        self.opened[name][at % len(self.opened[name])].refresh()
        device = expected.devices[0]
        wanted = [
            sealed for by, sealed in expected.entries[after:] if not (leave_out and by is device)
        ]
        without = device.keys.device if leave_out else None
        found: list[bytes] = []
        cursor, more = Cursor(after), True
        while more and cursor < len(expected.entries):
            page = self.do(name, at, "log.page", cursor, without=without, budget=9000)
            found += page.entries  # type: ignore[attr-defined] # a Page
            cursor, more = page.cursor, page.more  # type: ignore[attr-defined] # a Page
        assert found == wanted

    @rule(name=who, at=st.integers(0, 1))
    def add_a_device(self, name: str, at: int) -> None:
        expected = self.expected[name]
        if len(expected.devices) > 3:
            return
        collector, keys = expected.collector, Keys()
        made = collector.admission(keys)
        head = collector.membership.head
        parcel = LinkParcel(made.link, made.boxes)
        for _ in range(2):  # again is fine
            self.do(name, at, "extend_chain", head, [parcel])
        collector.take(made)
        expected.devices.append(Device(None, collector, keys))  # type: ignore[arg-type] # as above
        with pytest.raises(RefusedError):
            self.do(name, at, "extend_chain", EntryHash(os.urandom(32)), [parcel])

    @rule(name=who, at=st.integers(0, 1), size=st.integers(1, 3000))
    def put_a_chunk(self, name: str, at: int, size: int) -> None:
        file, content = FileId(os.urandom(16)), os.urandom(size)
        for _ in range(2):  # again is fine
            self.do(name, at, "put_chunk", file, 0, content, now=self.now)
        self.expected[name].chunks[file] = content
        with pytest.raises(RefusedError):
            self.do(name, at + 1, "put_chunk", file, 0, content + b"x", now=self.now)

    @rule(name=who, at=st.integers(0, 1), keep=st.booleans())
    def claim_and_sweep(self, name: str, at: int, *, keep: bool) -> None:
        expected = self.expected[name]
        for file in expected.chunks:
            if keep:
                self.do(name, at, "files.claim", file, 1, room=LIMITS.file_room)
            elif file in expected.claimed:
                end = Cursor(len(expected.entries))
                self.opened[name][at % len(self.opened[name])].refresh()
                self.do(name, at, "release", file, expected.log, end, now=self.now)
                if end:
                    with pytest.raises(RefusedError):
                        self.do(
                            name, at, "release", file, expected.log, Cursor(end - 1), now=self.now
                        )
        expected.claimed = set(expected.chunks) if keep else set()
        self.now += 1000 * max(UNCLAIMED_SECONDS, RELEASED_SECONDS)
        for each in NAMES:
            self.do(each, at, "files.sweep", now=self.now)
            mine = self.expected[each]
            for file in set(mine.chunks) - mine.claimed:
                del mine.chunks[file]
                with pytest.raises(RefusedError):
                    self.do(each, at, "files.get", file, 0)

    @rule(name=who)
    def come_again(self, name: str) -> None:
        self.close(name)
        self.open(name)

    @rule(name=who)
    def write_out_and_put_back(self, name: str) -> None:
        tenant = self.expected[name].collector.tenant
        self.close(name)
        folder = Path(tempfile.mkdtemp())
        draft = folder / "draft"
        draft.mkdir()
        self.stores.export(tenant, draft)
        copy = TenantStore(open_home(draft), tenant, LIMITS)
        assert copy.is_sound()
        self.expected[name].log = LogId(os.urandom(16))
        copy.begin_again(self.expected[name].log)
        copy.close()
        self.stores.take_in(tenant, draft)
        shutil.rmtree(folder)
        self.open(name)

    @invariant()
    def everything_is_there(self) -> None:
        for name, expected in self.expected.items():
            for store in self.opened[name]:
                store.refresh()
                assert store.log.id == expected.log
                assert store.log.state.end == len(expected.entries)
                assert store.log.state.bytes == sum(len(each) for _, each in expected.entries)
                assert store.membership == expected.collector.membership
                files = store.files.about()
                assert (files.files, files.bytes) == (
                    len(expected.chunks),
                    sum(map(len, expected.chunks.values())),
                )
                for file, content in expected.chunks.items():
                    assert store.files.get(file, 0) == content
                assert dict(_listed(store)) == {f: f in expected.claimed for f in expected.chunks}

    def teardown(self) -> None:
        for name in tuple(self.opened):
            store = self.opened[name][0]
            assert store.is_sound()
            assert store.holdings().entries == len(self.expected[name].entries)
            self.close(name)
        tenants = [each.collector.tenant for each in self.expected.values()]
        assert {each.hex() for each in tenants} <= self.stores.tenants()
        for tenant in tenants:
            for _ in range(2):  # again is fine
                self.stores.remove(tenant)
            assert not self.stores.holds(tenant)
        assert self.stores.tenants() == set()
        super().teardown()


def _listed(store: TenantStore) -> Iterator[tuple[FileId, bool]]:
    """Yield all attachments with whether they are claimed, page by page."""
    after, more = b"", True
    while more:
        page = store.files.listing(after, most=2)
        yield from ((each.file, each.claimed) for each in page.files)
        after, more = page.files[-1].file if page.files else after, page.more


def test_an_adapter_does_what_the_model_says(stores: Stores) -> None:
    machine = type("Machine", (Adapter,), {"stores": stores})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
