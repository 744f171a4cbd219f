"""A world in which snapshots are made at any time ends like one that never drops anything."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.vault.values import Query
from shared.domain.pages import Edits, Grave, Records, decode_page
from shared.domain.schema import TAG_PREFIX, Kind
from shared.ids import RecordId
from tests.desktop.vault.household import Clock, Device, rid
from tests.desktop.vault.pool import Pool
from tests.shared.vectors import second_snapshots

NAMES = ("laptop", "tablet", "phone", "attic")
"""The last one is away between the first and the last sync."""
COPIES = 4
FIELDS = ("notes", "status", "paid", TAG_PREFIX + "aa", "poem")
_numbers = count()

devices = st.integers(0, len(NAMES) - 1)
copies = st.integers(0, COPIES)
steps = st.one_of(
    st.tuples(st.just("put"), devices, copies, st.sampled_from(FIELDS), st.integers(0, 2)),
    st.tuples(st.just("put"), devices, copies, st.sampled_from(FIELDS), st.integers(0, 2)),
    st.tuples(st.just("delete"), devices, copies),
    st.tuples(st.just("restore"), devices, copies),
    st.tuples(st.just("undo"), devices),
    st.tuples(st.just("settle"), devices),
    st.tuples(st.just("sync"), devices),
    st.tuples(st.just("compact"), st.integers(0, len(NAMES) - 2)),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


def value(field: str, number: int) -> str | int | bool | None:
    match field, number:
        case "paid", _:
            return number or None
        case "notes" | "status" | "poem", _:
            return f"word {number}" if number else None
        case _:
            return bool(number)


def edit(step: tuple, device: Device) -> None:
    match step:
        case "put", _, copy, field, number:
            device.put(rid(copy), **{field: value(field, number)})
        case "delete", _, copy:
            device.delete(rid(copy))
        case "restore", _, copy:
            device.restore(rid(copy))
        case "undo", _:
            device.vault.undo()
        case _:
            for conflict in device.vault.records.conflicts()[:1]:
                device.vault.settle(conflict.number, keep_loser=True)


def do(step: tuple, house: list[Device], pool: Pool) -> None:
    what, device, present = step[0], house[step[1]], house[:-1]
    if what == "sync" and device in present:
        pool.sync(device)
    elif what == "compact":
        pool.compact(device, [other for other in present if other is not device])
    elif what != "sync":
        edit(step, device)


def histories(device: Device) -> dict[RecordId, list[tuple]]:
    return {
        rid(copy): [
            (past.field, past.value, past.device, past.millis, past.label)
            for past in device.vault.records.history(Kind.COPY, rid(copy))
        ]
        for copy in range(COPIES + 1)
    }


def trashed(device: Device) -> set[RecordId]:
    return set(device.vault.shelves.find(Query(shelf="trash")))


def teddies(device: Device) -> list[RecordId]:
    return list(device.vault.shelves.find(Query("teddy")))


def close_and_open(device: Device) -> None:
    device.vault.close()
    device.open()


@pytest.mark.parametrize(
    "then",
    [
        lambda device: device.vault.snapshots.let_be_found(),
        lambda device: device.put(rid(2), notes="an edit that comes in between"),
        close_and_open,
    ],
)
def test_what_is_taken_in_is_listed_first_and_found_soon(
    then: Callable[[Device], object], tmp_path: Path
) -> None:
    pool, maker = Pool(), Device("laptop", tmp_path / "laptop")
    for number in (1, 2):
        maker.put(rid(number), notes=f"teddy {number}")
    pool.compact(maker, [])
    newcomer = Device("new", tmp_path / "new")
    pool.pull(newcomer)
    assert list(newcomer.vault.shelves.find(Query())) == [rid(1), rid(2)]
    assert not teddies(newcomer)
    then(newcomer)
    assert rid(1) in teddies(newcomer)
    newcomer.put(rid(1), notes="renamed")
    newcomer.put(rid(3), notes="another teddy")
    assert rid(1) not in teddies(newcomer)
    assert rid(3) in teddies(newcomer)
    assert newcomer.vault.snapshots.let_be_found().empty
    assert not newcomer.vault.checkup.examine(None)
    for device in (maker, newcomer):
        device.vault.close()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.lists(steps, max_size=6), then=st.lists(steps, min_size=8, max_size=40))
def test_nothing_is_lost_or_comes_back_by_putting_entries_together(
    folder: Path, first: list[tuple], then: list[tuple]
) -> None:
    home = folder / str(next(_numbers))
    clock, pool = Clock(), Pool()
    house = [Device(name, home / name, clock) for name in NAMES]
    for step in first:
        do(step, house, pool)
    pool.sync(house[-1])
    for step in then:
        do(step, house, pool)
    for _ in range(2):
        for device in house:
            pool.sync(device)
    newcomer, control = Device("new", home / "new", clock), Device("control", home / "all", clock)
    pool.pull(newcomer)
    pool.pull(control, whole=True)
    for device in (*house, newcomer):
        assert device.vault.log.content_hash() == control.vault.log.content_hash()
        assert trashed(device) == trashed(control)
        pool.fetch_history(device)
        assert histories(device) == histories(control)
        assert device.vault.records.living(Kind.COPY) == control.vault.records.living(Kind.COPY)
    pages = list(control.vault.snapshots.state(control.heads))
    told = second_snapshots.read_pages([page.raw for page in pages])
    assert second_snapshots.write_pages(told) == [page.raw for page in pages if page.agreed]
    for device in (*house, newcomer, control):
        device.vault.close()
    shutil.rmtree(home)


def test_a_snapshot_tells_what_was_taken_out_of_the_trash(device):
    one = device("one")
    one.put(rid(1), notes="kept")
    one.delete(rid(1))
    one.restore(rid(1))
    one.seal()
    pages = [decode_page(page.raw) for page in one.vault.snapshots.state(one.heads)]
    (edits,) = (page for page in pages if isinstance(page, Edits))
    (records,) = (page for page in pages if isinstance(page, Records))
    assert records.graves == (Grave(0, 3, ((0, edits.readings[0]),), (3,)),)
