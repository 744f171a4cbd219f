"""All tenants under one roof: opens the data folder and hands out the ways in."""

import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sync_server.storage.mailbox import MemoryMailboxes
from sync_server.storage.ports import Mailboxes
from sync_server.tenancy.allowances import Allowances
from sync_server.tenancy.backups import Backups
from sync_server.tenancy.census import Census, counting
from sync_server.tenancy.doorway import Doorway
from sync_server.tenancy.enquiry import Enquiry
from sync_server.tenancy.hosts import Hosts
from sync_server.tenancy.name_locks import NameLocks
from sync_server.tenancy.names import Names
from sync_server.tenancy.open_stores import OpenStores
from sync_server.tenancy.plans import PLANS, PlanBook, Plans
from sync_server.tenancy.premises import Place, Premises, open_premises
from sync_server.tenancy.puzzles import PROOF_BITS, Puzzles
from sync_server.tenancy.registration import Registration
from sync_server.tenancy.sign_up import SignUp
from sync_server.tenancy.steward import Steward
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
    enquiry: Enquiry
    hosts: Hosts
    mailboxes: Mailboxes
    wakeups: Wakeups
    steward: Steward
    census: Callable[[], Awaitable[Census]]
    close: Callable[[], None]


def open_house(
    folder: Path,
    *,
    public_name: str,
    now: Callable[[], int],
    random: Callable[[int], bytes],
    plans: Plans = PLANS,
    proof_bits: int = PROOF_BITS,
    most_open: int = MOST_OPEN_STORES,
    steady: Callable[[], float] = time.monotonic,
) -> House:
    """Open a data folder, or make one.

    ``now`` returns milliseconds since 1970, ``steady`` seconds of a clock that does not go back.
    Raises HouseTakenError when another process has it open.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder / "lock")
    premises = open_premises(Place(folder), random)
    premises.shards.tidy()
    directory, books, shards = premises.directory, premises.books, premises.shards
    book = PlanBook(books, plans)
    opened = OpenStores(directory, shards, book, most=most_open, now=now)
    wakeups, hosts = Wakeups(), Hosts(public_name)
    locks = NameLocks(books, now)
    names = Names(directory, locks)
    puzzles = Puzzles(books, now, proof_bits)
    sign_up, enquiry = _reception(premises, names, puzzles, now=now, random=random)
    steward = Steward(
        premises,
        opened=opened,
        wakeups=wakeups,
        locks=locks,
        plans=book,
        backups=Backups(premises, now),
        now=now,
    )

    return House(
        doorway=Doorway(
            opened,
            wakeups,
            hosts=hosts,
            steward=steward,
            allowances=Allowances(steady),
            now=now,
        ),
        sign_up=sign_up,
        enquiry=enquiry,
        names=names,
        hosts=hosts,
        mailboxes=MemoryMailboxes(steady),
        wakeups=wakeups,
        steward=steward,
        census=counting(directory, opened, wakeups, steward),
        close=partial(_close, opened, premises, lock),
    )


def _reception(
    premises: Premises,
    names: Names,
    puzzles: Puzzles,
    *,
    now: Callable[[], int],
    random: Callable[[int], bytes],
) -> tuple[SignUp, Enquiry]:
    """Put together what newcomers meet."""
    registration = Registration(premises.books, now)
    sign_up = SignUp(
        premises.directory,
        names,
        registration=registration,
        puzzles=puzzles,
        shards=premises.shards,
        now=now,
        random=random,
    )
    return sign_up, Enquiry(names, registration, puzzles)


def _close(opened: OpenStores, premises: Premises, lock: sqlite3.Connection) -> None:
    opened.close()
    premises.close()
    lock.close()


def _lock(path: Path) -> sqlite3.Connection:
    """Hold a file until the process ends, however it ends; SQLite knows how on every system."""
    lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise HouseTakenError from error
    return lock
