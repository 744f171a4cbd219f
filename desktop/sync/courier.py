"""Carries messages to a server over HTTP. Knows addresses and signatures, nothing about edits."""

from collections.abc import Callable

import httpx

from desktop.sync.doors import Doors
from desktop.sync.errors import NotASwingtagServerError, RefusedError
from desktop.sync.event_stream import EventStream
from desktop.sync.refusal import Refusal
from desktop.sync.traffic import Traffic
from desktop.sync.way_out import WayOut
from desktop.sync.wire import (
    SMALL_BYTES,
    UNWELL,
    Answer,
    M,
    fault,
    granted,
    judge,
    make_request,
    read,
    read_json,
    send,
    take,
)
from shared.crypto.devices import DeviceKeys
from shared.ids import Cursor, EntryHash, FileId, LogId, PairId, Slug, TenantId
from shared.protocol import limits, paths
from shared.protocol.messages import (
    About,
    ApprovalRequest,
    BaseReply,
    ChainGrown,
    ChainReply,
    ChainRequest,
    ClaimRequest,
    DoorsReply,
    DoorsRequest,
    FilesReply,
    FilesRequest,
    ProofReply,
    ProofRequest,
    ReleaseRequest,
    SignUpReply,
    SignUpRequest,
    SlugAnswer,
    SnapshotProposal,
    SnapshotReply,
    SyncReply,
    SyncRequest,
    encode,
)
from shared.protocol.problems import Code
from shared.signing import RequestSummary, sign_request

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_STREAM_TIMEOUT = httpx.Timeout(10.0, read=2.0 * limits.KEEP_ALIVE_SECONDS)
_REPLY_BYTES = limits.PAGE_BYTES + limits.ENTRY_BYTES + limits.MIB

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


def open_http(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return the connections that couriers share; none is open before the first request."""
    return httpx.Client(timeout=_TIMEOUT, transport=transport or WayOut())


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
        self.traffic = Traffic()
        self._doors = Doors(http, server, self.traffic)

    @property
    def stranger(self) -> "Stranger":
        """What may be asked of the same server without being a device of a tenant."""
        return Stranger(self._http, self._server)

    def sync(self, request: SyncRequest) -> SyncReply | Refusal:
        """Push and pull. A refusal is an answer too: the exchange knows what to do."""
        answer = self._ask("POST", paths.SYNC, encode(request), cap=_REPLY_BYTES)
        return answer if isinstance(answer, Refusal) else read(answer, SyncReply)

    def events(self) -> EventStream:
        """Open the stream of wake-ups. Close it when done."""
        request = self._sign("GET", paths.EVENTS, b"")
        request.extensions["timeout"] = _STREAM_TIMEOUT.as_dict()
        try:
            response = self._http.send(request, stream=True)
            if _is_stream(response):
                return EventStream(response)
            answer = take(response, SMALL_BYTES)
        except UNWELL as error:
            raise fault(error) from error
        refusal = judge(answer)
        raise RefusedError(refusal) if isinstance(refusal, Refusal) else NotASwingtagServerError

    def chain(self) -> ChainReply:
        """Fetch the whole chain of devices, and the boxes for this one."""
        return self._get(paths.CHAIN, ChainReply)

    def append_links(self, request: ChainRequest) -> ChainGrown:
        """Append links; RefusedError with CHAIN_MOVED if somebody was faster."""
        return read(granted(self._ask("POST", paths.CHAIN, encode(request))), ChainGrown)

    def sign_up(self, request: SignUpRequest) -> SignUpReply:
        """Make the tenant at the server."""
        return read(granted(self._ask("POST", paths.TENANTS, encode(request))), SignUpReply)

    def about(self) -> About:
        """Ask what the server knows."""
        return read_json(granted(self._ask("GET", paths.ABOUT)), About)

    def doors(self, file: FileId, chunks: int) -> DoorsReply:
        """Ask which chunks of an attachment the server holds, and where the others are put."""
        asked = encode(DoorsRequest(chunks))
        return read(granted(self._ask("POST", paths.doors(file), asked)), DoorsReply)

    def put_through(self, url: str, chunk: bytes) -> None:
        """Store one sealed chunk where the server said. Raises DoorError."""
        self._doors.put(url, chunk)

    def put_chunk(self, file: FileId, index: int, chunk: bytes) -> None:
        """Store one sealed chunk."""
        granted(self._ask("PUT", paths.chunk(file, index), chunk))

    def get_chunk(self, file: FileId, index: int) -> bytes:
        """Fetch one sealed chunk, where the server says. It is not verified yet."""
        answer = self._exchange("GET", paths.chunk(file, index), cap=limits.CHUNK_BYTES)
        if answer.status == httpx.codes.TEMPORARY_REDIRECT:
            return self._doors.get(answer.headers.get("location", ""))
        return granted(judge(answer))

    def claim(self, file: FileId, chunks: int) -> None:
        """Tell that an entry refers to an attachment of so many chunks."""
        granted(self._ask("POST", paths.claim(file), encode(ClaimRequest(chunks))))

    def release(self, file: FileId, log: LogId, cursor: Cursor) -> None:
        """Tell that nothing up to here in the log refers to an attachment any more."""
        granted(self._ask("POST", paths.release(file), encode(ReleaseRequest(log, cursor))))

    def proof(self, file: FileId, challenge: bytes) -> bytes:
        """Let the server show that it has a claimed attachment; see shared.protocol.possession."""
        asked = encode(ProofRequest(challenge))
        return read(granted(self._ask("POST", paths.proof(file), asked)), ProofReply).proof

    def files(self, after: bytes) -> FilesReply:
        """Ask which attachments the server holds, after one of them."""
        asked = encode(FilesRequest(after))
        return read(granted(self._ask("POST", paths.FILES, asked, cap=_REPLY_BYTES)), FilesReply)

    def base(self) -> BaseReply:
        """Ask which snapshot is the base of the log, and which one is proposed."""
        return self._get(paths.BASE, BaseReply)

    def snapshot(self, name: EntryHash) -> SnapshotReply:
        """Fetch a snapshot: the sealed list of its pieces, and who approved it."""
        return self._get(paths.snapshot(name), SnapshotReply)

    def propose(self, proposal: SnapshotProposal) -> BaseReply:
        """Propose a snapshot whose parts are there."""
        return read(granted(self._ask("POST", paths.BASE, encode(proposal))), BaseReply)

    def approve(self, name: EntryHash, signature: bytes) -> BaseReply:
        """Sign a snapshot."""
        asked = encode(ApprovalRequest(signature))
        return read(granted(self._ask("POST", paths.snapshot(name), asked)), BaseReply)

    def put_object(self, name: EntryHash, sealed: bytes) -> None:
        """Store a piece of a snapshot or a history segment."""
        granted(self._ask("PUT", paths.sealed_object(name), sealed))

    def get_object(self, name: EntryHash) -> bytes:
        """Fetch a piece or a segment. It is not verified yet."""
        path = paths.sealed_object(name)
        return granted(self._ask("GET", path, cap=limits.OBJECT_BYTES))

    def _get(self, path: str, kind: type[M]) -> M:
        return read(granted(self._ask("GET", path, cap=_REPLY_BYTES)), kind)

    def _ask(
        self, method: str, path: str, body: bytes = b"", *, cap: int = SMALL_BYTES
    ) -> bytes | Refusal:
        return judge(self._exchange(method, path, body, cap=cap))

    def _exchange(
        self, method: str, path: str, body: bytes = b"", *, cap: int = SMALL_BYTES
    ) -> Answer:
        """Send a signed request; once more with the server's time if only the clock was wrong."""
        answer = self._send(method, path, body, cap)
        refusal = Refusal.parse(answer.body) if answer.status == httpx.codes.UNAUTHORIZED else None
        if refusal is not None and refusal.code is Code.CLOCK:
            self._offset = refusal.time - self._now_millis()
            answer = self._send(method, path, body, cap)
        return answer

    def _send(self, method: str, path: str, body: bytes, cap: int) -> Answer:
        request = self._sign(method, path, body)
        answer = send(self._http, request, cap)
        self.traffic.count(request, answer.headers, answer.body)
        return answer

    def _sign(self, method: str, path: str, body: bytes) -> httpx.Request:
        request = make_request(self._server, method, path, body)
        summary = RequestSummary.of(
            method, request.url.raw_path.decode(), request.headers["host"], body
        )
        millis = self._now_millis() + self._offset
        request.headers["authorization"] = sign_request(
            self._keys.signing, self._tenant, self._keys.device, summary, millis
        )
        return request


def _is_stream(response: httpx.Response) -> bool:
    kind = response.headers.get("content-type", "")
    return response.status_code == httpx.codes.OK and kind.startswith("text/event-stream")


class Stranger:
    """The few things that one may ask a server without being a device of a tenant."""

    def __init__(self, http: httpx.Client, server: httpx.URL) -> None:
        self._http = http
        self._server = server

    def slug(self, name: Slug) -> SlugAnswer:
        """Ask whether a name is free."""
        return read_json(granted(self._ask("GET", paths.slug(name))), SlugAnswer)

    def leave(self, box: PairId, slot: int, message: bytes) -> None:
        """Leave a message in a pairing mailbox; RefusedError with SLOT_USED if one is there."""
        granted(self._ask("PUT", paths.slot(box, slot), message))

    def take(self, box: PairId, slot: int) -> bytes | None:
        """Take a message out of a pairing mailbox; None if it has not come yet."""
        answer = self._ask("GET", paths.slot(box, slot))
        if isinstance(answer, Refusal) and answer.code is Code.NOT_FOUND:
            return None
        return granted(answer)

    def _ask(self, method: str, path: str, body: bytes = b"") -> bytes | Refusal:
        return judge(send(self._http, make_request(self._server, method, path, body), SMALL_BYTES))
