"""Who may sign up: everybody, those who were invited, or nobody."""

import base64
import hmac
from collections.abc import Callable
from enum import Enum

from shared.ids import Slug
from shared.protocol.problems import Code
from shared.signing import labelled
from sync_server.storage.books import Books, Invitation
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.plans import STANDARD

REGISTRATION = "registration"
INVITATION_MILLIS = 30 * 86_400_000
_KEY_BYTES = 32
_CODE_BYTES = 10


class Mode(Enum):
    """Who may sign up."""

    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


class Registration:
    """Admits new tenants. ``now`` returns milliseconds since 1970.

    A code is made from the name, the plan, the date and a key of the server: the same invitation
    always has the same code, and the codes themselves are stored nowhere.
    """

    def __init__(self, books: Books, now: Callable[[], int]) -> None:
        self._books = books
        self._key = books.secret("invitations", _KEY_BYTES)
        self._now = now

    def invite(self, name: Slug, plan: str) -> tuple[str, bool]:
        """Return the code that lets somebody sign up under a name, and whether it is new."""
        known = self._books.invitation(name, now=self._now())
        if known is not None and known.plan == plan:
            return self._code(known), False
        made = Invitation(name, plan, self._now() + INVITATION_MILLIS)
        self._books.invite(made)
        return self._code(made), True

    def require_open(self) -> None:
        """Raise RefusedError CLOSED if nobody may sign up."""
        if self._mode is Mode.CLOSED:
            raise RefusedError(Code.CLOSED)

    def wants_code(self, name: Slug) -> bool:
        """Tell whether a name is only for somebody who was invited."""
        invitation = self._books.invitation(name, now=self._now())
        return self._mode is Mode.INVITE or invitation is not None

    def admit(self, name: Slug, code: str) -> str:
        """Return the plan of a newcomer, or raise RefusedError CLOSED or INVITATION.

        A name to which somebody was invited is only for the one with the code.
        """
        self.require_open()
        invitation = self._books.invitation(name, now=self._now())
        if not self.wants_code(name):
            return STANDARD
        if invitation is None or not hmac.compare_digest(
            self._code(invitation).encode(), code.strip().lower().encode()
        ):
            raise RefusedError(Code.INVITATION)
        return invitation.plan

    @property
    def _mode(self) -> Mode:
        return Mode(self._books.setting(REGISTRATION) or Mode.OPEN.value)

    def took_up(self, name: Slug) -> None:
        """Forget an invitation that was taken up."""
        self._books.forget_invitation(name)

    def _code(self, invitation: Invitation) -> str:
        said = labelled(
            "invitation",
            invitation.slug.encode(),
            invitation.plan.encode(),
            invitation.until.to_bytes(8),
        )
        code = hmac.digest(self._key, said, "sha256")[:_CODE_BYTES]
        return base64.b32encode(code).decode().lower()
