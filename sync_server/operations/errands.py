"""The operator's errands: each gives lines to print."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from sync_server.operations.command import Errand, ErrandSettings
from sync_server.operations.doctor import examine
from sync_server.storage.limits import Limits
from sync_server.tenancy.desk import Card, Desk, open_registry
from sync_server.tenancy.house import HouseTakenError, open_house
from sync_server.tenancy.receipts import BadReceiptError
from sync_server.tenancy.registration import Mode
from sync_server.tenancy.relocation import Relocation

Line = Mapping[str, Any]
_TEARDOWN_SECONDS = 60
_LOOK_SECONDS = 0.05


class NoDataError(Exception):
    """There is no server's data in this folder. Name the right one with ``--data``."""


class StillLeavingError(Exception):
    """The tenant is shut out, but the server has not deleted it yet. Run the command again."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The clock (milliseconds since 1970) and the source of random bytes."""

    now: Callable[[], int]
    random: Callable[[int], bytes]


def run_errand(settings: ErrandSettings, around: Surroundings) -> list[Line]:
    """Do one errand in a data folder, whether a server runs there or not."""
    if settings.errand is Errand.IMPORT:  # a new server may begin with it
        settings.data.mkdir(parents=True, exist_ok=True)
    elif not (settings.data / "directory.db").exists():
        raise NoDataError
    registry = open_registry(settings.data, around.random)
    try:
        desk = Desk(registry, settings.data, around.now)
        if settings.errand in {Errand.EXPORT, Errand.IMPORT}:
            return [_relocate(desk, Relocation(registry, settings.data, around.now), settings)]
        return list(_run(desk, settings, around))
    finally:
        registry.close()


def _run(desk: Desk, settings: ErrandSettings, around: Surroundings) -> Iterable[Line]:
    match settings.errand:
        case Errand.TEARDOWN:
            return [_teardown(desk, settings, around)]
        case Errand.VERIFY:
            return [msgspec.to_builtins(desk.verify(_content(settings.subject)))]
        case Errand.AUDIT:
            return [{**line._asdict(), "at": _moment(line.at)} for line in desk.audit()]
        case Errand.PLANS:
            return [_plan(name, limits) for name, limits in desk.plans.items()]
        case Errand.DOCTOR:
            return [asdict(finding) for finding in examine(desk, settings.data)]
        case Errand.REGISTRATION | Errand.MAINTENANCE_ON | Errand.MAINTENANCE_OFF:
            return [_switch(desk, settings)]
        case _:
            return _tenants(desk, settings)


def _tenants(desk: Desk, settings: ErrandSettings) -> Iterable[Line]:
    name = settings.subject
    match settings.errand:
        case Errand.SUSPEND | Errand.RESUME:
            return [_line(desk.suspend(name, suspended=settings.errand is Errand.SUSPEND))]
        case Errand.CREATE:
            code = desk.invite(name, settings.detail)
            return [{"name": name, "plan": settings.detail, "invitation": code}]
        case Errand.ASSIGN_PLAN:
            return [_line(desk.assign_plan(name, settings.detail))]
        case Errand.SHOW:
            return [{**_line(desk.show(name)), **msgspec.to_builtins(desk.holdings(name))}]
        case _:
            return [_line(card) for card in desk.everybody()]


def _relocate(desk: Desk, relocation: Relocation, settings: ErrandSettings) -> Line:
    if settings.errand is Errand.IMPORT:
        return _line(desk.show(relocation.take_in(Path(settings.subject))))
    relocation.pack(settings.subject, Path(settings.detail))
    return {**_line(desk.show(settings.subject)), "file": settings.detail}


def _switch(desk: Desk, settings: ErrandSettings) -> Line:
    if settings.errand is Errand.REGISTRATION:
        desk.register(Mode(settings.subject))
        return {"registration": settings.subject}
    is_on = settings.errand is Errand.MAINTENANCE_ON
    desk.maintain(on=is_on)
    return {"maintenance": "on" if is_on else "off"}


def _teardown(desk: Desk, settings: ErrandSettings, around: Surroundings) -> Line:
    """Have a tenant deleted by the server that runs here, or else do it; return the receipt."""
    tenant = desk.ask_teardown(settings.subject)
    deadline = time.monotonic() + _TEARDOWN_SECONDS
    while (receipt := desk.receipt(tenant)) is None:
        if time.monotonic() > deadline:
            raise StillLeavingError
        try:
            _finish(settings.data, around)
        except HouseTakenError:
            time.sleep(_LOOK_SECONDS)
    line: Line = msgspec.json.decode(receipt)
    return line


def _finish(folder: Path, around: Surroundings) -> None:
    house = open_house(folder, public_name="localhost", now=around.now, random=around.random)
    try:
        asyncio.run(house.steward.look())
    finally:
        house.close()


def _plan(name: str, limits: Limits) -> Line:
    return {"plan": name, **msgspec.structs.asdict(limits)}


def _line(card: Card) -> Line:
    return {**asdict(card), "created": _moment(card.created)}


def _moment(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="seconds")


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadReceiptError from error
