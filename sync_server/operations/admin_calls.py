"""What can be asked over the admin address: the operator's errands, one call each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sync_server.operations.errand import Errand
from sync_server.tenancy.plans import STANDARD
from sync_server.tenancy.puzzles import MOST_BITS
from sync_server.tenancy.registration import Mode

Positive = Annotated[int, Meta(ge=1)]
Amount = Annotated[int, Meta(ge=0)] | UnsetType
Number = Annotated[float, Meta(ge=0)] | UnsetType


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a call may carry, as a JSON object."""


class Invite(Body, frozen=True):
    """Whom to invite, to which plan."""

    name: str
    plan: str = STANDARD


class PlanChoice(Body, frozen=True):
    """Which plan."""

    plan: str


class PlanLimits(Body, frozen=True):
    """The limits of a plan; what is left out stays as it is, or as in the standard plan."""

    log_bytes: Amount = UNSET
    file_bytes: Amount = UNSET
    devices: Amount = UNSET
    entries: Amount = UNSET
    files: Amount = UNSET
    rate: Number = UNSET
    device_rate: Number = UNSET


class Keep(Body, frozen=True):
    """How many backups to keep."""

    keep: Positive | UnsetType = UNSET


class Which(Body, frozen=True):
    """Which backup; the last one if left out."""

    backup: Positive | UnsetType = UNSET


class Switch(Body, frozen=True):
    """On or off."""

    state: Literal["on", "off"]


class Registration(Body, frozen=True):
    """Who may sign up."""

    mode: Mode


class Proof(Body, frozen=True):
    """How hard a sum a sign-up costs; 0: none."""

    bits: Annotated[int, Meta(ge=0, le=MOST_BITS)]


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One call. ``subject`` and ``detail`` name the part of path or body that the errand is about.

    ``answers_file``: with a file instead of lines.
    """

    method: str
    path: str
    errand: Errand
    summary: str
    asks: type[Body] = Body
    subject: str = ""
    detail: str = ""
    answers_file: bool = False

    def read(self, raw: bytes, path: Mapping[str, str]) -> tuple[str, str, dict[str, Any]]:
        """Return subject, detail and options, or raise msgspec.DecodeError."""
        said = {**msgspec.to_builtins(msgspec.json.decode(raw or b"{}", type=self.asks)), **path}
        return str(said.pop(self.subject, "")), str(said.pop(self.detail, "")), said


_NAMED = "/tenants/{name}"
CALLS = (
    AdminCall("GET", "/tenants", Errand.LIST, "One line for each tenant."),
    AdminCall(
        "POST",
        "/tenants",
        Errand.CREATE,
        "Invite somebody to sign up under a name.",
        Invite,
        "name",
        "plan",
    ),
    AdminCall("GET", _NAMED, Errand.SHOW, "What is held of a tenant, counted.", subject="name"),
    AdminCall("DELETE", _NAMED, Errand.TEARDOWN, "Delete all of a tenant.", subject="name"),
    AdminCall(
        "POST", f"{_NAMED}/suspend", Errand.SUSPEND, "Shut a tenant out for now.", subject="name"
    ),
    AdminCall("POST", f"{_NAMED}/resume", Errand.RESUME, "Let a tenant in again.", subject="name"),
    AdminCall(
        "PUT",
        f"{_NAMED}/plan",
        Errand.ASSIGN_PLAN,
        "Put a tenant on a plan.",
        PlanChoice,
        "name",
        "plan",
    ),
    AdminCall("GET", f"{_NAMED}/backups", Errand.BACKUPS, "A tenant's backups.", subject="name"),
    AdminCall("POST", f"{_NAMED}/backups", Errand.BACKUP, "Make one more backup.", Keep, "name"),
    AdminCall("POST", f"{_NAMED}/restore", Errand.RESTORE, "Put a backup back.", Which, "name"),
    AdminCall(
        "GET",
        f"{_NAMED}/export",
        Errand.EXPORT,
        "A tenant's sealed data as a file.",
        subject="name",
        answers_file=True,
    ),
    AdminCall("GET", "/plans", Errand.PLANS, "One line for each plan."),
    AdminCall(
        "PUT", "/plans/{plan}", Errand.DEFINE_PLAN, "Define or change a plan.", PlanLimits, "plan"
    ),
    AdminCall(
        "DELETE",
        "/plans/{plan}",
        Errand.REMOVE_PLAN,
        "Forget a plan that nobody is on.",
        subject="plan",
    ),
    AdminCall("PUT", "/maintenance", Errand.MAINTENANCE, "Tell devices to wait.", Switch, "state"),
    AdminCall(
        "PUT", "/registration", Errand.REGISTRATION, "Who may sign up.", Registration, "mode"
    ),
    AdminCall("PUT", "/proof", Errand.PROOF, "How hard a sum a sign-up costs.", Proof, "bits"),
    AdminCall("GET", "/audit", Errand.AUDIT, "What operators did."),
    AdminCall("GET", "/doctor", Errand.DOCTOR, "Look at everything and say what is wrong."),
)
