"""What an operator can have done: by command, or over the admin address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any


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
    """What an operator wants done in a data folder, to what, and how.

    ``options``: what need not be said, by name; ``sync_server.operations.grammar`` lists them.
    """

    data: Path
    errand: Errand
    subject: str = ""
    detail: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
