"""What only the operator's own machines may ask, on an address of its own."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sync_server.operations.admin_api import AdminApi
from sync_server.operations.meters import Meters
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.house import House

LEAST_FREE_BYTES = 64 * 1024**2
"""With less room on the disk the server is not ready for more."""
_METRICS = "text/plain; version=0.0.4; charset=utf-8"
_NOT_FOUND, _UNAVAILABLE = 404, 503


class Admin:
    """Answers ``/metrics``, ``/ready`` and ``/host``."""

    def __init__(self, house: House, meters: Meters, folder: Path) -> None:
        self._house = house
        self._meters = meters
        self._folder = folder

    async def metrics(self, _request: Request) -> Response:
        """Return all counters and gauges for Prometheus."""
        census = await self._house.census()
        text = self._meters.text({**census._asdict(), **self._machine()})
        return Response(text, headers={"content-type": _METRICS})

    async def ready(self, _request: Request) -> Response:
        """Say whether devices should be sent here: 200, or 503 with the reason."""
        try:
            census = await self._house.census()
        except (sqlite3.Error, RefusedError):
            return PlainTextResponse("The directory cannot be read.\n", _UNAVAILABLE)
        if census.maintenance:
            return PlainTextResponse("The server is being worked on.\n", _UNAVAILABLE)
        if shutil.disk_usage(self._folder).free < LEAST_FREE_BYTES:
            return PlainTextResponse("The disk is full.\n", _UNAVAILABLE)
        return PlainTextResponse("Ready.\n")

    async def host(self, request: Request) -> Response:
        """Tell a TLS proxy whether a host name is one of ours: it asks before a certificate."""
        domain = request.query_params.get("domain", "").lower()
        known = domain == self._house.hosts.public_name or await self._is_collectors(domain)
        return Response(status_code=200 if known else _NOT_FOUND)

    async def _is_collectors(self, domain: str) -> bool:
        try:
            name = self._house.hosts.tenant_named(domain)
        except RefusedError:
            return False
        if name is None:
            return False
        return await asyncio.to_thread(self._house.names.skin_of, name) is not None

    def _machine(self) -> Mapping[str, float]:
        return {
            "disk_free_bytes": shutil.disk_usage(self._folder).free,
            "process_cpu_seconds": round(time.process_time(), 3),
        }


def admin_app(house: House, meters: Meters, folder: Path, api: AdminApi) -> Starlette:
    """Build the app for the operator's own address."""
    admin = Admin(house, meters, folder)
    own = [
        Route("/metrics", admin.metrics),
        Route("/ready", admin.ready),
        Route("/host", admin.host),
    ]
    return Starlette(routes=[*own, *api.routes()])
