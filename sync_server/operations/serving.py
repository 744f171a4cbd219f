"""The running web server: listens, says where, and stops without cutting anybody off."""

import asyncio
import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from typing_extensions import override

from sync_server.operations.connection import Connection, Patience

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept: a new one costs more than an open one."""
GRACE_SECONDS = 10
"""How long requests may take to end when the server stops."""
_BACKLOG = 512
_TICKS_A_LOOK = 10
"""How often slow clients are looked for: uvicorn ticks ten times a second."""


class SyncServer(uvicorn.Server):
    """Cuts slow clients; ends the event streams first when it stops, they would wait for ever."""

    def __init__(
        self,
        config: uvicorn.Config,
        end_streams: Callable[[], None],
        admin: "AdminServer | None" = None,
    ) -> None:
        super().__init__(config)
        self._end_streams = end_streams
        self._admin = admin
        self._beside: asyncio.Task[None] | None = None

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._admin:
            self._beside = asyncio.create_task(self._admin.serve_beside())

    @override
    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_A_LOOK == 0:
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.cut_if_late()
        return await super().on_tick(counter)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)
        if self._admin and self._beside:
            self._admin.should_exit = True
            await self._beside


class AdminServer(uvicorn.Server):
    """A second, small server in the same process; the first one says when it ends."""

    def __init__(self, app: ASGIApp, listener: socket.socket, logging: dict[str, Any]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=logging,
                server_header=False,
                date_header=False,
            )
        )
        self._listener = listener

    async def serve_beside(self) -> None:
        """Serve until ``should_exit``."""
        await self.serve(sockets=[self._listener])

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield  # they are the first server's


def configure(
    app: FastAPI, *, logging: dict[str, Any], proxy: str = "", patience: Patience | None = None
) -> uvicorn.Config:
    """Return uvicorn's settings: short headers, no log of its own, nobody's word for addresses."""
    return uvicorn.Config(
        app,
        http=partial(Connection, patience=patience or Patience()),  # type: ignore[arg-type] # called as a class is
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=logging,
        server_header=False,
        date_header=False,
        proxy_headers=bool(proxy),
        forwarded_allow_ips=proxy or None,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket; OSError if the address is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named in full: asyncio sends small answers without delay only if the socket says TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":  # there it would let a second server take the address
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def address_of(listener: socket.socket) -> str:
    """Return where the server is reached, as in ``http://127.0.0.1:8642``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
