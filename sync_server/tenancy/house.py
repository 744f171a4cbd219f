"""All tenants under one roof: opens what is kept and hands out the ways in."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from sync_server.storage.errors import HouseTakenError
from sync_server.storage.ports import Mailboxes
from sync_server.tenancy.allowances import Allowances
from sync_server.tenancy.backups import Backups
from sync_server.tenancy.census import Census, counting
from sync_server.tenancy.doorway import Doorway
from sync_server.tenancy.enquiry import Enquiry
from sync_server.tenancy.farewells import Farewells
from sync_server.tenancy.hosts import Hosts
from sync_server.tenancy.moving import Moving
from sync_server.tenancy.name_locks import NameLocks
from sync_server.tenancy.names import Names
from sync_server.tenancy.open_stores import OpenStores
from sync_server.tenancy.plans import PLANS, PlanBook, Plans
from sync_server.tenancy.premises import Place, Premises, open_premises
from sync_server.tenancy.puzzles import PROOF_BITS, Puzzles
from sync_server.tenancy.registration import Registration
from sync_server.tenancy.sign_up import SignUp
from sync_server.tenancy.steward import Steward
from sync_server.tenancy.wakeups import Wakeups, hear_others

MOST_OPEN_STORES = 256


@dataclass(frozen=True, slots=True)
class House:
    """What the routes need of the tenants.

    ``hear`` wakes devices that listen here when another process has written, until it is
    cancelled; ``close`` releases what is kept.
    """

    doorway: Doorway
    sign_up: SignUp
    names: Names
    enquiry: Enquiry
    hosts: Hosts
    mailboxes: Mailboxes
    wakeups: Wakeups
    steward: Steward
    census: Callable[[], Awaitable[Census]]
    hear: Callable[[], Awaitable[None]]
    close: Callable[[], None]


def open_house(
    place: Place,
    *,
    public_name: str,
    now: Callable[[], int],
    random: Callable[[int], bytes],
    plans: Plans = PLANS,
    proof_bits: int = PROOF_BITS,
    most_open: int = MOST_OPEN_STORES,
    steady: Callable[[], float] = time.monotonic,
) -> House:
    """Open what is kept in a place, or make it.

    ``now`` returns milliseconds since 1970, ``steady`` seconds of a clock that does not go back.
    Raises HouseTakenError when another process has it open.
    """
    premises = open_premises(place, now=now, random=random, steady=steady)
    move_out = _settle_in(premises)
    directory, books, shards = premises.directory, premises.books, premises.shards
    book = PlanBook(books, plans)
    opened = OpenStores(directory, shards, book, most=most_open, now=now)
    wakeups, hosts = Wakeups(premises.wire), Hosts(public_name)
    locks, backups = NameLocks(books, now), Backups(premises, now)
    names = Names(directory, locks)
    puzzles = Puzzles(books, now, proof_bits)
    sign_up, enquiry = _reception(premises, names, puzzles, now=now, random=random)
    steward = Steward(
        premises,
        opened=opened,
        wakeups=wakeups,
        farewells=Farewells(premises, locks, book, backups, now),
        backups=backups,
        moving=Moving(premises, now),
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
        mailboxes=premises.mailboxes,
        wakeups=wakeups,
        steward=steward,
        census=counting(directory, opened, wakeups, steward),
        hear=partial(hear_others, premises.wire, opened, wakeups),
        close=partial(_close, opened, premises, move_out),
    )


def _settle_in(premises: Premises) -> Callable[[], None]:
    try:
        move_out = premises.settle_in()
    except HouseTakenError:
        premises.close()
        raise
    premises.shards.tidy()
    return move_out


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


def _close(opened: OpenStores, premises: Premises, move_out: Callable[[], None]) -> None:
    opened.close()
    if premises.wire is not None:
        premises.wire.close()
    premises.close()
    move_out()
