"""What an operator can have done: by command, or over the admin address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sync_server.tenancy.premises import Place


class Errand(Enum):
    """What an operator can have done."""

    LIST = "list"
    SHOW = "show"
    CREATE = "create"
    SUSPEND = "suspend"
    RESUME = "resume"
    ASSIGN_PLAN = "assign plan"
    EXPORT = "export"
    IMPORT = "import"
    BACKUP = "backup"
    BACKUPS = "backups"
    RESTORE = "restore"
    MOVE = "move"
    SHARDS = "shards"
    ADD_SHARD = "add shard"
    WEIGH_SHARD = "weigh shard"
    DRAIN_SHARD = "drain shard"
    LOGS = "logs"
    TEARDOWN = "teardown"
    PLANS = "plans"
    DEFINE_PLAN = "define plan"
    REMOVE_PLAN = "remove plan"
    VERIFY = "verify"
    AUDIT = "audit"
    DOCTOR = "doctor"
    REGISTRATION = "registration"
    PROOF = "proof"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class ErrandSettings:
    """What an operator wants done in which place, to what, and how.

    ``options``: what need not be said, by name; ``sync_server.operations.grammar`` lists them.
    """

    place: Place
    errand: Errand
    subject: str = ""
    detail: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
