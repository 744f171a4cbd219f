"""The command line of ``swingtag-server``."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter, _SubParsersAction
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from sync_server.tenancy.plans import STANDARD
from sync_server.tenancy.registration import Mode

PROGRAM = "swingtag-server"
DEFAULT_PORT = 8642
_LAST_PORT = 65535


if TYPE_CHECKING:
    Commands = _SubParsersAction[ArgumentParser]
else:
    Commands = _SubParsersAction


class Errand(Enum):
    """What an operator can have done."""

    LIST = "list"
    SHOW = "show"
    SUSPEND = "suspend"
    RESUME = "resume"
    TEARDOWN = "teardown"
    PLANS = "plans"
    ASSIGN_PLAN = "assign plan"
    VERIFY = "verify"
    AUDIT = "audit"
    CREATE = "create"
    EXPORT = "export"
    IMPORT = "import"
    REGISTRATION = "registration"
    DOCTOR = "doctor"
    MAINTENANCE_ON = "maintenance on"
    MAINTENANCE_OFF = "maintenance off"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How to run the server. ``port`` 0 lets the system choose; ``proxy`` is "" for none.

    ``admin``: host and port of the operator's own address, None for none.
    """

    data: Path
    host: str
    port: int
    public_name: str
    proxy: str
    admin: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class ErrandSettings:
    """What an operator wants done in a data folder, and to what."""

    data: Path
    errand: Errand
    subject: str
    detail: str


def read_command(arguments: Sequence[str] | None, version: str) -> RunSettings | ErrandSettings:
    """Read the command line; ends the program itself for ``--help``, ``--version``, mistakes."""
    chosen = _parser(version).parse_args(arguments)
    if "errand" in chosen:
        subject, detail = getattr(chosen, "subject", ""), getattr(chosen, "detail", "")
        return ErrandSettings(chosen.data, chosen.errand, subject, detail)
    return RunSettings(
        chosen.data, chosen.host, chosen.port, chosen.public_name, chosen.proxy, chosen.admin
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
    tenant = commands.add_parser("tenant", help="see and end what collectors have here")
    errands = tenant.add_subparsers(required=True, metavar="COMMAND")
    create = _add_errand(
        errands, "create", Errand.CREATE, "invite somebody to sign up under a name", "NAME"
    )
    create.add_argument(
        "--plan", dest="detail", default=STANDARD, help="on this plan (default: %(default)s)"
    )
    _add_errand(errands, "list", Errand.LIST, "one line for each tenant")
    _add_errand(errands, "show", Errand.SHOW, "what is held of a tenant, counted", "NAME")
    _add_errand(errands, "suspend", Errand.SUSPEND, "shut a tenant out for now", "NAME")
    _add_errand(errands, "resume", Errand.RESUME, "let a suspended tenant in again", "NAME")
    teardown = _add_errand(
        errands, "teardown", Errand.TEARDOWN, "delete all of a tenant, for good", "NAME"
    )
    teardown.add_argument("--yes", action="store_true", required=True, help="I mean it")
    export = _add_errand(
        errands, "export", Errand.EXPORT, "write a tenant's sealed data into a file", "NAME"
    )
    export.add_argument("detail", metavar="FILE")
    _add_errand(errands, "import", Errand.IMPORT, "take in a tenant from such a file", "FILE")
    plan = errands.add_parser("plan", help="the limits of tenants")
    plans = plan.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(plans, "list", Errand.PLANS, "all plans")
    assign = _add_errand(plans, "set", Errand.ASSIGN_PLAN, "put a tenant on a plan", "NAME")
    assign.add_argument("detail", metavar="PLAN")
    receipt = commands.add_parser("receipt", help="receipts of deletion")
    receipts = receipt.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(receipts, "verify", Errand.VERIFY, "did this server sign it?", "FILE")
    registration = _add_errand(commands, "registration", Errand.REGISTRATION, "who may sign up")
    registration.add_argument("subject", choices=[mode.value for mode in Mode])
    _add_errand(commands, "doctor", Errand.DOCTOR, "look at everything and say what is wrong")
    _add_errand(commands, "audit", Errand.AUDIT, "what operators did here")
    maintenance = commands.add_parser("maintenance", help="tell devices to wait")
    switch = maintenance.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(switch, "on", Errand.MAINTENANCE_ON, "answer that the server is worked on")
    _add_errand(switch, "off", Errand.MAINTENANCE_OFF, "go on")
    return parser


def _add_errand(
    commands: Commands, name: str, errand: Errand, text: str, subject: str = ""
) -> ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    if subject:
        parser.add_argument("subject", metavar=subject)
    parser.set_defaults(errand=errand)
    _add_data(parser)
    return parser


def _add_data(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        default=user_data_path(PROGRAM, appauthor=False),
        metavar="DIR",
        help="where everything is kept (default: %(default)s)",
    )


def _add_run(commands: Commands) -> None:
    run = commands.add_parser(
        "run",
        help="serve until stopped",
        description="Serve until stopped. The address is printed as one line of JSON on standard "
        "output, the log goes to standard error, one JSON object a line.",
    )
    _add_data(run)
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
    run.add_argument(
        "--admin",
        type=_address,
        metavar="HOST:PORT",
        help="answer /metrics and /ready there, for your own machines only (default: nowhere)",
    )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", _port(port)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _LAST_PORT:
        raise ValueError(text)
    return port
