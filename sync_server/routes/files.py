"""Attachments: sealed chunks put and got, whole files claimed and released."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.ids import EntryHash, FileId, InvalidIdError, file_id
from shared.protocol.limits import CHUNK_BYTES
from shared.protocol.messages import (
    ClaimRequest,
    DoorsRequest,
    FilesRequest,
    ProofReply,
    ProofRequest,
    ReleaseRequest,
    decode,
)
from shared.protocol.problems import Code
from sync_server.routes.admission import admitted
from sync_server.routes.answers import BYTES, done, packed
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.doorway import Doorway

_SMALL_BYTES = 64


class Files:
    """Answers ``/v1/files``. ``now`` returns milliseconds since 1970."""

    def __init__(self, doorway: Doorway, now: Callable[[], int]) -> None:
        self._doorway = doorway
        self._now = now

    async def put_chunk(self, request: Request) -> Response:
        """Store one chunk: on disk when this is answered."""
        async with admitted(self._doorway, request, most=CHUNK_BYTES) as visit:
            file, n = _file_in(request), _chunk_in(request)
            await visit.work(visit.store.put_chunk, file, n, visit.body, now=self._now())
            return done()

    async def get_chunk(self, request: Request) -> Response:
        """Return one chunk, or say where it is got."""
        async with admitted(self._doorway, request) as visit:
            file, n = _file_in(request), _chunk_in(request)
            door = await visit.work(visit.store.files.door_out, file, n)
            if door:
                return RedirectResponse(door)
            content = await visit.work(visit.store.files.get, file, n)
            return Response(content, media_type=BYTES)

    async def chunks(self, request: Request) -> Response:
        """Say which chunks of an attachment are here."""
        async with admitted(self._doorway, request) as visit:
            return packed(await visit.work(visit.store.files.presence, _file_in(request)))

    async def listing(self, request: Request) -> Response:
        """List the attachments that are here."""
        async with admitted(self._doorway, request, most=_SMALL_BYTES) as visit:
            asked = decode(visit.body, FilesRequest)
            return packed(await visit.work(visit.store.files.listing, asked.after))

    async def proof(self, request: Request) -> Response:
        """Show that an attachment is here, whole, by a hash over a challenge and its bytes."""
        async with admitted(self._doorway, request, most=_SMALL_BYTES) as visit:
            asked, files = decode(visit.body, ProofRequest), visit.store.files
            proof = await visit.work(files.proof, _file_in(request), asked.challenge)
            return packed(ProofReply(EntryHash(proof)))

    async def doors(self, request: Request) -> Response:
        """Say which chunks of an attachment are here, and where the others are to be put."""
        async with admitted(self._doorway, request, most=_SMALL_BYTES) as visit:
            asked, store = decode(visit.body, DoorsRequest), visit.store
            reply = await visit.work(
                store.files.open_doors,
                _file_in(request),
                asked.chunks,
                now=self._now(),
                room=store.limits.file_room,
            )
            return packed(reply)

    async def claim(self, request: Request) -> Response:
        """Keep an attachment: an entry refers to it."""
        async with admitted(self._doorway, request, most=_SMALL_BYTES) as visit:
            asked, files = decode(visit.body, ClaimRequest), visit.store.files
            room = visit.store.limits.file_room
            await visit.work(files.claim, _file_in(request), asked.chunks, room=room)
            await visit.work(files.sweep, now=self._now())
            return done()

    async def release(self, request: Request) -> Response:
        """Let an attachment go, thirty days from now, if the device has read the whole log."""
        async with admitted(self._doorway, request, most=_SMALL_BYTES) as visit:
            asked, store, file = decode(visit.body, ReleaseRequest), visit.store, _file_in(request)
            await visit.work(store.release, file, asked.log, asked.cursor, now=self._now())
            await visit.work(store.files.sweep, now=self._now())
            return done()


def _file_in(request: Request) -> FileId:
    text: str = request.path_params["file"]
    try:
        file = file_id(bytes.fromhex(text))
    except (InvalidIdError, ValueError) as error:
        raise RefusedError(Code.NOT_FOUND) from error
    if file.hex() != text:
        raise RefusedError(Code.NOT_FOUND)
    return file


def _chunk_in(request: Request) -> int:
    text: str = request.path_params["chunk"]
    if not (text.isascii() and text.isdecimal()) or str(int(text)) != text:
        raise RefusedError(Code.NOT_FOUND)
    return int(text)
