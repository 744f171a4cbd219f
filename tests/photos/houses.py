"""Two collectors and what their devices do with photos, in any order, away or not."""

import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from typing_extensions import override

from desktop.collection.exchanging import ExchangeCare
from desktop.collection.imaging import Prepared
from desktop.collection.naming import Mint
from desktop.collection.photos import Photos
from desktop.collection.photos_here import PhotosHere
from desktop.collection.settings import Settings
from desktop.sync.errors import UnreachableError
from desktop.sync.freeing import UnsentEditsError
from desktop.sync.pictures import cut_up, root_of
from desktop.sync.status import Course
from desktop.vault.photo_policy import PhotoPolicy
from desktop.vault.progress import UNWATCHED
from desktop.vault.references import Reference, Standing
from shared.domain.operations import Put, Restore
from shared.domain.schema import Kind
from shared.ids import FileId, RecordId
from tests.desktop.sync.conftest import NAMES, Household, Template, World, world_of
from tests.desktop.sync.desk import Desk

DAY = 86_400_000
ORIGINAL, SMALL = 1_000, 16
TWO_CHUNKS = 300_000
"""An original of two chunks."""


class Lens:
    """The seam to pictures: the small one is the beginning of the large one."""

    def prepare(self, data: bytes) -> Prepared:
        return Prepared(data, "image/jpeg", data[:SMALL], "image/jpeg")


def care_of(desk: Desk) -> ExchangeCare:
    """Return the exchanges of a desk's vault, which are remembered as the program does it."""
    vault = desk.vault
    return ExchangeCare(
        vault,
        Settings(vault.records, vault.secrets, vault.apply),
        desk.network.surroundings,
        announce=desk.changes.append,
        came=lambda: None,
        kept=lambda: None,
    )


def photos_of(desk: Desk) -> Photos:
    """Return the real verbs for pictures over a desk's vault."""
    vault = desk.vault
    return Photos(
        tenant=vault.tenant,
        files=vault.files,
        records=vault.records,
        references=vault.references,
        imaging=Lens(),
        random=secrets.token_bytes,
        mint=Mint(desk.hand.millis, secrets.token_bytes),
        write=vault.apply,
        device=vault.device,
        policy=lambda: PhotoPolicy.LOOKED_AT,
        syncs=lambda: True,
        by_hand=care_of(desk),
        fetch=lambda photo: desk.session.want(photo),  # noqa: PLW0108  # not every desk has a session
        announce=desk.changes.append,
    )


def photos_here(desk: Desk) -> PhotosHere:
    vault = desk.vault
    return PhotosHere(
        vault.references,
        vault.files,
        vault.secrets,
        write_for_good=lambda label, some: vault.apply(label, some, undoable=False),
        wake=lambda: None,
        syncs=lambda: True,
        alone=lambda: False,
    )


def needed(desk: Desk) -> list[Reference]:
    return [each for each in desk.vault.references.all() if each.standing is not Standing.EMPTIED]


def original_of(desk: Desk, photo: RecordId) -> FileId:
    (file,) = (r.file for r in desk.vault.references.all() if r.photo == photo and not r.small)
    return file


def gathers(desk: Desk) -> bool:
    return desk.session.course is Course.GATHERING


def is_sound(desk: Desk, each: Reference) -> bool:
    files = desk.vault.files
    return files.has(each.file) and root_of(cut_up(files.read(each.file))) == each.root


def at_the_server(world: World, house: Household) -> set[FileId]:
    """Return the files of a tenant on the server's disk."""
    tenant = house.laptop.vault.tenant.hex()
    home = world.server.folder / "tenants" / tenant[:2] / tenant / "files"
    return {FileId(bytes.fromhex(path.name)) for path in home.glob("??/*") if any(path.iterdir())}


def pass_days(world: World, days: int) -> None:
    """Let time pass for everybody; the server deletes what is due when a store is opened."""
    world.server.dial.turn(days * 86_400)
    for house in (world.artmatt, world.begin):
        for desk in house.desks:
            desk.hand.ahead += days * DAY
    world.server.house.doorway._stores.close()


def settle(world: World, house: Household) -> None:
    """Let all of a house's devices sync on several days, so that each hears of each."""
    for _ in range(3):
        sync_all(house)
        pass_days(world, 2)
    sync_all(house)


def sync_all(house: Household) -> None:
    for desk in (*house.desks, *house.desks):
        sync_once(desk)


def sync_once(desk: Desk) -> None:
    """Sync, as the program does it: once more if the server had closed a line that stood idle."""
    try:
        desk.sync()
    except UnreachableError:
        desk.sync()


@dataclass
class Model:
    """What was done in a house."""

    photos: list[RecordId] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)


who, device = st.sampled_from(NAMES), st.integers(0, 1)
which = st.integers(0, 5)


class Houses(RuleBasedStateMachine):
    """Two collectors with two devices each; a device that does not sync is away."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._lasting = world_of(self.template, Path(self._folder.name) / "world")
        self.world = self._lasting.__enter__()
        self.models = {name: Model() for name in NAMES}

    @initialize()
    def begin(self) -> None:
        """Let both houses have some photos that all their devices know, one of them twice."""
        for name in NAMES:
            for device in (0, 0, 1):
                self.add(name, device, 0, twice=False)
            self.add(name, 0, 0, twice=True)
            sync_all(self.house(name))
            photos_of(self.at(name, 0)).remove(self.models[name].photos[1])
            sync_all(self.house(name))

    def house(self, name: str) -> Household:
        house: Household = getattr(self.world, name)
        return house

    def at(self, name: str, device: int) -> Desk:
        return self.house(name).desks[device]

    def chosen(self, name: str, desk: Desk, which: int) -> RecordId | None:
        """Return a photo that this device knows of."""
        known = [p for p in self.models[name].photos if desk.read(p, Kind.PHOTO)]
        return known[which % len(known)] if known else None

    @rule(name=who, device=device, which=which, twice=st.booleans())
    def add(self, name: str, device: int, which: int, *, twice: bool) -> None:
        model, desk = self.models[name], self.at(name, device)
        if twice and model.contents:
            content = model.contents[which % len(model.contents)]
        else:
            content = secrets.token_bytes(ORIGINAL)
            model.contents.append(content)
        model.photos.append(photos_of(desk).add(RecordId(bytes(16)), content))

    @rule(name=who, device=device, which=which)
    def delete(self, name: str, device: int, which: int) -> None:
        desk = self.at(name, device)
        if photo := self.chosen(name, desk, which):
            photos_of(desk).remove(photo)

    @rule(name=who, device=device, which=which)
    def restore(self, name: str, device: int, which: int) -> None:
        desk = self.at(name, device)
        lying = [
            each.photo
            for each in desk.vault.references.all()
            if each.small and each.standing is not Standing.SHOWN
        ]
        if lying:
            photo = lying[which % len(lying)]
            desk.vault.apply("Restore", [Restore(Kind.PHOTO, [photo])])

    @rule(name=who, device=device, which=which)
    def move(self, name: str, device: int, which: int) -> None:
        desk = self.at(name, device)
        if photo := self.chosen(name, desk, which):
            position = secrets.token_hex(4)
            desk.vault.apply("Move", [Put(Kind.PHOTO, photo, {"position": position})])

    @rule(name=who, device=device, redo=st.booleans())
    def undo(self, name: str, device: int, *, redo: bool) -> None:
        vault = self.at(name, device).vault
        (vault.redo if redo else vault.undo)()

    @rule(name=who, device=device)
    def empty_trash(self, name: str, device: int) -> None:
        photos_here(self.at(name, device)).empty_trash()

    @rule(name=who, device=device, which=which)
    def delete_for_good(self, name: str, device: int, which: int) -> None:
        self.delete(name, device, which)
        self.empty_trash(name, device)

    @rule(name=who, device=device)
    def sync(self, name: str, device: int) -> None:
        sync_once(self.at(name, device))

    @rule(name=who, device=device)
    def break_off(self, name: str, device: int) -> None:
        """Let the line go dead within a sync, and the program be started anew."""
        desk = self.at(name, device)
        left = [secrets.randbelow(8)]

        def count(_method: str, _path: str) -> None:
            left[0] -= 1
            desk.line.cut = left[0] < 0

        desk.line.refuse = count
        with suppress(UnreachableError):
            desk.sync()
        desk.line.refuse, desk.line.cut = (lambda _method, _path: None), False
        desk.restart()

    @rule(name=who, device=device, which=which)
    def look(self, name: str, device: int, which: int) -> None:
        desk = self.at(name, device)
        if photo := self.chosen(name, desk, which):
            desk.session.want(photo)

    @rule(name=who, device=device)
    def free(self, name: str, device: int) -> None:
        desk = self.at(name, device)
        if desk.vault.log.waiting():
            with pytest.raises(UnsentEditsError):
                desk.network.free(desk.vault, UNWATCHED)
        else:
            desk.network.free(desk.vault, UNWATCHED)

    @rule(days=st.sampled_from((1, 2, 31)))
    def wait(self, days: int) -> None:
        pass_days(self.world, days)

    @invariant()
    def somebody_has_what_photos_need(self) -> None:
        for name in NAMES:
            house = self.house(name)
            there = at_the_server(self.world, house)
            for desk in house.desks:
                for each in needed(desk):
                    has = each.file in there or any(is_sound(d, each) for d in house.desks)
                    assert has, (name, each.standing, each.small)

    @invariant()
    def nobody_has_anothers_files(self) -> None:
        files = [self._files_of(self.house(name)) for name in NAMES]
        assert files[0].isdisjoint(files[1])

    def _files_of(self, house: Household) -> set[FileId]:
        spoken = {each.file for desk in house.desks for each in desk.vault.references.all()}
        on_disk = {file for desk in house.desks for file in desk.vault.files.sizes()}
        assert at_the_server(self.world, house) <= on_disk | spoken
        return on_disk | spoken

    def all_comes_level(self) -> None:
        """In the end everybody has what is needed, and what is not is let go."""
        for name in NAMES:
            settle(self.world, self.house(name))
        pass_days(self.world, 31)
        for name in NAMES:
            house = self.house(name)
            settle(self.world, house)
            assert house.laptop.hash == house.tablet.hash
            wanted = {each.file for each in needed(house.laptop)}
            assert {each.file for each in needed(house.tablet)} == wanted
            assert at_the_server(self.world, house) == wanted
            for desk in house.desks:
                assert not desk.vault.files.absent
                assert set(desk.vault.files.sizes()) <= wanted
                assert not desk.vault.files.unsent()

    @override
    def teardown(self) -> None:
        try:
            self.all_comes_level()
        finally:
            self._lasting.__exit__(None, None, None)
            self._folder.cleanup()


def live(template: Template, *, worlds: int, steps: int, number: int | None = None) -> None:
    """Let some worlds live and end; with a number it is always the same one."""
    machine = type("Machine", (Houses,), {"template": template})
    run_state_machine_as_test(
        seed(number)(machine) if number is not None else machine,
        settings=settings(
            max_examples=worlds,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
