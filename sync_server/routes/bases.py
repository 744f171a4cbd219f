"""Snapshots, their pieces and the history: put, got, proposed and approved."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from shared.ids import EntryHash, InvalidIdError, entry_hash
from shared.protocol.limits import OBJECT_BYTES, REQUEST_BYTES
from shared.protocol.messages import Approval, ApprovalRequest, SnapshotProposal, decode
from shared.protocol.problems import Code
from sync_server.routes.admission import admitted
from sync_server.routes.answers import BYTES, done, packed
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.doorway import Doorway

_APPROVAL_BYTES = 128


class Bases:
    """Answers ``/v1/base`` and ``/v1/objects``. ``now`` returns milliseconds since 1970."""

    def __init__(self, doorway: Doorway, now: Callable[[], int]) -> None:
        self._doorway = doorway
        self._now = now

    async def base(self, request: Request) -> Response:
        """Say which snapshot is the base, which is proposed, and whose approval it lacks."""
        async with admitted(self._doorway, request) as visit:
            return packed(await visit.work(visit.store.standing, now=self._now()))

    async def propose(self, request: Request) -> Response:
        """Propose a snapshot whose parts are here; the base, once all have approved it."""
        async with admitted(self._doorway, request, most=REQUEST_BYTES) as visit:
            asked = decode(visit.body, SnapshotProposal)
            return packed(await visit.work(visit.store.propose, asked, now=self._now()))

    async def snapshot(self, request: Request) -> Response:
        """Return the base or the proposed snapshot with its approvals."""
        async with admitted(self._doorway, request) as visit:
            name = _hash_in(request, "snapshot")
            return packed(await visit.work(visit.store.base.snapshot, name))

    async def approve(self, request: Request) -> Response:
        """Approve a snapshot in the name of the device that asks."""
        async with admitted(self._doorway, request, most=_APPROVAL_BYTES) as visit:
            name, asked = _hash_in(request, "snapshot"), decode(visit.body, ApprovalRequest)
            approval = Approval(visit.device, asked.signature)
            return packed(await visit.work(visit.store.approve, name, approval, now=self._now()))

    async def put_object(self, request: Request) -> Response:
        """Store a piece of a snapshot or a history segment: on disk when this is answered."""
        async with admitted(self._doorway, request, most=OBJECT_BYTES) as visit:
            name = _hash_in(request, "object")
            await visit.work(visit.store.put_object, name, visit.body, now=self._now())
            return done()

    async def get_object(self, request: Request) -> Response:
        """Return a piece of a snapshot or a history segment."""
        async with admitted(self._doorway, request) as visit:
            content = await visit.work(visit.store.base.get, _hash_in(request, "object"))
            return Response(content, media_type=BYTES)


def _hash_in(request: Request, name: str) -> EntryHash:
    text: str = request.path_params[name]
    try:
        found = entry_hash(bytes.fromhex(text))
    except (InvalidIdError, ValueError) as error:
        raise RefusedError(Code.NOT_FOUND) from error
    if found.hex() != text:
        raise RefusedError(Code.NOT_FOUND)
    return found
