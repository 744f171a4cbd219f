"""From Starlette's request to a visit, and how much of a body is read for whom."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from starlette.requests import Request

from shared.protocol.problems import Code
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.doorway import Claim, Doorway, Visit


@asynccontextmanager
async def admitted(
    doorway: Doorway, request: Request, *, most: int = 0, paper: bool = False, gone: bool = False
) -> AsyncGenerator[Visit]:
    """Prove who sent the request and lend the tenant's store while the block runs.

    ``most``: bytes of body that this call may have. ``paper``: the paper device may call it;
    ``gone``: one that was put out, too.
    """
    body = partial(read_body, request, most)
    async with doorway.enter(claim_of(request), body, paper=paper, gone=gone) as visit:
        request.state.journal = visit.journal
        yield visit


def claim_of(request: Request) -> Claim:
    """Return what the request says of itself."""
    scope = request.scope
    target = scope["raw_path"].decode("ascii")
    if scope["query_string"]:
        target += "?" + scope["query_string"].decode("ascii")
    return Claim(
        authorization=request.headers.get("authorization", ""),
        method=scope["method"],
        target=target,
        authority=authority_of(request),
        journal=request.state.journal,
    )


def authority_of(request: Request) -> str:
    """Return the Host header; HTTP/1.1 has exactly one, and what reads it sees to that."""
    return request.headers.get("host", "")


def address_of(request: Request) -> str:
    """Return the peer's address, as far as it is known."""
    return request.client.host if request.client else "unknown"


async def read_body(request: Request, most: int) -> bytes:
    """Read the body, or raise RefusedError TOO_LARGE: before reading, if its length is told."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise RefusedError(Code.TOO_LARGE)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise RefusedError(Code.TOO_LARGE)
    return bytes(body)
