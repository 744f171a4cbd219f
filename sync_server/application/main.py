"""``swingtag-server``: reads the command line, puts the server together, runs it."""

import json
import secrets
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from sync_server.application.assembly import assemble
from sync_server.operations.command import PROGRAM, RunSettings, read_command
from sync_server.operations.logs import JsonLines, forwarding
from sync_server.operations.serving import SyncServer, address_of, configure, listen
from sync_server.routes.table import Clocks
from sync_server.storage.errors import StorageError
from sync_server.tenancy.house import HouseTakenError, open_house
from sync_server.tenancy.journal import Journal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    settings = read_command(arguments, _version())
    try:
        _run(settings)
    except HouseTakenError as error:
        return _give_up(f"{error.__doc__} ({settings.data})")
    except (OSError, StorageError) as error:
        return _give_up(f"The server cannot start: {error}")
    except KeyboardInterrupt:
        return 0
    return 0


def _run(settings: RunSettings) -> None:
    listener = listen(settings.host, settings.port)
    clocks = Clocks(millis=_millis, steady=time.monotonic)
    lines = JsonLines(sys.stderr, _millis)
    house = open_house(
        settings.data, public_name=settings.public_name, now=_millis, random=secrets.token_bytes
    )
    app = assemble(house, journal=Journal(lines), clocks=clocks, version=_version())
    config = configure(app, logging=forwarding(lines), proxy=settings.proxy)
    _say({"event": "listening", "address": address_of(listener), "data": str(settings.data)})
    SyncServer(config, house.wakeups.close).run(sockets=[listener])


def _millis() -> int:
    return time.time_ns() // 1_000_000


def _version() -> str:
    try:
        return version("swingtag")
    except PackageNotFoundError:  # run from the source folder without having been installed
        return "unreleased"


def _say(line: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _give_up(sentence: str) -> int:
    sys.stderr.write(f"{PROGRAM}: {sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
