"""All tenants under one roof: opens the data folder and hands out the ways in."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sync_server.storage.directory import Directory
from sync_server.storage.tenant_stores import TenantStores
from sync_server.tenancy.doorway import Doorway
from sync_server.tenancy.hosts import Hosts
from sync_server.tenancy.names import Names
from sync_server.tenancy.open_stores import OpenStores
from sync_server.tenancy.plans import PLANS, Plans
from sync_server.tenancy.sign_up import SignUp
from sync_server.tenancy.wakeups import Wakeups

MOST_OPEN_STORES = 256


class HouseTakenError(Exception):
    """Another server already works in this data folder. Stop it, or choose another folder."""


@dataclass(frozen=True, slots=True)
class House:
    """What the routes need of the tenants. ``close`` releases the data folder."""

    doorway: Doorway
    sign_up: SignUp
    names: Names
    hosts: Hosts
    wakeups: Wakeups
    close: Callable[[], None]


def open_house(
    folder: Path,
    *,
    public_name: str,
    now: Callable[[], int],
    random: Callable[[int], bytes],
    plans: Plans = PLANS,
    most_open: int = MOST_OPEN_STORES,
) -> House:
    """Open a data folder, or make one. ``now`` returns milliseconds since 1970.

    Raises HouseTakenError when another process has it open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder / "lock")
    directory = Directory(folder / "directory.db")
    stores = TenantStores(folder)
    opened = OpenStores(directory, stores, plans, most=most_open, now=now)
    wakeups, hosts = Wakeups(), Hosts(public_name)

    def close() -> None:
        opened.close()
        directory.close()
        lock.close()

    return House(
        doorway=Doorway(opened, wakeups, hosts, now),
        sign_up=SignUp(directory, stores, now=now, random=random),
        names=Names(directory),
        hosts=hosts,
        wakeups=wakeups,
        close=close,
    )


def _lock(path: Path) -> sqlite3.Connection:
    """Hold a file until the process ends, however it ends; SQLite knows how on every system."""
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise HouseTakenError from error
    return lock
