"""Collectors without a server: their devices, and what is carried between them by hand."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from desktop.collection.founding import FIRST_EPOCH, found_tenant
from desktop.sync.books import Books
from desktop.sync.chain import Chain, admission
from desktop.sync.folder.bundle import BundleSource, BundleTarget
from desktop.sync.folder.exchange import FolderExchange
from desktop.sync.folder.places import ROOT, FolderPlace
from desktop.sync.folder.traffic import Traffic
from desktop.sync.joined import Joined
from desktop.vault.identity import Identity, keep_founding, read_identity
from desktop.vault.progress import UNWATCHED, Progress
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.protocol.messages import LinkParcel
from tests.desktop.sync.desk import Desk, Hand, move_in, network_on, open_desk
from tests.desktop.sync.line import Line

HOUSES = {"artmatt": 4, "begin": 3}


def found(folder: Path) -> tuple[Desk, tuple[str, ...]]:
    """Make a collection that no server knows, with the words of its kit."""
    network = network_on(Line(), Hand())
    founded = found_tenant(network.surroundings.random)
    identity = Identity(founded.keys, Keyring(founded.tenant, {FIRST_EPOCH: founded.epoch_key}))
    network.http.close()
    desk = move_in(folder, Joined("", identity, tuple(made.link for made in founded.links)))
    keep_founding(desk.vault.secrets, founded.links)
    return desk, founded.words


def let_in(owner: Desk, folder: Path) -> Desk:
    """Let a second device in, as a pairing by two files does it."""
    random = owner.network.surroundings.random
    books, keys = Books(owner.vault, random), DeviceKeys.generate(random)
    signer = read_identity(owner.vault.secrets)
    made = admission(books.membership, signer, keys.introduce(owner.vault.tenant))
    keep_founding(owner.vault.secrets, (*books.founding, made))
    parcel = LinkParcel(made.link, made.boxes)
    books.grow((parcel,))
    opened = Chain.held(owner.vault.log.state())
    keyring = Chain(opened.membership, opened.links, made.boxes).open_keys(
        keys, Keyring(owner.vault.tenant, {})
    )
    return move_in(folder, Joined("", Identity(keys, keyring), opened.links))


@dataclass
class Household:
    """One collector's devices, and the words of the emergency kit."""

    desks: list[Desk]
    words: tuple[str, ...]

    @property
    def hashes(self) -> set[bytes]:
        return {desk.hash for desk in self.desks}

    def go_round(self, folder: Path, rounds: int = 3) -> None:
        """Carry a stick from device to device until all have seen all."""
        for _ in range(rounds):
            for desk in self.desks:
                exchange(desk, folder)

    def close(self) -> None:
        for desk in self.desks:
            desk.close()


@dataclass(frozen=True)
class Template:
    """The folders of all devices, closed, and the keys to open them: made once, copied often."""

    folder: Path
    keys: dict[str, bytes]
    words: dict[str, tuple[str, ...]]

    def house(self, home: Path, name: str, devices: int = 2) -> Household:
        """Open copies of some of a collector's devices."""
        names = [f"{name}-{n}.swingtag" for n in range(1, devices + 1)]
        for each in names:
            shutil.copytree(self.folder / each, home / each)
        desks = [open_desk(home / each, self.keys[each], "") for each in names]
        return Household(desks, self.words[name])


def make_template(folder: Path) -> Template:
    """Make two collectors with some devices each."""
    keys, words = {}, {}
    for name, devices in HOUSES.items():
        first, words[name] = found(folder / f"{name}-1.swingtag")
        desks = [
            first,
            *(let_in(first, folder / f"{name}-{n}.swingtag") for n in range(2, devices + 1)),
        ]
        for desk in desks:
            keys[desk.vault.folder.name] = desk.vault.key
            desk.close()
    return Template(folder, keys, words)


def place_of(desk: Desk, folder: Path) -> FolderPlace:
    random = desk.network.surroundings.random
    return FolderPlace(folder, desk.vault.tenant, desk.vault.device, random)


def exchanger(desk: Desk) -> FolderExchange:
    return FolderExchange(desk.vault, desk.network.surroundings.random, desk.changes.append)


def exchange(desk: Desk, folder: Path, progress: Progress = UNWATCHED) -> Traffic:
    return exchanger(desk).exchange(place_of(desk, folder), progress)


def save_bundle(desk: Desk, path: Path) -> Traffic:
    with BundleTarget(path, desk.vault.tenant) as target:
        return exchanger(desk).save_bundle(target)


def open_bundle(desk: Desk, path: Path) -> Traffic:
    with BundleSource(path) as source:
        return exchanger(desk).open_bundle(source)


def shelf(desk: Desk, folder: Path) -> Path:
    """Return where a folder keeps what is this collector's."""
    return folder / ROOT / desk.vault.tenant.hex()


def entries(desk: Desk, folder: Path) -> list[Path]:
    return sorted(path for path in shelf(desk, folder).glob("entries/*/*/*") if path.is_file())
