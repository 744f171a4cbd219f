"""An old page put back alone: is it noticed, and what becomes of the collection?"""

from collections.abc import Container, Iterator
from contextlib import closing
from typing import NamedTuple

from desktop.vault.checking import Finding
from desktop.vault.database import Database
from desktop.vault.errors import DamagedVaultError
from desktop.vault.identity import read_identity
from desktop.vault.opening import DATABASE
from desktop.vault.repairing import repair
from desktop.vault.search import Speaker
from tests.rot import pages
from tests.rot.life import Life
from tests.simulation.machine import Machine
from tests.simulation.template import KEY

_TREES = "SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage ORDER BY name"
SCHEMA = "sqlite_master"
FREE = "no tree"


class Stale(NamedTuple):
    """The page ``number`` as it was at a moment; ``tree``: whose it is at the end."""

    moment: int
    number: int
    tree: str


class Fate(NamedTuple):
    """``mended``: by what, empty if it was not. ``alike``: what is not noticed is no other row."""

    sentences: tuple[str, ...]
    mended: str = ""
    alike: bool = False

    @property
    def noticed(self) -> bool:
        return bool(self.sentences)


def stale_pages(life: Life) -> Iterator[Stale]:
    """Yield each page of each moment that is not what it is at the end."""
    last = life.moments[-1]
    machine = life.lay_out(last)
    with closing(_database(machine)) as database, database.reading() as cursor:
        roots = dict(cursor.execute(_TREES).fetchall())
    owners = pages.trees(last, KEY, {SCHEMA: 1, **roots})
    seen = {pages.page(last, number) for number in range(1, pages.count(last) + 1)}
    for moment, content in enumerate(life.moments[:-1]):
        for number in range(1, min(pages.count(content), pages.count(last)) + 1):
            page = pages.page(content, number)
            if page not in seen:
                seen.add(page)
                yield Stale(moment, number, owners.get(number, FREE))


def last_of_each(life: Life, trees: Container[str]) -> list[Stale]:
    """Return of each of some trees the page that is least old, which differs least."""
    found = {stale.tree: stale for stale in stale_pages(life) if stale.tree in trees}
    return list(found.values())


def put_back(life: Life, stale: Stale) -> Fate:
    """Put a page back, open the collection, check it, and repair what was found."""
    last = life.moments[-1]
    page = pages.page(life.moments[stale.moment], stale.number)
    spliced = pages.splice(last, stale.number, page)
    found = _examine(life.lay_out(spliced))
    if found:
        return Fate(found, _mend(life, life.lay_out(spliced)))
    return Fate(found, alike=_rows(life.lay_out(spliced)) == _rows(life.lay_out(last)))


def _examine(machine: Machine) -> tuple[str, ...]:
    """Return what is said of a folder; it is closed afterwards."""
    try:
        machine.open()
    except DamagedVaultError as error:
        return (type(error).__name__,)
    try:
        told = [Finding("put back")] if machine.vault.put_back else []
        keyring = read_identity(machine.vault.secrets).keyring
        return tuple(each.sentence for each in (*told, *machine.vault.checkup.examine(keyring)))
    finally:
        machine.vault.close()


def _mend(life: Life, machine: Machine) -> str:
    try:
        repair(machine.folder, KEY, None, machine.network.surroundings)
    except DamagedVaultError:
        return "another device"
    machine.open()
    assert machine.vault.undo_label is None
    if machine.vault.log.content_hash() == life.content:
        return "log"
    life.level()
    return "sync" if machine.vault.log.content_hash() == life.content else ""


def _rows(machine: Machine) -> object:
    with closing(_database(machine)) as database:
        try:
            with database.reading() as cursor:
                names = [name for (name,) in cursor.execute(_TABLES).fetchall()]
                sql = "SELECT * FROM {} NOT INDEXED"
                return [(name, cursor.execute(sql.format(name)).fetchall()) for name in names]
        except DamagedVaultError:
            return None


def _database(machine: Machine) -> Database:
    return Database(machine.folder / DATABASE, KEY, Speaker().functions)
