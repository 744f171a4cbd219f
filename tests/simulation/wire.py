"""The network between one device and the server: it loses, repeats, delays and mixes up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import httpx
import msgspec
from typing_extensions import override

from shared.protocol import paths
from shared.protocol.messages import SyncReply, SyncRequest, decode, encode
from tests.simulation.chance import Fuse
from tests.simulation.machine_room import ServerDown

FAULTS = ("drop request", "drop reply", "duplicate", "delay", "reorder", "garble", "omit")
_NEVER_THE_SAME = (paths.SLOT.partition("{")[0], paths.TENANTS)
"""Pairing messages lie in the server's memory; a sign-up draws the name of the log."""
_GIVEN_UP = 0.5
"""How often nobody repeats a request during which the server went off."""


@dataclass
class Mailbag:
    """Requests that are still on their way though their sender has given up."""

    late: list[httpx.Request] = field(default_factory=list)


@dataclass
class Wire(httpx.BaseTransport):
    """One device's way to the server. ``faults`` of hundred requests go wrong."""

    answer: Callable[[httpx.Request], httpx.Response]
    dice: Random
    fuse: Fuse
    bag: Mailbag
    tell: Callable[[str], None]
    faults: int = 0

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.fuse.burn()
        fault = self.dice.choice(FAULTS) if self.dice.randrange(100) < self.faults else ""
        if fault:
            self.tell(f"    {fault}: {request.method} {request.url.path}")
        if fault == "drop request":
            raise httpx.ConnectError(fault, request=request)
        if fault == "delay":
            request.read()
            self.bag.late.append(request)
            raise httpx.ReadTimeout(fault, request=request)
        response = self._answer(request)
        self.fuse.burn()
        if fault == "drop reply":
            raise httpx.ReadError(fault, request=request)
        if fault == "duplicate":
            return self._answer(request)
        if fault and request.url.path == paths.SYNC and response.is_success:
            return self._altered(fault, response)
        return response

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Reach the server; if it goes off, somebody on the way may ask once more."""
        try:
            return self.answer(request)
        except ServerDown as down:
            self.tell(f"    the server went off: {request.method} {request.url.path}")
            if self.dice.random() < _GIVEN_UP:
                raise httpx.ReadError("reset", request=request) from down
            again = self.answer(request)
            said, would_have = _said(request, again), _said(request, down.answer)
            if said != would_have and not request.url.path.startswith(_NEVER_THE_SAME):
                raise AssertionError(f"asked again: {said}, not {would_have}"[:400]) from down
            return _answer(again.status_code, again.read(), again.headers)

    def _altered(self, fault: str, response: httpx.Response) -> httpx.Response:
        reply = decode(response.read(), SyncReply)
        entries = list(reply.entries)
        if entries and fault == "reorder":
            self.dice.shuffle(entries)
        if entries and fault == "omit":
            del entries[self.dice.randrange(len(entries))]
        if entries and fault == "garble":
            place = self.dice.randrange(len(entries))
            raw = bytearray(entries[place])
            raw[self.dice.randrange(len(raw))] ^= 1 << self.dice.randrange(8)
            entries[place] = bytes(raw)
        body = encode(msgspec.structs.replace(reply, entries=tuple(entries)))
        return _answer(response.status_code, body, response.headers)


def _said(request: httpx.Request, response: httpx.Response) -> tuple[int, object]:
    """Return what an answer says.

    But for heads, which whoever asks again is told with the next, and for entries of others that
    the request brought itself: they come back to whoever brings them twice.
    """
    content = response.read()
    if request.url.path != paths.SYNC or not response.is_success:
        return response.status_code, content
    reply, brought = decode(content, SyncReply), decode(request.read(), SyncRequest).entries
    entries = tuple(entry for entry in reply.entries if entry not in brought)
    return response.status_code, msgspec.structs.replace(reply, heads=(), entries=entries)


def _answer(status: int, content: bytes, headers: httpx.Headers) -> httpx.Response:
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))
