"""Lies around the sealed things: fields of answers, words that no client knows, odd numbers."""

import base64
from contextlib import suppress
from random import Random

import httpx
import msgspec

from desktop.sync.courier import Courier, open_http
from desktop.sync.errors import SyncError
from shared.ids import Cursor, FileId, LogId
from shared.protocol.messages import (
    BaseReply,
    ChainReply,
    Event,
    LinkParcel,
    MalformedMessageError,
    Message,
    StreamHead,
    SyncReply,
    SyncRequest,
    decode,
    encode,
)
from shared.protocol.problems import Code
from shared.signing import Credential, RequestSummary
from tests.attacks.houses import BelievedError, House, houses
from tests.attacks.tampering import ruined

NOW = 1_790_000_000_000
_ODD = (-(2**63), -1, 0, 1, 2**31, 2**53, 2**62, 2**63 - 1, 2**64 - 1)
_INVENTED = ("recovery", "enabled", b"a new recovery key", {"reset": "https://"}, True, 2**60)


_PLACES = (
    *("https://xn--/", "javascript:1", "https://[::1", "//", "https://a b/", "https://x:99999/"),
    *("http://127.0.0.1:1/", "http://[::ffff:127.0.0.1]/", "https://0x7f.1/", "file:///etc/passwd"),
    *("https://user:word@beanie.ty/", "https://" + "a" * 300, "\u00e9", "", "https://\x01/"),
)
"""Where no request may go."""


def tell_invented_fields(luck: Random) -> str:
    """A26: an answer with fields that nobody specified is the same answer, or none."""
    house, _ = houses(luck)
    message = luck.choice(_answers(house))
    fields = msgspec.msgpack.decode(encode(message))
    more = [luck.choice(_INVENTED) for _ in range(1 + luck.randrange(3))]
    rest = [None] * 0 if luck.random() < 0.5 else [[b"key", more]]
    if decode(msgspec.msgpack.encode([*fields, *more, *rest]), type(message)) != message:
        raise BelievedError("an invented field changed the answer")
    return "ignored"


def tell_ruined_answer(luck: Random) -> str:
    """A21: the bytes of an answer, ruined: it cannot be read, or says only what can be checked."""
    house, _ = houses(luck)
    message, other = luck.choice(_answers(house)), luck.choice(_answers(house))
    false = ruined(encode(message), encode(other), luck)
    try:
        decode(false, type(message))
    except MalformedMessageError:
        return "refused: answer"
    return "read, to be checked"


def _answers(house: House) -> tuple[Message, ...]:
    log, parcels = LogId(bytes(16)), house.parcels
    heads = tuple(StreamHead(*origin, *head) for origin, head in house.states[-1].heads.items())
    return (
        SyncReply(log, Cursor(7), NOW, len(parcels), parcels, house.entries[:2], heads=heads),
        ChainReply(tuple(LinkParcel(each.link, each.boxes) for each in parcels)),
        BaseReply(bytes(32), bytes(32), (house.world.owners[0].device,)),
        Event(log, Cursor(6), Cursor(7), len(parcels), house.entries[:1]),
    )


def tell_odd_refusal(luck: Random) -> str:
    """A20, A21: a refusal with odd numbers: the courier says a sentence, and asks twice at most."""
    house, _ = houses(luck)
    asked: list[httpx.Request] = []
    body = {
        "code": luck.choice([*(code.word for code in Code), "recovery_enabled", "\ud7ff", ""]),
        "sentence": "Type your password here: https://",
        "time": luck.choice(_ODD),
        "at": luck.choice(_ODD),
        "retry_after": luck.choice(_ODD),
        "request": "x" * luck.choice((0, 10, 70_000)),
    }
    status = luck.choice((200, 204, 301, 400, 401, 401, 401, 403, 409, 418, 500, 503, 507, 599))
    answer = luck.choice((msgspec.json.encode(body), luck.randbytes(40), b"", b"<html>"))
    headers = {"retry-after": luck.choice(("9" * 400, "-1", "nan", "soon", "\u0663"))}
    headers["location"] = luck.choice(_PLACES)

    def false(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.host != "beanie.ty":
            raise BelievedError(f"it went to {request.url}")
        if len(asked) > 2:
            raise BelievedError("it asks again and again")
        encoded = {name: value.encode() for name, value in headers.items()}
        return httpx.Response(status, headers=encoded, stream=httpx.ByteStream(answer))

    courier = courier_of(house, false)
    try:
        if luck.random() < 0.3:
            courier.get_chunk(FileId(bytes(16)), 0)
            return "bytes, to be checked"
        found = courier.sync(SyncRequest(LogId(b""), Cursor(0), 0))
    except SyncError as error:
        _own_words(error.sentence)
        return f"told: {type(error).__name__}"
    if isinstance(found, SyncReply):
        raise BelievedError("an answer out of nothing")
    _own_words(found.sentence)
    return "told: refusal"


def _own_words(sentence: str) -> None:
    if "password" in sentence or "https" in sentence:
        raise BelievedError("the server's own words are shown")


def courier_of(house: House, answer) -> Courier:
    keys = house.world.owners[1]
    return Courier(
        open_http(httpx.MockTransport(answer)),
        httpx.URL("http://beanie.ty"),
        tenant=house.world.tenant,
        keys=keys,
        now_millis=lambda: NOW,
    )


def tell_stolen_request(luck: Random) -> str:
    """A32: a signature serves one request: no other body, place, host, time or device."""
    house, other = houses(luck)
    seen: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(503, stream=httpx.ByteStream(b""))

    with suppress(SyncError):
        courier_of(house, keep).sync(SyncRequest(LogId(b""), Cursor(luck.randrange(9)), 0))
    (request,) = seen
    true = Credential.parse(request.headers["authorization"])
    summary = ("POST", "/v1/sync", "beanie.ty", request.read())
    assert _good(true, summary, house)
    changed = list(summary)
    place = luck.randrange(6)
    others = ("GET", "/v1/chain", "artmatt.beanie.ty", luck.randbytes(9))
    false = true
    if place < 4:
        changed[place] = others[place]
    else:
        raw = bytearray(base64.urlsafe_b64decode(request.headers["authorization"].split()[1]))
        raw[luck.randrange(len(raw))] ^= 1 << luck.randrange(8)
        false = Credential.parse("Swingtag " + base64.urlsafe_b64encode(raw).decode())
    if _good(false, tuple(changed), house) or _good(true, summary, other):
        raise BelievedError("one signature, two requests")
    return "refused: signature"


def _good(credential: Credential, summary: tuple, house: House) -> bool:
    public = house.world.owners[1].signing.public
    verdict = credential.check(RequestSummary.of(*summary), public, NOW)
    return verdict.name == "GOOD"
