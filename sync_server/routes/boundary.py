"""The outermost layer: gives every request an id, a log line and, if refused, its sentence."""

import secrets
import traceback
from collections.abc import Callable
from time import perf_counter_ns

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.protocol.messages import MalformedMessageError
from shared.protocol.problems import Code, Problem
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.journal import Journal
from sync_server.tenancy.throttle import Buckets, Rate, is_here, network_of

_UNAUTHORIZED = 401
_BY_STATUS = {404: Code.NOT_FOUND, 405: Code.METHOD}
_GONE = 499
"""In the log only: the client left before the answer."""


class Boundary:
    """Wraps the app. ``now`` returns milliseconds since 1970.

    ``each``: how often one network may ask. This machine may as often as it likes: that is a
    proxy that was not named with ``--proxy``, and so everybody.
    """

    def __init__(
        self,
        app: ASGIApp,
        journal: Journal,
        now: Callable[[], int],
        networks: Buckets,
        each: Rate,
    ) -> None:
        self._app = app
        self._networks = networks
        self._each = each
        self._journal = journal
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self._journal)
        began = perf_counter_ns()
        try:
            await self._answer(scope, receive, exchange)
        finally:
            exchange.note((perf_counter_ns() - began) // 1000)

    async def _answer(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        try:
            self._count(scope)
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = _GONE
        except RefusedError as refused:
            await self._refuse(refused, exchange, scope, receive)
        except MalformedMessageError:
            await self._refuse(RefusedError(Code.MALFORMED), exchange, scope, receive)
        except Exception as error:  # noqa: BLE001 - the one boundary: notes it and answers 500
            exchange.journal.note("failure", error=type(error).__name__, where=_where(error))
            await self._refuse(RefusedError(Code.INTERNAL), exchange, scope, receive)

    def _count(self, scope: Scope) -> None:
        address = scope["client"][0] if scope.get("client") else "unknown"
        if not is_here(address):
            self._networks.spend(network_of(address), self._each)

    async def _refuse(
        self, refused: RefusedError, exchange: "_Exchange", scope: Scope, receive: Receive
    ) -> None:
        if exchange.status:  # too late: the answer has begun
            return
        exchange.code = refused.code.word
        code = refused.code
        problem = Problem(
            code=code.word,
            sentence=code.sentence,
            time=self._now() if code.status == _UNAUTHORIZED else 0,
            at=refused.at,
            retry_after=refused.retry_after,
            request=exchange.request if code is Code.INTERNAL else "",
        )
        response = Response(
            msgspec.json.encode(problem), code.status, media_type="application/json"
        )
        if refused.retry_after:
            response.headers["retry-after"] = str(refused.retry_after)
        await response(scope, receive, exchange.send)


async def refuse(_request: Request, error: Exception) -> Response:
    """Turn what the framework refuses by itself into a refusal of ours."""
    status = error.status_code if isinstance(error, HTTPException) else 0
    raise RefusedError(_BY_STATUS.get(status, Code.MALFORMED)) from error


class _Exchange:
    """One request and what became of it."""

    def __init__(self, scope: Scope, send: Send, journal: Journal) -> None:
        self._scope = scope
        self._send = send
        self.request = secrets.token_hex(6)
        self.status = 0
        self.code = ""
        scope["state"] = {"journal": journal.bind(request=self.request)}

    @property
    def journal(self) -> Journal:
        """The journal of this request; bound to tenant and device once they are proven."""
        journal: Journal = self._scope["state"]["journal"]
        return journal

    async def send(self, message: Message) -> None:
        """Pass the answer on, and remember its status."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)

    def note(self, micros: int) -> None:
        """Write the line of this request."""
        endpoint = self._scope.get("endpoint")
        client = self._scope.get("client")
        self.journal.note(
            "request",
            method=self._scope["method"],
            route=getattr(endpoint, "__name__", "none"),
            status=self.status,
            code=self.code,
            address=network_of(client[0]) if client else "unknown",
            micros=micros,
        )


def _where(error: Exception) -> str:
    """Say in which lines it happened: files and numbers, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)
