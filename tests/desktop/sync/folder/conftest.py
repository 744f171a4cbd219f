"""Two collectors who have no server, and a stick."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop.sync.folder.household import Household, Template, make_template


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def artmatt(homes: Template, tmp_path: Path) -> Iterator[Household]:
    house = homes.house(tmp_path, "artmatt")
    yield house
    house.close()


@pytest.fixture
def begin(homes: Template, tmp_path: Path) -> Iterator[Household]:
    house = homes.house(tmp_path, "begin")
    yield house
    house.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder
