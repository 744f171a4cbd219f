"""The operator's errands: each gives lines to print."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from sync_server.operations.doctor import examine
from sync_server.operations.errand import Errand, ErrandSettings
from sync_server.storage.backup_shelf import Backup
from sync_server.storage.errors import HouseTakenError
from sync_server.storage.limits import Limits
from sync_server.storage.shard_book import Shard
from sync_server.tenancy.backups import KEPT, Backups, NoSuchBackupError
from sync_server.tenancy.desk import Card, Desk, NoSuchTenantError
from sync_server.tenancy.house import open_house
from sync_server.tenancy.moving import BadShardError, Moving, NoShardsError, StillMovingError
from sync_server.tenancy.plans import PLANS, STANDARD, BadPlanError, NoSuchPlanError, PlanInUseError
from sync_server.tenancy.premises import Place, open_premises
from sync_server.tenancy.receipts import BadReceiptError
from sync_server.tenancy.registration import Mode
from sync_server.tenancy.relocation import Relocation
from sync_server.tenancy.shards import NoSuchShardError

Line = Mapping[str, Any]
_PATIENCE_SECONDS = 60
_LOOK_SECONDS = 0.05


class NoDataError(Exception):
    """There is no server's data in this folder. Name the right one with ``--data``."""


class StillLeavingError(Exception):
    """The tenant is shut out, but the server has not deleted it yet. Run the command again."""


class StillRestoringError(Exception):
    """The server has not put the backup back yet. Run the command again."""


class NotRestoredError(Exception):
    """The backup could not be put back; what was there is there still. Try an older one."""


SAID = (
    NoSuchTenantError,
    NoSuchPlanError,
    NoSuchBackupError,
    BadPlanError,
    PlanInUseError,
    NoDataError,
    StillLeavingError,
    StillRestoringError,
    NotRestoredError,
    StillMovingError,
    NoShardsError,
    NoSuchShardError,
    BadShardError,
    BadReceiptError,
)
"""What an operator reads instead of a result: their docstrings."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The clock (milliseconds since 1970) and the source of random bytes."""

    now: Callable[[], int]
    random: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Office:
    """What an errand works with, and what it is to do."""

    desk: Desk
    relocation: Relocation
    backups: Backups
    moving: Moving
    asked: ErrandSettings
    around: Surroundings


def run_errand(settings: ErrandSettings, around: Surroundings) -> list[Line]:
    """Do one errand in a data folder, whether a server runs there or not."""
    if not settings.place.exists and settings.errand is not Errand.IMPORT:
        raise NoDataError  # but a new server may begin with what comes from another
    premises = open_premises(settings.place, now=around.now, random=around.random)
    try:
        office = Office(
            Desk(premises, around.now),
            Relocation(premises, around.now),
            Backups(premises, around.now),
            Moving(premises, around.now),
            settings,
            around,
        )
        return list(_ERRANDS[settings.errand](office))
    finally:
        premises.close()


def _list(office: Office) -> Iterable[Line]:
    desk = office.desk
    return ({**_line(card), "log_name": desk.pseudonym(card.name)} for card in desk.everybody())


def _show(office: Office) -> Iterable[Line]:
    name = office.asked.subject
    held = msgspec.to_builtins(office.desk.holdings(name))
    yield {**_line(office.desk.show(name)), **held, "backups": len(office.backups.of(name))}


def _create(office: Office) -> Iterable[Line]:
    name, plan = office.asked.subject, office.asked.detail or STANDARD
    yield {"name": name, "plan": plan, "invitation": office.desk.invite(name, plan)}


def _suspend(office: Office) -> Iterable[Line]:
    suspended = office.asked.errand is Errand.SUSPEND
    yield _line(office.desk.suspend(office.asked.subject, suspended=suspended))


def _assign_plan(office: Office) -> Iterable[Line]:
    yield _line(office.desk.assign_plan(office.asked.subject, office.asked.detail))


def _export(office: Office) -> Iterable[Line]:
    name, file = office.asked.subject, office.asked.detail
    office.relocation.pack(name, Path(file))
    yield {**_line(office.desk.show(name)), "file": file}


def _import(office: Office) -> Iterable[Line]:
    yield _line(office.desk.show(office.relocation.take_in(Path(office.asked.subject))))


def _backup(office: Office) -> Iterable[Line]:
    options = office.asked.options
    into = Path(options["into"]) if "into" in options else None
    keep = int(options.get("keep", KEPT))
    yield _backup_line(office.backups.make(office.asked.subject, keep=keep, into=into))


def _backups(office: Office) -> Iterable[Line]:
    return map(_backup_line, office.backups.of(office.asked.subject))


def _restore(office: Office) -> Iterable[Line]:
    """Have a backup put back by the server that runs here, or else do it."""
    name = office.asked.subject
    tenant = office.backups.ask_restore(name, office.asked.options.get("backup"))
    done = _wait(office, lambda: office.backups.is_restored(tenant))
    if done is None:
        raise StillRestoringError
    if not done:
        raise NotRestoredError
    yield {**_line(office.desk.show(name)), "restored": True}


def _move(office: Office) -> Iterable[Line]:
    """Have a tenant moved by a server that runs, or else do it."""
    name, shard = office.asked.subject, office.asked.detail
    office.moving.ask(name, shard)
    if _wait(office, lambda: office.moving.is_there(name)) is None:
        raise StillMovingError
    yield {**_line(office.desk.show(name)), "shard": shard}


def _shards(office: Office) -> Iterable[Line]:
    for shard, tenants in office.moving.shards():
        yield {"shard": shard.name, "weight": shard.weight, "tenants": tenants}


def _add_shard(office: Office) -> Iterable[Line]:
    dsn = office.asked.detail
    said = sys.stdin.readline().strip() if dsn == "-" else dsn
    office.moving.put_shard(
        Shard(office.asked.subject, said, office.asked.options.get("weight", 1))
    )
    return _shards(office)


def _weigh_shard(office: Office) -> Iterable[Line]:
    office.moving.weigh(office.asked.subject, office.asked.options["weight"])
    return _shards(office)


def _drain_shard(office: Office) -> Iterable[Line]:
    """Move all tenants of a shard elsewhere, one after the other."""
    for name in office.moving.drain(office.asked.subject):
        if _wait(office, partial(office.moving.is_there, name)) is None:
            raise StillMovingError
    return _shards(office)


def _logs(office: Office) -> Iterator[Line]:
    """Pick the lines of one tenant out of a log, whoever else is in it."""
    who, file = office.desk.pseudonym(office.asked.subject), office.asked.detail
    with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8") as log:
        for text in log:
            try:
                line = json.loads(text)
            except ValueError:
                continue  # what else a machine's log may hold
            if isinstance(line, dict) and line.get("tenant") == who:
                yield line


def _teardown(office: Office) -> Iterable[Line]:
    """Have a tenant deleted by the server that runs here, or else do it; return the receipt."""
    tenant = office.desk.ask_teardown(office.asked.subject)
    receipt = _wait(office, lambda: office.desk.receipt(tenant))
    if receipt is None:
        raise StillLeavingError
    yield msgspec.json.decode(receipt)


def _plans(office: Office) -> Iterable[Line]:
    return (_plan(name, limits) for name, limits in office.desk.plans.items())


def _define_plan(office: Office) -> Iterable[Line]:
    name, plans = office.asked.subject, office.desk.plans
    before = plans.get(name) or PLANS[STANDARD]
    limits = msgspec.convert(
        {**msgspec.structs.asdict(before), **office.asked.options}, Limits, strict=False
    )
    office.desk.define_plan(name, limits)
    yield _plan(name, plans.find(name))


def _remove_plan(office: Office) -> Iterable[Line]:
    office.desk.remove_plan(office.asked.subject)
    return _plans(office)


def _verify(office: Office) -> Iterable[Line]:
    yield msgspec.to_builtins(office.desk.verify(_content(office.asked.subject)))


def _audit(office: Office) -> Iterable[Line]:
    return ({**line._asdict(), "at": _moment(line.at)} for line in office.desk.audit())


def _doctor(office: Office) -> Iterable[Line]:
    return map(asdict, examine(office.desk, office.asked.place))


def _registration(office: Office) -> Iterable[Line]:
    office.desk.register(Mode(office.asked.subject))
    yield {"registration": office.asked.subject}


def _proof(office: Office) -> Iterable[Line]:
    office.desk.ask_proof(int(office.asked.subject))
    yield {"proof": int(office.asked.subject)}


def _maintenance(office: Office) -> Iterable[Line]:
    office.desk.maintain(on=office.asked.subject == "on")
    yield {"maintenance": office.asked.subject}


_ERRANDS: Mapping[Errand, Callable[[Office], Iterable[Line]]] = {
    Errand.LIST: _list,
    Errand.SHOW: _show,
    Errand.CREATE: _create,
    Errand.SUSPEND: _suspend,
    Errand.RESUME: _suspend,
    Errand.ASSIGN_PLAN: _assign_plan,
    Errand.EXPORT: _export,
    Errand.IMPORT: _import,
    Errand.BACKUP: _backup,
    Errand.BACKUPS: _backups,
    Errand.RESTORE: _restore,
    Errand.MOVE: _move,
    Errand.SHARDS: _shards,
    Errand.ADD_SHARD: _add_shard,
    Errand.WEIGH_SHARD: _weigh_shard,
    Errand.DRAIN_SHARD: _drain_shard,
    Errand.LOGS: _logs,
    Errand.TEARDOWN: _teardown,
    Errand.PLANS: _plans,
    Errand.DEFINE_PLAN: _define_plan,
    Errand.REMOVE_PLAN: _remove_plan,
    Errand.VERIFY: _verify,
    Errand.AUDIT: _audit,
    Errand.DOCTOR: _doctor,
    Errand.REGISTRATION: _registration,
    Errand.PROOF: _proof,
    Errand.MAINTENANCE: _maintenance,
}


def _wait(office: Office, done: Callable[[], Any]) -> Any:
    """Wait for what was asked for; do it here if no server runs. None if it takes too long."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (outcome := done()) is None and time.monotonic() < deadline:
        try:
            _finish(office.asked.place, office.around)
        except HouseTakenError:
            time.sleep(_LOOK_SECONDS)
    return outcome


def _finish(place: Place, around: Surroundings) -> None:
    house = open_house(place, public_name="localhost", now=around.now, random=around.random)
    try:
        asyncio.run(house.steward.look())
    finally:
        house.close()


def _line(card: Card) -> Line:
    return {**asdict(card), "created": _moment(card.created)}


def _plan(name: str, limits: Limits) -> Line:
    return {"plan": name, **msgspec.structs.asdict(limits)}


def _backup_line(backup: Backup) -> Line:
    return {**backup._asdict(), "at": _moment(backup.at)}


def _moment(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="seconds")


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise BadReceiptError from error
