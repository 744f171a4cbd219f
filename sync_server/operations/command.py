"""The command line of ``swingtag-server``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

PROGRAM = "swingtag-server"
DEFAULT_PORT = 8642
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to run the server. ``port`` 0 lets the system choose; ``proxy`` is "" for none."""

    data: Path
    host: str
    port: int
    public_name: str
    proxy: str


def read_command(arguments: Sequence[str] | None, version: str) -> RunSettings:
    """Read the command line; ends the program itself for ``--help``, ``--version``, mistakes."""
    chosen = _parser(version).parse_args(arguments)
    return RunSettings(chosen.data, chosen.host, chosen.port, chosen.public_name, chosen.proxy)


def _parser(version: str) -> ArgumentParser:
    parser = ArgumentParser(
        prog=PROGRAM,
        description="Keeps collectors' sealed logs and attachments; it can read none of them.",
        epilog=f"Try:  {PROGRAM} run\nIt needs no configuration and keeps its data in your home.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="serve until stopped",
        description="Serve until stopped. The address is printed as one line of JSON on standard "
        "output, the log goes to standard error, one JSON object a line.",
    )
    run.add_argument(
        "--data",
        type=Path,
        default=user_data_path(PROGRAM, appauthor=False),
        metavar="DIR",
        help="where everything is kept (default: %(default)s)",
    )
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
    run.add_argument(
        "--proxy",
        default="",
        metavar="ADDRESS",
        help="believe this proxy what it says of its clients' addresses (default: nobody)",
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _LAST_PORT:
        raise ValueError(text)
    return port
