"""Carries messages to a server over HTTP. Knows addresses and signatures, nothing about edits.

Every byte of a request is chosen here: no header that the server does not need.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import httpx
import msgspec

from desktop.sync.errors import (
    NotASwingtagServerError,
    ProxyError,
    RefusedError,
    ServerTroubleError,
    SyncError,
    UnreachableError,
    UnreadableReplyError,
    UntrustedServerError,
)
from desktop.sync.event_stream import EventStream
from desktop.sync.refusal import Refusal
from shared.crypto.devices import DeviceKeys
from shared.ids import FileId, PairId, Slug, TenantId
from shared.protocol import limits, paths
from shared.protocol.messages import (
    About,
    ChainGrown,
    ChainReply,
    ChainRequest,
    ClaimRequest,
    FileReply,
    MalformedMessageError,
    Message,
    SignUpReply,
    SignUpRequest,
    SlugAnswer,
    SyncReply,
    SyncRequest,
    decode,
    encode,
)
from shared.protocol.problems import Code
from shared.signing import RequestSummary, sign_request

M = TypeVar("M", bound=Message)

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_STREAM_TIMEOUT = httpx.Timeout(10.0, read=2.0 * limits.KEEP_ALIVE_SECONDS)
_LIMITS = httpx.Limits(max_connections=4, keepalive_expiry=60.0)
_REPLY_BYTES = limits.PAGE_BYTES + limits.ENTRY_BYTES + limits.MIB
_SMALL_BYTES = 64 * limits.KIB

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


def open_http(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Open the connections that couriers share. Close it when the collection closes."""
    return httpx.Client(timeout=_TIMEOUT, limits=_LIMITS, transport=transport)


class Courier:
    """The way to one server as one device. All methods raise SyncError."""

    def __init__(
        self,
        http: httpx.Client,
        server: httpx.URL,
        *,
        tenant: TenantId,
        keys: DeviceKeys,
        now_millis: Clock,
    ) -> None:
        self._http = http
        self._server = server
        self._tenant = tenant
        self._keys = keys
        self._now_millis = now_millis
        self._offset = 0

    def sync(self, request: SyncRequest) -> SyncReply | Refusal:
        """Push and pull. A refusal is an answer too: the exchange knows what to do."""
        answer = self._ask("POST", paths.SYNC, encode(request), cap=_REPLY_BYTES)
        return answer if isinstance(answer, Refusal) else _read(answer, SyncReply)

    def events(self) -> EventStream:
        """Open the stream of wake-ups. Close it when done."""
        request = self._sign("GET", paths.EVENTS, b"")
        request.extensions["timeout"] = _STREAM_TIMEOUT.as_dict()
        try:
            response = self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise _fault(error) from error
        if response.status_code == httpx.codes.OK:
            return EventStream(response)
        refusal = _judge(_take(response, _SMALL_BYTES))
        raise RefusedError(refusal) if isinstance(refusal, Refusal) else NotASwingtagServerError

    def chain(self) -> ChainReply:
        """Fetch the whole chain of devices, and the boxes for this one."""
        return self._get(paths.CHAIN, ChainReply)

    def append_links(self, request: ChainRequest) -> ChainGrown:
        """Append links; RefusedError with CHAIN_MOVED if somebody was faster."""
        return _read(_granted(self._ask("POST", paths.CHAIN, encode(request))), ChainGrown)

    def sign_up(self, request: SignUpRequest) -> SignUpReply:
        """Make the tenant at the server."""
        return _read(_granted(self._ask("POST", paths.TENANTS, encode(request))), SignUpReply)

    def about(self) -> About:
        """Ask what the server knows."""
        return _read_json(_granted(self._ask("GET", paths.ABOUT)), About)

    def file(self, file: FileId) -> FileReply:
        """Ask which chunks of an attachment the server holds."""
        return self._get(paths.file(file), FileReply)

    def put_chunk(self, file: FileId, index: int, chunk: bytes) -> None:
        """Store one sealed chunk."""
        _granted(self._ask("PUT", paths.chunk(file, index), chunk))

    def get_chunk(self, file: FileId, index: int) -> bytes:
        """Fetch one sealed chunk. It is not verified yet."""
        return _granted(self._ask("GET", paths.chunk(file, index), cap=limits.CHUNK_BYTES))

    def claim(self, file: FileId, chunks: int) -> None:
        """Tell that an entry refers to an attachment of so many chunks."""
        _granted(self._ask("POST", paths.claim(file), encode(ClaimRequest(chunks))))

    def release(self, file: FileId) -> None:
        """Tell that nothing refers to an attachment any more."""
        _granted(self._ask("POST", paths.release(file)))

    def _get(self, path: str, kind: type[M]) -> M:
        return _read(_granted(self._ask("GET", path, cap=_REPLY_BYTES)), kind)

    def _ask(
        self, method: str, path: str, body: bytes = b"", *, cap: int = _SMALL_BYTES
    ) -> bytes | Refusal:
        """Send a signed request; once more with the server's time if only the clock was wrong."""
        answer = _judge(_send(self._http, self._sign(method, path, body), cap))
        if isinstance(answer, Refusal) and answer.code is Code.CLOCK:
            self._offset = answer.time - self._now_millis()
            answer = _judge(_send(self._http, self._sign(method, path, body), cap))
        return answer

    def _sign(self, method: str, path: str, body: bytes) -> httpx.Request:
        request = _request(self._server, method, path, body)
        summary = RequestSummary.of(
            method, request.url.raw_path.decode(), request.headers["host"], body
        )
        millis = self._now_millis() + self._offset
        request.headers["authorization"] = sign_request(
            self._keys.signing, self._tenant, self._keys.device, summary, millis
        )
        return request


class Stranger:
    """The few things that one may ask a server without being a device of a tenant."""

    def __init__(self, http: httpx.Client, server: httpx.URL) -> None:
        self._http = http
        self._server = server

    def slug(self, name: Slug) -> SlugAnswer:
        """Ask whether a name is free."""
        return _read_json(_granted(self._ask("GET", paths.slug(name))), SlugAnswer)

    def leave(self, box: PairId, slot: int, message: bytes) -> None:
        """Leave a message in a pairing mailbox; RefusedError with SLOT_USED if one is there."""
        _granted(self._ask("PUT", paths.slot(box, slot), message))

    def take(self, box: PairId, slot: int) -> bytes | None:
        """Take a message out of a pairing mailbox; None if it has not come yet."""
        answer = self._ask("GET", paths.slot(box, slot))
        if isinstance(answer, Refusal) and answer.code is Code.NOT_FOUND:
            return None
        return _granted(answer)

    def _ask(self, method: str, path: str, body: bytes = b"") -> bytes | Refusal:
        return _judge(_send(self._http, _request(self._server, method, path, body), _SMALL_BYTES))


def _request(server: httpx.URL, method: str, path: str, body: bytes) -> httpx.Request:
    """Make a request with Host and Content-Length, and nothing else."""
    url = server.copy_with(raw_path=path.encode())
    return httpx.Request(method, url, content=body or None)


def _send(http: httpx.Client, request: httpx.Request, cap: int) -> _Answer:
    try:
        return _take(http.send(request, stream=True), cap)
    except httpx.HTTPError as error:
        raise _fault(error) from error


def _take(response: httpx.Response, cap: int) -> _Answer:
    """Read a whole body of at most ``cap`` bytes, as it came: never unpacked."""
    body = bytearray()
    try:
        for piece in response.iter_raw():
            body += piece
            if len(body) > cap:
                raise UnreadableReplyError
    finally:
        response.close()
    return _Answer(response.status_code, response.headers, bytes(body))


def _judge(answer: _Answer) -> bytes | Refusal:
    """Tell the server's yes and no from what only looks like a server."""
    is_page = "html" in answer.headers.get("content-type", "")
    if 200 <= answer.status < 300 and not is_page:  # noqa: PLR2004 - the codes of success
        return answer.body
    refusal = Refusal.parse(answer.body)
    if refusal is not None:
        return refusal
    if answer.status == httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
        raise ProxyError
    if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise ServerTroubleError(_seconds(answer.headers.get("retry-after", "")))
    raise NotASwingtagServerError


def _granted(answer: bytes | Refusal) -> bytes:
    if isinstance(answer, Refusal):
        raise RefusedError(answer)
    return answer


def _read(body: bytes, kind: type[M]) -> M:
    try:
        return decode(body, kind)
    except MalformedMessageError as error:
        raise _unreadable(body) from error


J = TypeVar("J", SlugAnswer, About)


def _read_json(body: bytes, kind: type[J]) -> J:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _unreadable(body) from error


def _unreadable(body: bytes) -> SyncError:
    return NotASwingtagServerError() if body[:1] in {b"<", b""} else UnreadableReplyError()


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0


def _fault(error: httpx.HTTPError) -> SyncError:
    """Find the sentence for what went wrong below HTTP."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return UntrustedServerError()
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx.ProxyError():
            return ProxyError()
        case httpx.RemoteProtocolError() if "illegal" in str(error):  # h11's word for no HTTP
            return NotASwingtagServerError()
        case _:
            return UnreachableError()
