"""What the server says of itself."""

from typing import Any

import msgspec
from fastapi import Request, Response

from sync_server.routes.answers import listed

PROTOCOL = 1


class Health(msgspec.Struct, frozen=True):
    """The server answers."""

    status: str


class Version(msgspec.Struct, frozen=True):
    """Which program this is, and which version of the protocol it speaks."""

    program: str
    version: str
    protocol: int


class Service:
    """Answers ``/v1/health``, ``/v1/version`` and ``/v1/openapi.json``."""

    def __init__(self, version: str) -> None:
        self._version = version

    async def health(self) -> Response:
        """Say that the server answers."""
        return listed(Health("ok"))

    async def version(self) -> Response:
        """Say which version of program and protocol answers."""
        return listed(Version("swingtag-server", self._version, PROTOCOL))

    async def openapi(self, request: Request) -> dict[str, Any]:
        """Describe every call."""
        document: dict[str, Any] = request.app.openapi()
        return document
