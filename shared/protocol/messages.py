"""The bodies of requests and replies, and their bytes.

A message is a msgpack array of its fields in order. Fields are only ever added, at the end and
with a default: an older reader skips what it does not know, a newer one fills in what is
missing. ``About`` and ``SlugAnswer`` are for people too and travel as JSON objects.
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from shared.ids import (
    FILE_BYTES,
    Cursor,
    DeviceId,
    EntryHash,
    FileId,
    Incarnation,
    LogId,
)

Device = Annotated[DeviceId, Meta(min_length=16, max_length=16)]
Hash = Annotated[EntryHash, Meta(min_length=32, max_length=32)]
Log = Annotated[LogId, Meta(min_length=16, max_length=16)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Count = Annotated[int, Meta(ge=0, le=2**62)]
Position = Annotated[Cursor, Meta(ge=0, le=2**62)]
END_BYTES = 8
"""Of the hash of a chain's last link: enough to notice that two chains part."""
Millis = int
"""A moment: milliseconds since 1970, UTC."""


class MalformedMessageError(ValueError):
    """The other side sent something unreadable. One of the two programs needs an update."""


class Message(msgspec.Struct, frozen=True, array_like=True):
    """A body that travels as a msgpack array."""


class StreamHead(Message, frozen=True):
    """The last entry of one stream: one life (incarnation) of one device."""

    device: Device
    incarnation: Annotated[Incarnation, Meta(min_length=8, max_length=8)]
    seq: Annotated[int, Meta(ge=1, le=2**62)]
    hash: Hash


class LinkParcel(Message, frozen=True):
    """One link of the chain of devices, and sealed keys whose hashes stand in it.

    Towards the server: all its boxes, in the order in which the link lists them. From the
    server: those for the device that asks, and the one for everybody (the key of the epoch
    before). Which is which, their hashes tell.
    """

    link: bytes
    boxes: tuple[bytes, ...] = ()


class SyncRequest(Message, frozen=True):
    """What I wrote, and how far I have read.

    ``log``: the log that ``cursor`` counts in; empty when none is known yet.
    ``links``: how many links of the chain I hold.
    ``heads``: digest_of_heads of all that I have received from or had acknowledged by this
    server; empty to compare nothing.
    ``own``: send my own entries too (after a restore).
    ``again``: these entries were acknowledged once, by a server that lost them: their epoch may
    be an older one.
    ``vector``: answer with the server's heads.
    ``have``: heads of streams that need not be sent up to these numbers.
    ``end``: the first 8 bytes of the hash of my last link; empty to compare nothing.
    """

    log: Annotated[LogId, Meta(max_length=16)]
    cursor: Position
    links: Count
    heads: Annotated[bytes, Meta(max_length=32)] = b""
    entries: tuple[bytes, ...] = ()
    own: bool = False
    again: bool = False
    vector: bool = False
    have: tuple[StreamHead, ...] = ()
    end: Annotated[bytes, Meta(max_length=END_BYTES)] = b""


class SyncReply(Message, frozen=True):
    """What you have not read; every push in the request is on disk.

    ``links`` come before ``entries``: apply them first. ``more``: ask again with ``cursor``.
    ``chain``: how many links the server holds; fewer than yours means that it lost some.
    ``stale``: the log is another one or shorter than your cursor. Then nothing was stored or
    sent, and ``heads`` says what the server has. ``heads`` also comes when asked for, and when
    you are level with the server but your digest differs. ``base``: entries that you lack are gone;
    this snapshot stands for them. Nothing was stored or sent: take it in, then read from the start
    with ``have``. ``end``: where the log ends, so that a person can be told how much is to come;
    0 if that is not told.
    """

    log: Log
    cursor: Position
    time: Millis
    chain: Count
    links: tuple[LinkParcel, ...] = ()
    entries: tuple[bytes, ...] = ()
    more: bool = False
    stale: bool = False
    heads: tuple[StreamHead, ...] = ()
    base: Annotated[bytes, Meta(max_length=32)] = b""
    end: Position = Cursor(0)


class Event(Message, frozen=True):
    """A wake-up. If your cursor is ``after``, ``entries`` take you to ``cursor``; else pull.

    It travels in an event stream as base64 of its bytes. ``entries`` is empty when they are
    large or your own. ``chain``: how many links the server holds. The first event of a stream
    has ``after`` = ``cursor`` = the end of the log.
    """

    log: Log
    after: Position
    cursor: Position
    chain: Count
    entries: tuple[bytes, ...] = ()


class ChainReply(Message, frozen=True):
    """The whole chain of devices, with the key boxes for the device that asks."""

    links: tuple[LinkParcel, ...]


class ChainRequest(Message, frozen=True):
    """Append ``links`` if the last link of the chain still has the hash ``head``."""

    head: Hash
    links: tuple[LinkParcel, ...]


class ChainGrown(Message, frozen=True):
    """The links are on disk; the chain now has ``chain`` of them."""

    chain: Count


class Approval(Message, frozen=True):
    """A device's word that a snapshot says what it holds itself; see docs/format.md."""

    device: Device
    signature: Signature


class SnapshotProposal(Message, frozen=True):
    """A snapshot that is to be the base of the log, with what the server cannot read in it.

    ``heads``: how far it goes. ``objects``: the hashes of its pieces and of all history segments,
    which must be here already. ``approvals``: those that are known, beside the maker's own word.
    """

    snapshot: bytes
    heads: tuple[StreamHead, ...]
    objects: tuple[Hash, ...]
    approvals: tuple[Approval, ...] = ()


class ApprovalRequest(Message, frozen=True):
    """I hold the same as this snapshot says, at the same heads."""

    signature: Signature


class BaseReply(Message, frozen=True):
    """The hash of the snapshot that is the base of the log, and of the one proposed; or empty.

    ``awaits``: the devices whose approval the proposed one still lacks.
    """

    base: Annotated[bytes, Meta(max_length=32)] = b""
    proposed: Annotated[bytes, Meta(max_length=32)] = b""
    awaits: tuple[Device, ...] = ()


class SnapshotReply(Message, frozen=True):
    """A sealed snapshot (the list of its pieces), and who approved it."""

    snapshot: bytes
    approvals: tuple[Approval, ...]


class SignUpRequest(Message, frozen=True):
    """A new tenant: the name it wants, and the first links of its chain (genesis, paper).

    ``invitation``: the code that an operator gave out for this name, or empty. ``proof``: the
    challenge that ``SlugAnswer`` told, with its solution behind it (``shared.protocol.puzzle``).
    """

    slug: str
    links: tuple[LinkParcel, ...]
    skin: Annotated[str, Meta(max_length=64)] = ""
    invitation: Annotated[str, Meta(max_length=64)] = ""
    proof: Annotated[bytes, Meta(max_length=64)] = b""


class SignUpReply(Message, frozen=True):
    """The tenant exists and can sync. ``log`` is its empty log."""

    slug: str
    log: Log
    time: Millis


class ClaimRequest(Message, frozen=True):
    """An entry refers to this attachment of ``chunks`` chunks: keep it."""

    chunks: Annotated[int, Meta(ge=1, le=4096)]


class ReleaseRequest(Message, frozen=True):
    """Nothing refers to this attachment in this log, which I have read up to ``cursor``."""

    log: Log
    cursor: Position


class FilesRequest(Message, frozen=True):
    """List attachments, in the order of their ids: those after ``after``, empty for the first."""

    after: Annotated[bytes, Meta(max_length=FILE_BYTES)] = b""


class HeldFile(Message, frozen=True):
    """An attachment with something at the server; a claimed one is whole."""

    file: Annotated[FileId, Meta(min_length=FILE_BYTES, max_length=FILE_BYTES)]
    chunks: Count
    claimed: bool


class FilesReply(Message, frozen=True):
    """What the server holds of attachments. ``more``: ask again, after the last one."""

    files: tuple[HeldFile, ...]
    more: bool = False


class ProofRequest(Message, frozen=True):
    """Show that you hold a claimed attachment: see shared.protocol.possession."""

    challenge: Annotated[bytes, Meta(min_length=16, max_length=32)]


class ProofReply(Message, frozen=True):
    """The answer to the challenge."""

    proof: Hash


class DoorsRequest(Message, frozen=True):
    """An attachment of ``chunks`` chunks is to come."""

    chunks: Annotated[int, Meta(ge=1, le=4096)]


class Door(Message, frozen=True):
    """Where chunk ``n`` is to be put: a URL that is good for some minutes, without a signature."""

    n: int
    url: str


class DoorsReply(Message, frozen=True):
    """Which chunks are here, and where the next ones are to be put; no doors: at the server."""

    chunks: tuple[int, ...]
    doors: tuple[Door, ...] = ()


class FileReply(Message, frozen=True):
    """Which chunks of an attachment are on disk, and whether it is claimed."""

    chunks: tuple[int, ...]
    claimed: bool


class SlugAnswer(msgspec.Struct, frozen=True):
    """Whether a name can be signed up, and if not, why (a code and its sentence).

    ``invitation``: it takes the code that the operator gave out for it. ``challenge``: what is to
    be solved first, hexadecimal; its 9th byte is the number of bits; empty: nothing.
    """

    slug: str
    available: bool
    code: str = ""
    sentence: str = ""
    invitation: bool = False
    challenge: str = ""


class AboutDevice(msgspec.Struct, frozen=True):
    """One line of the list of devices, as the server knows it. ``device`` is hexadecimal."""

    device: str
    role: str
    revoked: bool
    entries: int
    entry_bytes: int


class AboutFiles(msgspec.Struct, frozen=True):
    """What the server holds of attachments. ``unclaimed`` ones await their deletion."""

    files: int
    chunks: int
    bytes: int
    unclaimed: int


class AboutTable(msgspec.Struct, frozen=True):
    """One table of the tenant's file: how much is in it, and its last rows as text."""

    table: str
    columns: tuple[str, ...]
    rows: int
    bytes: int
    last: tuple[tuple[str, ...], ...] = ()


class About(msgspec.Struct, frozen=True):
    """All that the server holds about a tenant: counts, padded sizes, times; no content.

    ``tables`` is every table of the tenant's own file, and the tenant's line in the directory.
    ``objects``: pieces of snapshots and history segments.
    """

    slug: str
    skin: str
    created: Millis
    links: int
    link_bytes: int
    boxes: int
    entries: int
    entry_bytes: int
    log_quota: int
    file_quota: int
    devices: tuple[AboutDevice, ...]
    files: AboutFiles
    tables: tuple[AboutTable, ...] = ()
    objects: int = 0
    object_bytes: int = 0


_M = TypeVar("_M", bound=Message)


def encode(message: Message) -> bytes:
    """Return the bytes of a message."""
    return msgspec.msgpack.encode(message)


def decode(raw: bytes, kind: type[_M]) -> _M:
    """Read a message of the given kind, or raise MalformedMessageError."""
    try:
        return msgspec.msgpack.decode(raw, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise MalformedMessageError(str(error)) from error
