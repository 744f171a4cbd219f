"""The facade over the sync: what the screens of two devices see of each other."""

import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.collection.collection import Collection
from desktop.collection.imaging import Prepared
from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Machine, Wish
from desktop.collection.photos import PictureElsewhereError
from desktop.collection.reference.catalogue import load
from desktop.collection.syncing import Syncing
from desktop.collection.values import Draft, SyncPhase
from desktop.sync.network import Network
from desktop.vault.identity import read_server
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Change
from tests.desktop.sync.desk import PASSWORD, Hand, eventually, network_on, never_ready
from tests.desktop.sync.line import Line
from tests.sync_server.serving import Running, running


class Lens:
    """The seam to pictures: every byte string is one, its first bytes are its thumbnail."""

    def prepare(self, data: bytes) -> Prepared:
        return Prepared(data, "image/jpeg", data[:16], "image/jpeg")


@dataclass
class Computer:
    """A library with its network; it syncs whatever it opens and has a server."""

    library: Library
    network: Network
    vaults: dict[bytes, Vault]

    def sign_up(self, collection: Collection, server: str, name: str) -> None:
        vault = self.vaults[collection.tenant]
        self.network.sign_up(vault, server, name)
        collection.follow(self.start(vault, collection))

    def start(self, vault: Vault, collection: Collection) -> Syncing:
        return self.network.start(vault, changed=collection.announce, tell=collection.tell)


def computer(home: Path, name: str) -> Computer:
    network, vaults = network_on(Line(), Hand()), {}

    def connect(vault: Vault, collection: Collection) -> Syncing | None:
        vaults[vault.tenant] = vault
        return made.start(vault, collection) if read_server(vault.secrets) else None

    surroundings = Surroundings(lambda: time.time_ns() // 1_000_000, secrets.token_bytes)
    machine = Machine(surroundings, None, Lens(), name, "Linux")
    known = KnownCollections(home / name / "collections.json", home / name)
    made = Computer(Library(known, load(), machine, connect), network, vaults)
    return made


def let_in(owner: Computer, collection: Collection, new: Computer, server: str) -> Collection:
    """Pair a new computer with one that has the collection open."""
    vault = owner.vaults[collection.tenant]
    newcomer = new.network.newcomer(server, never_ready)
    with ThreadPoolExecutor(1) as other:
        met = other.submit(owner.network.greet, vault, newcomer.code, never_ready)
        guest = newcomer.meet()
        owner.network.admit(vault, met.result())
    return new.library.join(new.network.join(guest, server), Wish("mine, too", PASSWORD))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with running(tmp_path / "server") as server:
        yield server


def test_two_devices_see_each_other(server: Running, tmp_path: Path) -> None:
    laptop, tablet = computer(tmp_path, "laptop"), computer(tmp_path, "tablet")
    mine = laptop.library.create(Wish("artmatt", PASSWORD)).collection
    begins = laptop.library.create(Wish("begin", PASSWORD)).collection
    laptop.sign_up(mine, server.address, "artmatt")
    laptop.sign_up(begins, server.address, "begin")
    elsewhere: list[Change] = []
    begins.subscribe(elsewhere.append)

    theirs = let_in(laptop, mine, tablet, server.address)
    try:
        names = {"laptop", "tablet", "Emergency kit"}
        eventually(lambda: {card.name for card in mine.devices()} == names)
        eventually(lambda: {card.name for card in theirs.devices()} == names)

        copy = mine.copies.add(Draft(model={"name": "Humphrey"}))
        picture = bytes(range(256)) * 2000
        photo = mine.photos.add(copy, picture)
        eventually(lambda: theirs.photos.thumbnail(photo) == picture[:16])
        with pytest.raises(PictureElsewhereError):
            theirs.photos.original(photo)
        eventually(lambda: can_see(theirs, photo, picture))

        arrived = threading.Event()
        theirs.subscribe(lambda change: arrived.set() if change.remote else None)
        mine.copies.edit([copy], {"notes": "from the laptop"})
        assert arrived.wait(5)
        for collection in (mine, theirs):
            eventually(lambda shown=collection: shown.status.phase is SyncPhase.SAVED)
            assert collection.status.devices == 2
        assert not elsewhere
        assert {card.name for card in begins.devices()} == {"laptop", "Emergency kit"}
    finally:
        for collection in (mine, theirs, begins):
            collection.close()
        laptop.network.http.close()
        tablet.network.http.close()


def can_see(collection: Collection, photo: bytes, picture: bytes) -> bool:
    try:
        return collection.photos.original(photo) == picture
    except PictureElsewhereError:
        return False
