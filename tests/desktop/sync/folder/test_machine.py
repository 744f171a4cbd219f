"""Two collectors with three devices each, sticks and bundles in any order, files lost: all agree.

Hypothesis drives it. What each device wrote is kept beside it; in the end each of a collector's
devices reads all of it, and nothing of the other's.
"""

import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from desktop.sync.folder.traffic import FolderNotice, Traffic
from shared.ids import RecordId
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import (
    Household,
    Template,
    exchange,
    open_bundle,
    save_bundle,
)

HOUSES, DEVICES, STICKS = ("artmatt", "begin"), 3, 2
_BEARABLE = {FolderNotice.WAITS, FolderNotice.DAMAGED}
"""What a stick that lost or harmed files may make a device say. All else is a false alarm."""

who = st.tuples(st.integers(0, len(HOUSES) - 1), st.integers(0, DEVICES - 1))
sticks = st.integers(0, STICKS - 1)


class Sneakers(RuleBasedStateMachine):
    """What collectors do who carry everything by hand."""

    homes: Template
    base: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.base))
        self.sticks = [self.folder / f"stick {n}" for n in range(STICKS)]
        for stick in self.sticks:
            stick.mkdir()
        self.houses = [self.homes.house(self.folder, name, DEVICES) for name in HOUSES]
        self.written: list[dict[RecordId, str]] = [{} for _ in HOUSES]
        self.numbers: dict[tuple[bytes, int], bytes] = {}
        self.bundles: dict[int, list[Path]] = defaultdict(list)

    @rule(at=who, old=st.booleans(), pick=st.integers(0, 20))
    def write(self, at: tuple[int, int], old: bool, pick: int) -> None:  # noqa: FBT001 - drawn
        desk, written = self._desk(at), self.written[at[0]]
        here = sorted(record for record in written if desk.read(record))
        words = f"{at} wrote {len(written)} {pick}"
        if old and here:
            desk.put(here[pick % len(here)], value_note=words)
        else:
            written[desk.add(notes=words)] = words

    @rule(at=who, n=sticks)
    def plug_in(self, at: tuple[int, int], n: int) -> None:
        self._bear(exchange(self._desk(at), self.sticks[n]))
        self._look_at_numbers(self.sticks[n])

    @rule(at=who)
    def save(self, at: tuple[int, int]) -> None:
        path = self.folder / f"{at[0]}-{len(self.bundles[at[0]])}.swingbundle"
        save_bundle(self._desk(at), path)
        self.bundles[at[0]].append(path)

    @rule(at=who, pick=st.integers(0, 20), kept=st.integers(1, 4))
    def open(self, at: tuple[int, int], pick: int, kept: int) -> None:
        saved = self.bundles[at[0]]
        if saved:
            path = saved[pick % len(saved)]
            whole = path.read_bytes()
            path.write_bytes(whole[: max(len(whole) * kept // 4, 37)])
            self._bear(open_bundle(self._desk(at), path), FolderNotice.ENDS_EARLY)
            path.write_bytes(whole)

    @rule(n=sticks, pick=st.integers(0, 1000), harm=st.booleans())
    def lose(self, n: int, pick: int, harm: bool) -> None:  # noqa: FBT001 - drawn
        """Let a file of a stick go, or be cut short."""
        files = sorted(path for path in self.sticks[n].rglob("*") if path.is_file())
        if files:
            path = files[pick % len(files)]
            if harm:
                path.write_bytes(path.read_bytes()[:-1])
            else:
                path.unlink()

    @rule(at=who)
    def restart(self, at: tuple[int, int]) -> None:
        self._desk(at).reopen()

    @rule(at=who, n=sticks)
    def go_back(self, at: tuple[int, int], n: int) -> None:
        """Put an older state of a device back, after a stick has seen the newer one."""
        desk = self._desk(at)
        home = desk.vault.folder
        older = home.with_name("older")

        def keep() -> None:
            shutil.copytree(home, older)

        desk.reopen(meanwhile=keep)
        self.write(at, old=False, pick=n)
        self._bear(exchange(desk, self.sticks[n]))
        anchor = (home / "anchor").read_bytes()

        def put_back() -> None:
            shutil.rmtree(home)
            older.rename(home)
            (home / "anchor").write_bytes(anchor)

        desk.reopen(meanwhile=put_back)
        assert desk.vault.put_back
        self._bear(exchange(desk, self.sticks[n]))  # what it lacks is nowhere else yet

    def teardown(self) -> None:
        last = self.folder / "last stick"
        last.mkdir()
        for house in self.houses:
            house.go_round(last)
        for house, written in zip(self.houses, self.written, strict=True):
            self._agree(house, written)
        for desk in self.houses[0].desks:
            assert not any(desk.read(record) for record in self.written[1])
        for house in self.houses:
            house.close()
        shutil.rmtree(self.folder)

    def _agree(self, house: Household, written: dict[RecordId, str]) -> None:
        assert len(house.hashes) == 1
        for desk in house.desks:
            for record, words in written.items():
                assert desk.read(record)["notes"] == words

    def _desk(self, at: tuple[int, int]) -> Desk:
        return self.houses[at[0]].desks[at[1]]

    def _bear(self, traffic: Traffic, *also: FolderNotice) -> None:
        assert traffic.notices <= _BEARABLE.union(also, {FolderNotice.COPIED}), traffic
        assert not traffic.trouble

    def _look_at_numbers(self, stick: Path) -> None:
        """See that no device ever wrote two things under one number (C8)."""
        for path in stick.rglob("entries/*/*/*"):
            content = path.read_bytes()
            place = content[58:82], int.from_bytes(content[82:90])
            name = (bytes.fromhex(path.parts[-3] + path.parts[-2]), int(path.name, 16))
            if place == name and len(content) > 500:
                signed = content[:218]  # header and signature; a file may be cut behind them
                assert self.numbers.setdefault(name, signed) == signed


def test_whatever_is_carried_in_whatever_order_all_devices_agree(
    homes: Template, tmp_path: Path
) -> None:
    class Here(Sneakers):
        pass

    Here.homes, Here.base = homes, tmp_path
    run_state_machine_as_test(  # type: ignore[no-untyped-call] # as Hypothesis has it
        Here,
        settings=settings(
            max_examples=4,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.reuse, Phase.generate],
        ),
    )
