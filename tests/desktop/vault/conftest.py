from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desktop.vault.household import Device


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Callable[[str], Device]]:
    """Makes a device by its name."""
    made: list[Device] = []

    def make(name: str) -> Device:
        made.append(Device(name, tmp_path / f"{name}.swingtag"))
        return made[-1]

    yield make
    for each in made:
        each.vault.close()
