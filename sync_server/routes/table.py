"""All calls of the server, in the order in which paths are matched."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from shared.protocol import paths
from shared.protocol.messages import (
    About,
    ApprovalRequest,
    BaseReply,
    ChainGrown,
    ChainReply,
    ChainRequest,
    ClaimRequest,
    DoorsReply,
    DoorsRequest,
    FileReply,
    FilesReply,
    FilesRequest,
    ProofReply,
    ProofRequest,
    ReleaseRequest,
    SignUpReply,
    SignUpRequest,
    SlugAnswer,
    SnapshotProposal,
    SnapshotReply,
    SyncReply,
    SyncRequest,
)
from shared.protocol.problems import Code
from sync_server.routes.accounts import Accounts
from sync_server.routes.admission import authority_of
from sync_server.routes.answers import BYTES, HTML, JSON
from sync_server.routes.bases import Bases
from sync_server.routes.calls import Call
from sync_server.routes.events import Events, StreamTimes
from sync_server.routes.files import Files
from sync_server.routes.pairing import Pairing
from sync_server.routes.service import Health, Service, Version
from sync_server.routes.syncing import Syncing
from sync_server.tenancy.house import House
from sync_server.tenancy.throttle import Rate, Throttle
from sync_server.web.landing import Landing
from sync_server.web.looks import read_looks

_EVENTS = "text/event-stream"


def network_rate(per_second: float) -> Rate:
    """Return how often one network may call anything at all: what comes in ten seconds at once."""
    return Rate(math.ceil(per_second * 10), per_second)


NETWORK = network_rate(300)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The time of day in milliseconds since 1970, and seconds that never go back."""

    millis: Callable[[], int]
    steady: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rates:
    """How often strangers may call: each network, and all together.

    ``address``: how often one network may call anything at all.
    """

    sign_up: tuple[Rate, Rate] = (Rate(30, 0.1), Rate(200, 20))
    slug: tuple[Rate, Rate] = (Rate(60, 2), Rate(1000, 100))
    pair: tuple[Rate, Rate] = (Rate(120, 2), Rate(2000, 200))
    address: Rate = NETWORK


def calls(
    house: House,
    *,
    clocks: Clocks,
    rates: Rates,
    times: StreamTimes,
    version: str,
    download: str = "",
) -> tuple[Call, ...]:
    """Return every call that the server answers."""
    return (
        *_sync_calls(house, clocks, times),
        *_chunk_calls(house, clocks),
        *_file_calls(house, clocks),
        *_base_calls(house, clocks),
        *_stranger_calls(house, clocks, rates),
        *_open_calls(house, version, download),
    )


def _sync_calls(house: House, clocks: Clocks, times: StreamTimes) -> tuple[Call, ...]:
    syncing = Syncing(house.doorway, clocks.millis)
    events = Events(house.doorway, times)
    paper = (Code.PAPER,)
    return (
        Call(
            "POST",
            paths.SYNC,
            syncing.sync,
            SyncRequest,
            SyncReply,
            (
                Code.PAPER,
                Code.ENTRY_REFUSED,
                Code.ENTRY_TAKEN,
                Code.ENTRY_GAP,
                Code.EPOCH_STALE,
                Code.CHAIN_BEHIND,
                Code.CHAIN_PARTED,
                Code.QUOTA,
                Code.DISK_FULL,
            ),
            signed=True,
            hot=True,
        ),
        Call("GET", paths.CHAIN, syncing.chain, None, ChainReply, signed=True, hot=True),
        Call(
            "POST",
            paths.CHAIN,
            syncing.grow_chain,
            ChainRequest,
            ChainGrown,
            (Code.CHAIN_MOVED, Code.LINKS_REFUSED, Code.QUOTA, Code.DISK_FULL),
            signed=True,
            hot=True,
        ),
        Call("GET", paths.EVENTS, events.events, None, _EVENTS, paper, signed=True, hot=True),
    )


def _chunk_calls(house: House, clocks: Clocks) -> tuple[Call, ...]:
    files = Files(house.doorway, clocks.millis)
    missing, away = (Code.PAPER, Code.NOT_FOUND), (Code.FILES_AWAY,)
    return (
        Call(
            "POST",
            paths.DOORS,
            files.doors,
            DoorsRequest,
            DoorsReply,
            (*missing, *away, Code.QUOTA),
            signed=True,
            hot=True,
        ),
        Call(
            "PUT",
            paths.CHUNK,
            files.put_chunk,
            BYTES,
            None,
            (*missing, *away, Code.CHUNK_DIFFERS, Code.QUOTA, Code.DISK_FULL),
            signed=True,
            hot=True,
        ),
        Call(
            "GET",
            paths.CHUNK,
            files.get_chunk,
            None,
            BYTES,
            (*missing, *away),
            signed=True,
            hot=True,
            elsewhere=True,
        ),
    )


def _file_calls(house: House, clocks: Clocks) -> tuple[Call, ...]:
    files = Files(house.doorway, clocks.millis)
    missing, away = (Code.PAPER, Code.NOT_FOUND), (Code.FILES_AWAY,)
    return (
        Call(
            "POST",
            paths.CLAIM,
            files.claim,
            ClaimRequest,
            None,
            (*missing, *away, Code.FILE_INCOMPLETE, Code.QUOTA),
            signed=True,
            hot=True,
        ),
        Call(
            "POST",
            paths.PROOF,
            files.proof,
            ProofRequest,
            ProofReply,
            (*missing, *away, Code.FILE_INCOMPLETE),
            signed=True,
            hot=True,
        ),
        Call(
            "POST",
            paths.RELEASE,
            files.release,
            ReleaseRequest,
            None,
            (*missing, Code.LOG_MOVED),
            signed=True,
            hot=True,
        ),
        Call(
            "POST",
            paths.FILES,
            files.listing,
            FilesRequest,
            FilesReply,
            (Code.PAPER,),
            signed=True,
            hot=True,
        ),
        Call("GET", paths.FILE, files.chunks, None, FileReply, missing, signed=True, hot=True),
    )


def _base_calls(house: House, clocks: Clocks) -> tuple[Call, ...]:
    bases = Bases(house.doorway, clocks.millis)
    paper, missing = (Code.PAPER,), (Code.PAPER, Code.NOT_FOUND)
    full = (Code.ENTRY_REFUSED, Code.QUOTA, Code.DISK_FULL)
    moved = (Code.BASE_MOVED, Code.BASE_INCOMPLETE, Code.ENTRY_REFUSED, Code.DISK_FULL)
    return (
        Call("GET", paths.BASE, bases.base, None, BaseReply, paper, signed=True, hot=True),
        Call(
            "POST",
            paths.BASE,
            bases.propose,
            SnapshotProposal,
            BaseReply,
            (*paper, *moved, Code.CHAIN_BEHIND, Code.ENTRY_TAKEN),
            signed=True,
            hot=True,
        ),
        Call(
            "GET",
            paths.SNAPSHOT,
            bases.snapshot,
            None,
            SnapshotReply,
            missing,
            signed=True,
            hot=True,
        ),
        Call(
            "POST",
            paths.SNAPSHOT,
            bases.approve,
            ApprovalRequest,
            BaseReply,
            (*missing, Code.ENTRY_REFUSED, Code.DISK_FULL),
            signed=True,
            hot=True,
        ),
        Call(
            "PUT",
            paths.OBJECT,
            bases.put_object,
            BYTES,
            None,
            (*missing, *full),
            signed=True,
            hot=True,
        ),
        Call("GET", paths.OBJECT, bases.get_object, None, BYTES, missing, signed=True, hot=True),
    )


def _stranger_calls(house: House, clocks: Clocks, rates: Rates) -> tuple[Call, ...]:
    accounts = Accounts(
        house, Throttle(*rates.sign_up, clocks.steady), Throttle(*rates.slug, clocks.steady)
    )
    pairing = Pairing(house.mailboxes, Throttle(*rates.pair, clocks.steady))
    refusals = (
        Code.NOT_ADMITTED,
        Code.CLOCK,
        Code.MISDIRECTED,
        Code.LINKS_REFUSED,
        Code.SLUG_INVALID,
        Code.SLUG_RESERVED,
        Code.SLUG_TAKEN,
        Code.SLUG_ALIKE,
        Code.PROOF,
        Code.UNAVAILABLE,
        Code.SIGNED_UP,
        Code.INVITATION,
        Code.CLOSED,
        Code.MAINTENANCE,
    )
    mail = (Code.NOT_FOUND,)
    return (
        Call("POST", paths.TENANTS, accounts.sign_up, SignUpRequest, SignUpReply, refusals),
        Call("GET", paths.ABOUT, accounts.about, None, About, signed=True),
        Call("GET", paths.SLUG, accounts.ask_slug, None, SlugAnswer),
        Call("PUT", paths.SLOT, pairing.leave_message, BYTES, None, (*mail, Code.SLOT_USED)),
        Call("GET", paths.SLOT, pairing.take_message, None, BYTES, mail),
    )


def _open_calls(house: House, version: str, download: str) -> tuple[Call, ...]:
    service = Service(version)
    landing = Landing(house.hosts, house.names, authority_of, read_looks(), download)
    return (
        Call("GET", paths.HEALTH, service.health, None, Health),
        Call("GET", paths.VERSION, service.version, None, Version),
        Call("GET", paths.OPENAPI, service.openapi, None, JSON),
        Call("GET", "/", landing.front_page, None, HTML),
        Call("GET", "/{name}", landing.collector_page, None, HTML, (Code.NOT_FOUND,)),
    )
