"""One HTTP request and its answer: every byte chosen, every failure named.

No header goes out that the server does not need; a body is read as it came, never unpacked, and
only up to a limit.
"""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import msgspec

from desktop.sync.errors import (
    NoSecureLineError,
    NotASwingtagServerError,
    ProxyError,
    RefusedError,
    ServerTroubleError,
    SyncError,
    UnreachableError,
    UnreadableReplyError,
    UntrustedServerError,
)
from desktop.sync.refusal import Refusal
from shared.protocol import limits
from shared.protocol.messages import About, MalformedMessageError, Message, SlugAnswer, decode
from shared.protocol.problems import Code

M = TypeVar("M", bound=Message)
J = TypeVar("J", SlugAnswer, About)

UNWELL = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)
"""What comes out of httpx if the other side is not well: it reads where a redirection leads even
if it is not to follow, and a host's name that is none is a UnicodeError."""
SMALL_BYTES = 64 * limits.KIB
"""The largest answer to a call that is not about entries or chunks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: httpx.Headers
    body: bytes


def make_request(server: httpx.URL, method: str, path: str, body: bytes) -> httpx.Request:
    """Make a request with Host and Content-Length, and nothing else."""
    url = server.copy_with(raw_path=path.encode())
    return httpx.Request(method, url, content=body or None)


def send(http: httpx.Client, request: httpx.Request, cap: int) -> Answer:
    """Send a request and read the answer of at most ``cap`` bytes; raise SyncError."""
    try:
        return take(http.send(request, stream=True), cap)
    except UNWELL as error:
        raise fault(error) from error


def take(response: httpx.Response, cap: int) -> Answer:
    """Read a whole body of at most ``cap`` bytes, as it came: never unpacked."""
    body = bytearray()
    try:
        for piece in response.iter_raw():
            body += piece
            if len(body) > cap:
                raise UnreadableReplyError
    finally:
        response.close()
    return Answer(response.status_code, response.headers, bytes(body))


def judge(answer: Answer) -> bytes | Refusal:
    """Tell the server's yes and no from what only looks like a server."""
    is_page = "html" in answer.headers.get("content-type", "")
    if 200 <= answer.status < 300 and not is_page:  # noqa: PLR2004 - the codes of success
        return answer.body
    refusal = Refusal.parse(answer.body)
    if refusal is not None:
        return refusal
    return _judge_proxy(answer)


def _judge_proxy(answer: Answer) -> Refusal:
    """Make of an answer that is not the server's what it says by its number alone."""
    match answer.status:
        case httpx.codes.TOO_MANY_REQUESTS:
            return Refusal(Code.TOO_MANY, retry_after=_seconds(answer.headers))
        case httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return Refusal(Code.TOO_LARGE)
        case httpx.codes.REQUEST_TIMEOUT:
            raise UnreachableError
        case httpx.codes.PROXY_AUTHENTICATION_REQUIRED:
            raise ProxyError
        case httpx.codes.NETWORK_AUTHENTICATION_REQUIRED:
            raise NotASwingtagServerError
        case status if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ServerTroubleError(_seconds(answer.headers))
        case _:
            raise NotASwingtagServerError


def granted(answer: bytes | Refusal) -> bytes:
    """Return the body of a yes, or raise RefusedError."""
    if isinstance(answer, Refusal):
        raise RefusedError(answer)
    return answer


def read(body: bytes, kind: type[M]) -> M:
    """Read a message, or raise SyncError."""
    try:
        return decode(body, kind)
    except MalformedMessageError as error:
        raise _unreadable(body) from error


def read_json(body: bytes, kind: type[J]) -> J:
    """Read an answer that is JSON, or raise SyncError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise _unreadable(body) from error


def _unreadable(body: bytes) -> SyncError:
    return NotASwingtagServerError() if body[:1] in {b"<", b""} else UnreadableReplyError()


def _seconds(headers: httpx.Headers) -> float:
    """Return for how long to stay away: so many seconds, or until a time of the sender's clock."""
    text = headers.get("retry-after", "")
    if text.isdecimal():
        return float(text)
    until, now = _moment(text), _moment(headers.get("date", ""))
    return max((until - now).total_seconds(), 0.0) if until and now else 0.0


def _moment(text: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(text)
    except ValueError:
        return None
    return read.replace(tzinfo=read.tzinfo or UTC)


def fault(error: Exception) -> SyncError:
    """Find the sentence for what went wrong below HTTP."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return _insecure(cause)
        cause = cause.__cause__ or cause.__context__
    match error:
        case httpx.ProxyError() if str(error).startswith("5"):  # it finds no way to the server
            return UnreachableError()
        case httpx.ProxyError():
            return ProxyError()
        case httpx.RemoteProtocolError() if "illegal" in str(error):  # h11's word for no HTTP
            return NotASwingtagServerError()
        case httpx.InvalidURL() | UnicodeError():
            return NotASwingtagServerError()
        case _:
            return UnreachableError()


def _insecure(error: ssl.SSLError) -> SyncError:
    """Tell a line that broke off from one that is not to be trusted."""
    match error:
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ssl.SSLSyscallError():
            return UnreachableError()
        case ssl.SSLCertVerificationError():
            return UntrustedServerError()
        case _:
            return NoSecureLineError()
