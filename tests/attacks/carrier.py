"""The server that lies: an honest one stands behind it, and it changes what that one answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import httpx

from shared.protocol.messages import (
    BaseReply,
    ChainReply,
    Message,
    SnapshotReply,
    SyncReply,
    decode,
    encode,
)
from tests.attacks.houses import BelievedError, Loot

Answer = Callable[[httpx.Request], httpx.Response]
Said = Message | bytes
_HEX = "[0-9a-f]+"
_MOST_REQUESTS = 600
_CALLS: tuple[tuple[str, type[Message] | None], ...] = (
    ("POST /v1/sync", SyncReply),
    ("GET /v1/chain", ChainReply),
    ("GET /v1/base", BaseReply),
    (f"GET /v1/base/{_HEX}", SnapshotReply),
    (f"GET /v1/objects/{_HEX}", None),
    (f"GET /v1/files/{_HEX}/[0-9]+", None),
)
"""What is answered with a message, or with sealed bytes, and can be lied about."""


@dataclass
class MaliciousServer:
    """Carries what a device asks to ``honest`` and brings back what ``attack`` makes of it."""

    honest: Answer
    attack: Callable[["MaliciousServer", Said], Said]
    loot: Loot
    luck: Random
    seed: int = 0
    constancy: float = 1.0
    lies: int = 0
    request: httpx.Request | None = None
    asked: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, mostly with a lie."""
        self.request = request
        self.asked.append(request)
        if len(self.asked) > _MOST_REQUESTS:
            raise BelievedError("it makes the device run in circles")
        response = self.honest(request)
        known, kind = _kind(request)
        rests = self.lies and self.luck.random() > self.constancy
        if not known or not response.is_success or rests:
            return response
        body = response.read()
        said: Said = decode(body, kind) if kind else body
        told = self.attack(self, said)
        self.lies += told != said
        false = told if isinstance(told, bytes) else encode(told)
        headers = [
            (name, value) for name, value in response.headers.raw if name != b"content-length"
        ]
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(false))


def _kind(request: httpx.Request) -> tuple[bool, type[Message] | None]:
    call = f"{request.method} {request.url.path}"
    return next(((True, kind) for form, kind in _CALLS if re.fullmatch(form, call)), (False, None))
