"""Collectors and their devices as a server sees them: keys, links, sealed bytes, requests.

What is inside an entry does not matter to the server, so the ciphertext here is random.
"""

import base64
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import msgspec
from msgspec import structs

from shared.envelope import MIN_SEALED_BYTES, WHOLE_SPACE, Envelope, Header, Kind, signed_message
from shared.envelope.approvals import approval_message
from shared.ids import Cursor, DeviceId, EntryHash, FileId, Incarnation, LogId, TenantId
from shared.membership import (
    LinkWithBoxes,
    Membership,
    Newcomer,
    NextEpoch,
    Role,
    Signer,
    admit,
    extend,
    found,
    revoke,
    rotate,
    tenant_of,
)
from shared.membership.chain import begin_chain
from shared.membership.newcomer import BOX_PUBLIC_BYTES
from shared.protocol import paths
from shared.protocol.heads import digest_of_heads, seen_of_heads
from shared.protocol.messages import (
    Approval,
    ApprovalRequest,
    BaseReply,
    ChainReply,
    ChainRequest,
    Event,
    LinkParcel,
    SignUpRequest,
    SnapshotProposal,
    StreamHead,
    SyncReply,
    SyncRequest,
    decode,
    encode,
)
from shared.protocol.problems import Problem
from shared.protocol.puzzle import solve
from shared.signing import NO_HASH, RequestSummary, SigningKey, sha256, sign_request

BOX_BYTES = 1168
"""A key box with the post-quantum half."""
EDIT_BYTES = MIN_SEALED_BYTES
"""The entry of a small edit, padded."""


@dataclass
class Keys:
    """What one device has of its own."""

    device: DeviceId = field(default_factory=lambda: DeviceId(os.urandom(16)))
    signing: SigningKey = field(default_factory=lambda: SigningKey.generate(os.urandom))
    box_public: bytes = field(default_factory=lambda: os.urandom(BOX_PUBLIC_BYTES))

    @property
    def signer(self) -> Signer:
        return Signer(self.device, self.signing)


class Collector:
    """A tenant on the clients' side: its chain, its first device and its paper device."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.first, self.paper = Keys(), Keys()
        genesis = found(
            self.first.signing, self.first.device, self.first.box_public, os.urandom(32)
        )
        self.tenant = tenant_of(genesis)
        self.membership = begin_chain(genesis)
        self.parcels = [LinkParcel(genesis)]
        self.take(self.admission(self.paper, Role.PAPER))

    def admission(self, keys: Keys, role: Role = Role.OWNER) -> LinkWithBoxes:
        newcomer = Newcomer.introduce(keys.signing, self.tenant, keys.device, keys.box_public)
        box = os.urandom(BOX_BYTES)
        return admit(self.membership, self.first.signer, newcomer, role, box)

    def revocation(self, keys: Keys, cuts: dict = {}) -> LinkWithBoxes:  # noqa: B006 - read only
        epoch = self._next_epoch(without=keys.device)
        return revoke(self.membership, self.first.signer, keys.device, cuts, epoch)

    def rotation(self) -> LinkWithBoxes:
        return rotate(self.membership, self.first.signer, self._next_epoch())

    def take(self, made: LinkWithBoxes) -> Membership:
        """Add a link to the collector's own copy of the chain."""
        self.membership = extend(self.membership, made.link)
        self.parcels.append(LinkParcel(made.link, made.boxes))
        return self.membership

    def sign_up_request(self, slug: str | None = None) -> SignUpRequest:
        return SignUpRequest(slug or self.slug, tuple(self.parcels), "artmatt")

    def _next_epoch(self, without: DeviceId | None = None) -> NextEpoch:
        live = [m.device for m in self.membership.live if m.device != without]
        boxes = {device: os.urandom(BOX_BYTES) for device in live}
        return NextEpoch(os.urandom(32), os.urandom(60), boxes)


class Device:
    """One device of a collector that talks to the server over HTTP."""

    def __init__(self, http: httpx.Client, collector: Collector, keys: Keys | None = None) -> None:
        self.http = http
        self.collector = collector
        self.keys = keys or collector.first
        self.log = LogId(b"")
        self.cursor = Cursor(0)
        self.incarnation = Incarnation(os.urandom(8))
        self.last: Envelope | None = None
        self.clock = lambda: time.time_ns() // 1_000_000

    # Requests

    def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        host: str = "",
        tenant: TenantId | None = None,
        signing: SigningKey | None = None,
    ) -> httpx.Response:
        request = self.http.build_request(method, path, content=body or None)
        if host:
            request.headers["host"] = host
        summary = RequestSummary.of(
            method, request.url.raw_path.decode(), request.headers["host"], body
        )
        request.headers["authorization"] = sign_request(
            signing or self.keys.signing,
            tenant or self.collector.tenant,
            self.keys.device,
            summary,
            self.clock(),
        )
        return self.http.send(request)

    def sign_up(self, slug: str | None = None, **fields: object) -> httpx.Response:
        """Sign up; solve the server's puzzle if it asks for that."""
        asked = structs.replace(self.collector.sign_up_request(slug), **fields)
        answer = self.call("POST", paths.TENANTS, encode(asked))
        if answer.status_code == 403 and problem(answer).code == "proof" and not asked.proof:
            return self.sign_up(slug, **fields, proof=self.proof(asked.slug))
        return answer

    def proof(self, slug: str) -> bytes:
        told = granted(self.http.get(paths.SLUG.format(slug=slug))).json()
        challenge = bytes.fromhex(told["challenge"])
        return challenge + solve(challenge, challenge[8])

    def post_sync(self, *entries: bytes, **fields: object) -> httpx.Response:
        asked = SyncRequest(
            **{
                "log": self.log,
                "cursor": self.cursor,
                "links": self.collector.membership.length,
                "entries": entries,
                **fields,
            }  # type: ignore[arg-type] # tests name fields freely
        )
        return self.call("POST", paths.SYNC, encode(asked))

    def sync(self, *entries: bytes, **fields: object) -> SyncReply:
        reply = decode(granted(self.post_sync(*entries, **fields)).content, SyncReply)
        if not reply.stale:
            self.log, self.cursor = reply.log, reply.cursor
        return reply

    def post_links(self, *made: LinkWithBoxes, head: EntryHash | None = None) -> httpx.Response:
        parcels = tuple(LinkParcel(each.link, each.boxes) for each in made)
        asked = ChainRequest(head or self.collector.membership.head, parcels)
        return self.call("POST", paths.CHAIN, encode(asked))

    def chain(self) -> ChainReply:
        return decode(granted(self.call("GET", paths.CHAIN)).content, ChainReply)

    def add(self, role: Role = Role.OWNER) -> "Device":
        """Add another device to the collector, at the server too."""
        keys = Keys()
        made = self.collector.admission(keys, role)
        granted(self.post_links(made))
        self.collector.take(made)
        return Device(self.http, self.collector, keys)

    @contextmanager
    def events(self) -> Iterator[Iterator[Event]]:
        """Open an event stream; gives its events one by one, and ends when the server ends it."""
        request = self.http.build_request("GET", paths.EVENTS)
        summary = RequestSummary.of("GET", paths.EVENTS, request.headers["host"])
        request.headers["authorization"] = sign_request(
            self.keys.signing, self.collector.tenant, self.keys.device, summary, self.clock()
        )
        response = self.http.send(request, stream=True)
        assert response.status_code == 200
        lines = response.iter_lines()
        try:
            yield (
                decode(base64.b64decode(line[5:]), Event)
                for line in lines
                if line.startswith("data:")
            )
        finally:
            response.close()

    # Entries

    def seal(self, size: int = EDIT_BYTES, **fields: object) -> bytes:
        """Make the next entry of this device's stream, ``size`` bytes long."""
        prev = self.last.hash if self.last else NO_HASH
        seq = self.last.header.seq + 1 if self.last else 1
        header = Header(
            **{
                "tenant": self.collector.tenant,
                "space": WHOLE_SPACE,
                "epoch": self.collector.membership.epoch,
                "device": self.keys.device,
                "incarnation": self.incarnation,
                "seq": seq,
                "prev": prev,
                "seen": NO_HASH,
                **fields,
            }  # type: ignore[arg-type] # tests name fields freely
        )
        return self.signed(header, size)

    def write(self, size: int = EDIT_BYTES, **fields: object) -> bytes:
        """Seal the next entry, and go on from there."""
        sealed = self.seal(size, **fields)
        self.last = Envelope.parse(sealed)
        return sealed

    def signed(self, header: Header, size: int, signing: SigningKey | None = None) -> bytes:
        raw = header.encode()
        body = os.urandom(size - len(raw) - 64)
        message = signed_message(raw, body, header.kind)
        return raw + (signing or self.keys.signing).sign(message) + body

    # Snapshots

    def seal_object(self, kind: Kind, **fields: object) -> bytes:
        """Make a piece of a snapshot or a history segment."""
        return self.seal(kind=kind, seq=1, prev=NO_HASH, **fields)

    def put_object(self, sealed: bytes) -> httpx.Response:
        return self.call("PUT", paths.sealed_object(sha256(sealed)), sealed)

    def snapshot(self, *heads: StreamHead, n: int = 1, prev: EntryHash = NO_HASH) -> bytes:
        """Make a snapshot that goes as far as these heads."""
        seen = seen_of_heads(heads)
        return self.seal(kind=Kind.SNAPSHOT, seq=n, prev=prev, seen=seen)

    def propose(
        self, snapshot: bytes, *heads: StreamHead, objects: tuple[bytes, ...] = (), **more: object
    ) -> httpx.Response:
        names = tuple(map(sha256, objects))
        asked = SnapshotProposal(snapshot, heads, names, **more)  # type: ignore[arg-type] # tests name fields freely
        return self.call("POST", paths.BASE, encode(asked))

    def approval(self, snapshot: bytes) -> Approval:
        message = approval_message(self.collector.tenant, sha256(snapshot))
        return Approval(self.keys.device, self.keys.signing.sign(message))

    def approve(self, snapshot: bytes) -> httpx.Response:
        asked = ApprovalRequest(self.approval(snapshot).signature)
        return self.call("POST", paths.snapshot(sha256(snapshot)), encode(asked))

    def base(self) -> BaseReply:
        return decode(granted(self.call("GET", paths.BASE)).content, BaseReply)

    @property
    def head(self) -> StreamHead:
        assert self.last
        return StreamHead(self.keys.device, self.incarnation, self.last.header.seq, self.last.hash)


def granted(response: httpx.Response) -> httpx.Response:
    """Insist that the server did as asked."""
    assert response.is_success, problem(response)
    return response


def problem(response: httpx.Response) -> Problem:
    """Read a refusal."""
    return msgspec.json.decode(response.content, type=Problem)


def refused(response: httpx.Response) -> tuple[int, str]:
    """Return the status and code of a refusal."""
    return response.status_code, problem(response).code


def digest(*devices: Device) -> bytes:
    return digest_of_heads(device.head for device in devices)


def new_file() -> FileId:
    return FileId(os.urandom(16))
