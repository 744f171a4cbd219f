"""Servers, sticks and bundles in any order, as a seed decides: no false alarm, and all agree."""

import random
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.sync.errors import UnreachableError
from desktop.sync.folder.traffic import FolderNotice
from shared.crypto.paper import PAPER_BYTES, paper_device
from tests.desktop.sync.conftest import Household, World
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import exchange, open_bundle, save_bundle

STEPS = 60


class Wanderings:
    """What both collectors do, one step after the other."""

    def __init__(self, world: World, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - it must be the same each time
        self.houses = [world.artmatt, world.begin]
        self.folder = folder
        self.sticks = [folder / f"stick {n}" for n in range(2)]
        for stick in self.sticks:
            stick.mkdir(parents=True)
        self.bundles: dict[str, list[Path]] = {house.name: [] for house in self.houses}

    def step(self) -> None:
        house = self.dice.choice(self.houses)
        desk = self.dice.choice(house.desks)
        deeds: list[tuple[int, Callable[[Household, Desk], None]]] = [
            (6, self.write),
            (6, self.exchange),
            (5, self.sync),
            (2, self.cut),
            (2, self.save),
            (2, self.open),
            (2, self.reopen),
            (1, self.change_key),
            (1, self.lose),
            (1, self.tidy),
        ]
        deed = self.dice.choices([d for _, d in deeds], [weight for weight, _ in deeds])[0]
        deed(house, desk)

    def write(self, _house: Household, desk: Desk) -> None:
        desk.add(notes=f"{self.dice.random()}")

    def exchange(self, _house: Household, desk: Desk) -> None:
        traffic = exchange(desk, self.dice.choice(self.sticks))
        assert traffic.notices <= {FolderNotice.WAITS}, traffic
        assert not traffic.trouble

    def sync(self, _house: Household, desk: Desk) -> None:
        if desk.line.cut:
            with pytest.raises(UnreachableError):
                desk.sync()
            return
        desk.sync()
        assert desk.session.notices == ()

    def cut(self, _house: Household, desk: Desk) -> None:
        desk.line.cut = not desk.line.cut

    def save(self, house: Household, desk: Desk) -> None:
        path = self.folder / f"{house.name}-{len(self.bundles[house.name])}.swingbundle"
        save_bundle(desk, path)
        self.bundles[house.name].append(path)

    def open(self, house: Household, desk: Desk) -> None:
        if self.bundles[house.name]:
            traffic = open_bundle(desk, self.dice.choice(self.bundles[house.name]))
            assert traffic.notices <= {FolderNotice.WAITS}, traffic

    def reopen(self, _house: Household, desk: Desk) -> None:
        desk.reopen()

    def change_key(self, _house: Household, desk: Desk) -> None:
        if not desk.line.cut:
            desk.network.change_kit(desk.vault, paper_device(secrets.token_bytes(PAPER_BYTES)))

    def lose(self, _house: Household, _desk: Desk) -> None:
        files = sorted(self.dice.choice(self.sticks).rglob("entries/*/*/*"))
        if files:
            self.dice.choice(files).unlink()

    def tidy(self, _house: Household, desk: Desk) -> None:
        if not desk.line.cut:
            desk.tidy()

    def end(self) -> None:
        for house in self.houses:
            for desk in house.desks:
                desk.line.cut = False
            for _ in range(3):
                for desk in house.desks:
                    self.sync(house, desk)
            assert house.laptop.hash == house.tablet.hash
            for desk in house.desks:
                assert not desk.vault.log.elsewhere()
                self.exchange(house, desk)
        assert self.houses[0].laptop.hash != self.houses[1].laptop.hash


@pytest.mark.parametrize("seed", range(2))
def test_servers_sticks_and_bundles_in_any_order(world: World, tmp_path: Path, seed: int) -> None:
    wanderings = Wanderings(world, tmp_path / "carried", seed)
    for _ in range(STEPS):
        wanderings.step()
    wanderings.end()
