"""What a Host header says: at most a tenant's name, and never more than a hint.

The tenant of a request is the credential's. A host name only picks a landing page, and a
request whose host names another tenant is refused.
"""

import re

from shared.ids import InvalidIdError, Slug, slug
from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.names import is_reserved

_AUTHORITY = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")
_LAST_PORT = 65535


class Hosts:
    """Reads host names under the server's public name, as in ``artmatt.<public name>``."""

    def __init__(self, public_name: str) -> None:
        self.public_name = public_name.lower()
        self._suffix = "." + self.public_name

    def server_in(self, authority: str) -> str:
        """Return the address of this server as a visitor's browser knows it; empty if it is none.

        It goes back to that visitor only, who has named it.
        """
        found = _AUTHORITY.fullmatch(authority.lower())
        return found[0] if found and int(found[2] or 0) <= _LAST_PORT else ""

    def tenant_named(self, authority: str) -> Slug | None:
        """Return the tenant's name in a Host header; None if it names none.

        Raises RefusedError MISDIRECTED for what is no host name, or lies deeper below ours.
        """
        found = _AUTHORITY.fullmatch(authority.lower())
        if found is None or int(found[2] or 0) > _LAST_PORT:
            raise RefusedError(Code.MISDIRECTED)
        host = found[1]
        if not host.endswith(self._suffix):
            return None
        try:
            name = slug(host.removesuffix(self._suffix))
        except InvalidIdError as error:
            raise RefusedError(Code.MISDIRECTED) from error
        return None if is_reserved(name) else name
