import itertools
import secrets
from dataclasses import dataclass

import pytest

from desktop.collection.imaging import BrokenPictureError, NotAPictureError, Prepared
from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Machine, Wish
from desktop.collection.reference.catalogue import load
from desktop.system.keychain import KeychainClosedError
from desktop.vault.vault import Surroundings

PASSWORD = "correct horse battery"


class Lens:
    """The seam to pictures, for tests: a picture starts with PIC and ends with END."""

    def prepare(self, data):
        if not data.startswith(b"PIC"):
            raise NotAPictureError
        if not data.endswith(b"END"):
            raise BrokenPictureError
        return Prepared(data, "image/jpeg", data[:16], "image/jpeg")


class Drawer:
    """A keychain in memory; ``shut`` makes it refuse."""

    def __init__(self):
        self.secrets = {}
        self.shut = False

    def keep(self, name, secret):
        if self.shut:
            raise KeychainClosedError
        self.secrets[name] = secret

    def fetch(self, name):
        return self.secrets.get(name)

    def drop(self, name):
        self.secrets.pop(name, None)


@dataclass
class Household:
    """Two collectors, each with a computer of their own."""

    artmatt: Library
    begin: Library


@pytest.fixture(scope="session")
def reference():
    return load()


@pytest.fixture
def clock():
    moments = itertools.count(1_700_000_000_000, 1000)
    return lambda: next(moments)


@pytest.fixture
def libraries(tmp_path, reference, clock):
    def library(name, keychain):
        home = tmp_path / name
        known = KnownCollections(home / "collections.json", home / "collections")
        surroundings = Surroundings(clock, secrets.token_bytes)
        machine = Machine(surroundings, keychain, Lens(), f"{name}'s laptop", "Linux")
        return Library(known, reference, machine)

    return Household(library("artmatt", Drawer()), library("begin", None))


@pytest.fixture
def collections(libraries):
    """One open collection of each collector."""
    opened = [
        library.create(Wish(name, PASSWORD, skin=name)).collection
        for name, library in (("artmatt", libraries.artmatt), ("begin", libraries.begin))
    ]
    yield opened
    for collection in opened:
        collection.close()


@pytest.fixture
def artmatt(collections):
    return collections[0]


@pytest.fixture
def begin(collections):
    return collections[1]
