"""The words of the operator's commands."""

import os
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from platformdirs import user_data_path

from sync_server.operations.errand import Errand
from sync_server.storage.limits import Limits
from sync_server.tenancy.backups import KEPT
from sync_server.tenancy.plans import STANDARD
from sync_server.tenancy.puzzles import MOST_BITS
from sync_server.tenancy.registration import Mode

PROGRAM = "swingtag-server"
DIRECTORY_VARIABLE = "SWINGTAG_DIRECTORY"
FILES_VARIABLE = "SWINGTAG_FILES"

if TYPE_CHECKING:
    Commands = _SubParsersAction[ArgumentParser]
else:
    Commands = _SubParsersAction

_LIMITS = {
    "log_bytes": "bytes of entries",
    "file_bytes": "bytes of attachments",
    "devices": "live devices",
    "entries": "entries",
    "files": "attachments",
    "rate": "requests a second of the whole tenant; 0: any",
    "device_rate": "requests a second of each device; 0: any",
}


def add_errands(commands: Commands) -> None:
    """Add everything but ``run`` to the command line."""
    tenant = commands.add_parser("tenant", help="see, keep and end what collectors have here")
    errands = tenant.add_subparsers(required=True, metavar="COMMAND")
    _add_tenant_life(errands)
    _add_tenant_data(errands)
    _add_plans(commands)
    _add_shards(commands)
    receipt = commands.add_parser("receipt", help="receipts of deletion")
    receipts = receipt.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(receipts, "verify", Errand.VERIFY, "did this server sign it?", "FILE")
    registration = _add_errand(commands, "registration", Errand.REGISTRATION, "who may sign up")
    registration.add_argument("subject", choices=[mode.value for mode in Mode])
    proof = _add_errand(
        commands, "proof", Errand.PROOF, "how hard a sum a sign-up costs its caller"
    )
    proof.add_argument(
        "subject", metavar="BITS", choices=list(map(str, range(MOST_BITS + 1))), help="0: none"
    )
    _add_errand(commands, "doctor", Errand.DOCTOR, "look at everything and say what is wrong")
    _add_errand(commands, "audit", Errand.AUDIT, "what operators did here")
    maintenance = _add_errand(commands, "maintenance", Errand.MAINTENANCE, "tell devices to wait")
    maintenance.add_argument("subject", choices=["on", "off"])


def add_data(parser: ArgumentParser) -> None:
    """Let a command be told where the data are."""
    parser.add_argument(
        "--data",
        type=Path,
        default=user_data_path(PROGRAM, appauthor=False),
        metavar="DIR",
        help="where everything is kept (default: %(default)s)",
    )
    parser.add_argument(
        "--directory",
        default=os.environ.get(DIRECTORY_VARIABLE, ""),
        metavar="DSN",
        help="keep the directory in this PostgreSQL database, and tenants on its shards; better "
        f"set {DIRECTORY_VARIABLE}: others can read a command line",
    )
    parser.add_argument(
        "--attachments",
        default=os.environ.get(FILES_VARIABLE, ""),
        metavar="S3",
        help="keep attachments in a bucket: s3://BUCKET/PREFIX?region=...&endpoint=...&public=...; "
        f"also as {FILES_VARIABLE}. Its keys: AWS_ACCESS_KEY_ID and the like",
    )


def _add_tenant_life(errands: Commands) -> None:
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
    plan = errands.add_parser("plan", help="the plans of tenants")
    plans = plan.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(plans, "list", Errand.PLANS, "all plans")
    assign = _add_errand(plans, "set", Errand.ASSIGN_PLAN, "put a tenant on a plan", "NAME")
    assign.add_argument("detail", metavar="PLAN")


def _add_tenant_data(errands: Commands) -> None:
    export = _add_errand(
        errands, "export", Errand.EXPORT, "write a tenant's sealed data into a file", "NAME"
    )
    export.add_argument("detail", metavar="FILE")
    _add_errand(errands, "import", Errand.IMPORT, "take in a tenant from such a file", "FILE")
    backup = _add_errand(errands, "backup", Errand.BACKUP, "make one more backup", "NAME")
    backup.add_argument("--keep", type=int, help=f"how many are kept (default: {KEPT})")
    backup.add_argument("--into", metavar="DIR", help="where (default: in the data folder)")
    _add_errand(errands, "backups", Errand.BACKUPS, "one line for each backup", "NAME")
    restore = _add_errand(
        errands, "restore", Errand.RESTORE, "put a backup in the place of what is there", "NAME"
    )
    restore.add_argument("--backup", type=int, metavar="N", help="which (default: the last)")
    move = _add_errand(
        errands, "move", Errand.MOVE, "bring a tenant to another shard while it is used", "NAME"
    )
    move.add_argument("detail", metavar="SHARD")
    logs = _add_errand(errands, "logs", Errand.LOGS, "a tenant's lines of the log, alone", "NAME")
    logs.add_argument(
        "detail", metavar="FILE", nargs="?", default="-", help="the log; - reads standard input"
    )


def _add_shards(commands: Commands) -> None:
    shard = commands.add_parser("shard", help="the databases that tenants are spread over")
    shards = shard.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(shards, "list", Errand.SHARDS, "one line for each shard")
    add = _add_errand(shards, "add", Errand.ADD_SHARD, "add a database, at any time", "SHARD")
    add.add_argument(
        "detail", metavar="DSN", nargs="?", default="-", help="how it is reached; - reads it"
    )
    add.add_argument("--weight", type=_weight, help="its part of the newcomers (default: 1)")
    weigh = _add_errand(
        shards, "weight", Errand.WEIGH_SHARD, "give a shard another part of the newcomers", "SHARD"
    )
    weigh.add_argument("weight", type=_weight, metavar="N", help="0: none")
    _add_errand(shards, "drain", Errand.DRAIN_SHARD, "move all its tenants elsewhere", "SHARD")


def _weight(text: str) -> int:
    weight = int(text)
    if weight < 0:
        raise ValueError(text)
    return weight


def _add_plans(commands: Commands) -> None:
    plan = commands.add_parser("plan", help="the limits that tenants can be given")
    plans = plan.add_subparsers(required=True, metavar="COMMAND")
    _add_errand(plans, "list", Errand.PLANS, "one line for each plan")
    define = _add_errand(
        plans, "define", Errand.DEFINE_PLAN, "make a plan, or change one at once", "PLAN"
    )
    for field in msgspec.structs.fields(Limits):
        define.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=field.type,
            metavar="N",
            help=f"{_LIMITS[field.name]} (default: as it is, or as in {STANDARD})",
        )
    _add_errand(plans, "remove", Errand.REMOVE_PLAN, "forget a plan that nobody is on", "PLAN")


def _add_errand(
    commands: Commands, name: str, errand: Errand, text: str, subject: str = ""
) -> ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    if subject:
        parser.add_argument("subject", metavar=subject)
    parser.set_defaults(errand=errand)
    add_data(parser)
    return parser
