"""The command line of ``swingtag-server``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import dataclass

from sync_server.operations.errand import ErrandSettings
from sync_server.operations.grammar import PROGRAM, Commands, add_data, add_errands
from sync_server.tenancy.premises import Place

DEFAULT_PORT = 8642
_LAST_PORT = 65535
_PLAIN = frozenset({"data", "directory", "attachments", "errand", "subject", "detail", "yes"})


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to run the server. ``port`` 0 lets the system choose; ``proxy`` is "" for none.

    ``admin``: host and port of the operator's own address, None for none. ``address_rate``:
    requests a second of one network, None for the usual, 0 for any. ``instance``: what this server
    is called in its log. ``download``: where people get the app, "" if that is not to be said.
    """

    place: Place
    host: str
    port: int
    public_name: str
    proxy: str
    admin: tuple[str, int] | None
    address_rate: float | None
    instance: str
    download: str


def read_command(arguments: Sequence[str] | None, version: str) -> RunSettings | ErrandSettings:
    """Read the command line; ends the program itself for ``--help``, ``--version``, mistakes."""
    chosen = vars(_parser(version).parse_args(arguments))
    if "errand" not in chosen:
        place = Place(chosen.pop("data"), chosen.pop("directory"), chosen.pop("attachments"))
        return RunSettings(place, **chosen)
    options = {
        name: value for name, value in chosen.items() if name not in _PLAIN and value is not None
    }
    return ErrandSettings(
        Place(chosen["data"], chosen["directory"], chosen["attachments"]),
        chosen["errand"],
        chosen.get("subject", ""),
        chosen.get("detail", ""),
        options,
    )


def _parser(version: str) -> ArgumentParser:
    parser = ArgumentParser(
        prog=PROGRAM,
        description="Keeps collectors' sealed logs and attachments; it can read none of them.",
        epilog=f"Try:  {PROGRAM} run\nIt needs no configuration and keeps its data in your home.\n"
        "All other commands work beside a running server, print JSON, and may be repeated.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    add_errands(commands)
    return parser


def _add_run(commands: Commands) -> None:
    run = commands.add_parser(
        "run",
        help="serve until stopped",
        description="Serve until stopped. The address is printed as one line of JSON on standard "
        "output, the log goes to standard error, one JSON object a line.",
    )
    add_data(run)
    run.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; 0.0.0.0 for all (default: %(default)s)",
    )
    run.add_argument(
        "--port",
        type=_port,
        default=DEFAULT_PORT,
        help="port to listen on; 0 takes any free one (default: %(default)s)",
    )
    run.add_argument(
        "--public-name",
        default="localhost",
        metavar="NAME",
        help="the server's domain; collectors have their pages below it (default: %(default)s)",
    )
    _add_surroundings(run)


def _add_surroundings(run: ArgumentParser) -> None:
    run.add_argument(
        "--proxy",
        default="",
        metavar="ADDRESS",
        help="a proxy in front of this server that may say where requests come from",
    )
    run.add_argument(
        "--admin",
        type=_address,
        metavar="HOST:PORT",
        help="answer the operator there, for your own machines only (default: nowhere)",
    )
    run.add_argument(
        "--address-rate",
        type=float,
        metavar="N",
        help="requests a second that one network may make; 0: any",
    )
    run.add_argument(
        "--instance",
        default="",
        metavar="NAME",
        help="what this server is called in its log, where several write into one",
    )
    run.add_argument(
        "--download",
        type=_https,
        default="",
        metavar="URL",
        help="where people get the app: a link on the pages (default: none)",
    )


def _https(text: str) -> str:
    if text and (not text.startswith("https://") or set(text) & set(" \"'<>\\")):
        raise ValueError(text)
    return text


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", _port(port)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _LAST_PORT:
        raise ValueError(text)
    return port
