"""The pairing mailbox: strangers to the server, so limited in every way."""

import asyncio

from fastapi import Request, Response

from shared.ids import InvalidIdError, PairId, pair_id
from shared.protocol.limits import SLOT_BYTES
from shared.protocol.problems import Code
from sync_server.routes.admission import address_of, read_body
from sync_server.routes.answers import BYTES, done
from sync_server.storage.errors import RefusedError
from sync_server.storage.ports import Mailboxes
from sync_server.tenancy.throttle import Throttle


class Pairing:
    """Answers ``/v1/pair``."""

    def __init__(self, mailboxes: Mailboxes, throttle: Throttle) -> None:
        self._mailboxes = mailboxes
        self._throttle = throttle

    async def leave_message(self, request: Request, box: str, slot: str) -> Response:
        """Leave a message in a slot that has no other one."""
        self._throttle.spend(address_of(request))
        message = await read_body(request, SLOT_BYTES)
        await asyncio.to_thread(self._mailboxes.put, _box(box), _slot(slot), message)
        return done()

    async def take_message(self, request: Request, box: str, slot: str) -> Response:
        """Give a message; again, too, for an answer may be lost."""
        self._throttle.spend(address_of(request))
        message = await asyncio.to_thread(self._mailboxes.read, _box(box), _slot(slot))
        return Response(message, media_type=BYTES)


def _box(text: str) -> PairId:
    try:
        return pair_id(bytes.fromhex(text))
    except (InvalidIdError, ValueError) as error:
        raise RefusedError(Code.NOT_FOUND) from error


def _slot(text: str) -> int:
    if len(text) != 1 or text not in "0123456789":
        raise RefusedError(Code.NOT_FOUND)
    return int(text)
