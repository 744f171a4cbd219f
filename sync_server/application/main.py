"""``swingtag-server``: reads the command line, puts the server together, runs it."""

import json
import secrets
import sqlite3
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sync_server.application.assembly import assemble
from sync_server.operations.admin import admin_app
from sync_server.operations.admin_api import AdminApi, read_token
from sync_server.operations.command import RunSettings, read_command
from sync_server.operations.errands import SAID, Surroundings, run_errand
from sync_server.operations.grammar import PROGRAM
from sync_server.operations.logs import JsonLines, forwarding
from sync_server.operations.meters import Meters
from sync_server.operations.serving import AdminServer, SyncServer, address_of, configure, listen
from sync_server.routes.table import Clocks, Rates, network_rate
from sync_server.storage.errors import HouseTakenError, RefusedError, StorageError
from sync_server.tenancy.house import open_house
from sync_server.tenancy.journal import Journal

if sys.platform != "win32":
    import resource

_INSTANCE_BYTES = 4
_FAILED = ("That did not work", "The server cannot start")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    _leave_no_dumps()
    settings = read_command(arguments, _version())
    try:
        if isinstance(settings, RunSettings):
            _run(settings)
        else:
            lines = run_errand(settings, Surroundings(_millis, secrets.token_bytes))
            for line in lines:
                _say(line)
            return int(not all(line.get("ok", True) for line in lines))
    except HouseTakenError as error:
        return _give_up(f"{error.__doc__} ({settings.place.folder})")
    except SAID as error:
        return _give_up(str(error.__doc__))
    except RefusedError as refused:
        return _give_up(refused.code.sentence)
    except (OSError, StorageError, sqlite3.Error) as error:
        return _give_up(f"{_FAILED[isinstance(settings, RunSettings)]}: {error}")
    except KeyboardInterrupt:
        return 0
    return 0


def _run(settings: RunSettings) -> None:
    listener = listen(settings.host, settings.port)
    beside = listen(*settings.admin) if settings.admin else None
    clocks = Clocks(millis=_millis, steady=time.monotonic)
    lines = JsonLines(sys.stderr, _millis, settings.instance or secrets.token_hex(_INSTANCE_BYTES))
    house = open_house(
        settings.place, public_name=settings.public_name, now=_millis, random=secrets.token_bytes
    )
    meters = Meters()
    journal, logging = Journal(meters.counting(lines)), forwarding(meters.counting(lines))
    app = assemble(
        house,
        journal=journal,
        clocks=clocks,
        version=_version(),
        rates=_rates(settings),
        download=settings.download,
    )
    config = configure(app, logging=logging, proxy=settings.proxy)
    folder = settings.place.folder
    said = {
        "event": "listening",
        "address": address_of(listener),
        "data": str(folder),
    }
    admin = None
    if beside:
        token = read_token(folder, secrets.token_bytes)
        around = Surroundings(_millis, secrets.token_bytes)
        api = AdminApi(settings.place, token, around, _version())
        admin = AdminServer(admin_app(house, meters, folder, api), beside, logging)
        said["admin"] = address_of(beside)
    _say(said)
    SyncServer(config, house.wakeups.close, admin).run(sockets=[listener])


def _leave_no_dumps() -> None:
    """Forbid core dumps: tokens and passwords for databases are in the memory."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rates(settings: RunSettings) -> Rates:
    wanted = settings.address_rate
    return Rates() if wanted is None else Rates(address=network_rate(wanted))


def _millis() -> int:
    return time.time_ns() // 1_000_000


def _version() -> str:
    try:
        return version("swingtag")
    except PackageNotFoundError:  # run from the source folder without having been installed
        return "unreleased"


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _give_up(sentence: str) -> int:
    sys.stderr.write(f"{PROGRAM}: {sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
