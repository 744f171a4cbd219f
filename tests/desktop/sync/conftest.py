"""Two collectors with two devices each, at one server. Made once, copied for each test."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.collection.founding import FIRST_EPOCH, found_tenant
from desktop.sync.joined import Joined
from desktop.vault.identity import Identity, keep_founding
from shared.crypto.epochs import Keyring
from sync_server.tenancy.premises import Place
from tests.desktop.sync.desk import Desk, Hand, Line, move_in, network_on, never_ready, open_desk
from tests.sync_server.serving import Running, running

NAMES = ("artmatt", "begin")


@dataclass
class Household:
    """One collector: two devices, and the words of the emergency kit."""

    name: str
    laptop: Desk
    tablet: Desk
    words: tuple[str, ...]

    @property
    def desks(self) -> tuple[Desk, Desk]:
        return self.laptop, self.tablet

    def sync(self, *, rounds: int = 2) -> None:
        for _ in range(rounds):
            for desk in self.desks:
                desk.sync()


@dataclass(frozen=True)
class Template:
    """The folders of everything, closed, and the keys to open them."""

    folder: Path
    keys: dict[str, bytes]
    words: dict[str, tuple[str, ...]]


@dataclass
class World:
    """A server and both collectors."""

    server: Running
    artmatt: Household
    begin: Household


def found(folder: Path, server: str, name: str) -> tuple[Desk, tuple[str, ...]]:
    """Make a collection and sign it up."""
    network = network_on(Line(), Hand())
    founded = found_tenant(network.surroundings.random)
    identity = Identity(founded.keys, Keyring(founded.tenant, {FIRST_EPOCH: founded.epoch_key}))
    network.http.close()
    desk = move_in(folder, Joined("", identity, tuple(made.link for made in founded.links)))
    keep_founding(desk.vault.secrets, founded.links)
    desk.network.sign_up(desk.vault, server, name, name)
    return desk, founded.words


def pair(owner: Desk, folder: Path, server: str) -> Desk:
    """Let a second device in, through the mailbox."""
    network = network_on(Line(), Hand())
    newcomer = network.newcomer(server, never_ready)
    with ThreadPoolExecutor(1) as other:
        met = other.submit(owner.network.greet, owner.vault, newcomer.code, never_ready)
        guest = newcomer.meet()
        reception = met.result()
    assert guest.digits == reception.digits
    owner.network.admit(owner.vault, reception)
    joined = network.join(guest, server)
    network.http.close()
    return move_in(folder, joined)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("template"))


def make_template(folder: Path) -> Template:
    """Let both collectors begin, each with two devices, in a folder."""
    keys, words = {}, {}
    with running(folder / "server") as server:
        for name in NAMES:
            laptop, words[name] = found(folder / f"{name}-laptop.swingtag", server.address, name)
            tablet = pair(laptop, folder / f"{name}-tablet.swingtag", server.address)
            for desk in (laptop, tablet):
                desk.sync()
                keys[desk.vault.folder.name] = desk.vault.key
                desk.close()
    return Template(folder, keys, words)


@pytest.fixture
def world(template: Template, tmp_path: Path) -> Iterator[World]:
    with world_of(template, tmp_path / "world") as world:
        yield world


@contextmanager
def world_of(template: Template, folder: Path, attachments: str = "") -> Iterator[World]:
    """Copy the template and run its server, with a bucket for attachments or without."""
    shutil.copytree(template.folder, folder)
    place = Place(folder / "server", attachments=attachments)
    with running(place.folder, place=place) as server:
        houses = [_household(template, folder, name, server) for name in NAMES]
        yield World(server, *houses)
        for house in houses:
            for desk in house.desks:
                desk.close()


def _household(template: Template, folder: Path, name: str, server: Running) -> Household:
    desks = [
        open_desk(folder / f"{name}-{device}.swingtag", key, server.address)
        for device in ("laptop", "tablet")
        for key in [template.keys[f"{name}-{device}.swingtag"]]
    ]
    return Household(name, *desks, template.words[name])
