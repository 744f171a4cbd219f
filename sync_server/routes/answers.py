"""Answers in the two encodings of the protocol."""

import msgspec
from starlette.responses import Response

from shared.protocol.messages import Message, encode

MSGPACK = "application/msgpack"
JSON = "application/json"
BYTES = "application/octet-stream"
HTML = "text/html"


def packed(message: Message) -> Response:
    """Answer with a message."""
    return Response(encode(message), media_type=MSGPACK)


def listed(value: msgspec.Struct) -> Response:
    """Answer with JSON, for people too."""
    return Response(msgspec.json.encode(value), media_type=JSON)


def done() -> Response:
    """Answer that it was done and that there is no more to say."""
    return Response(status_code=204)
