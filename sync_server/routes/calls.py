"""One description of every call, from which the routes and the OpenAPI document are made.

Hot calls are plain Starlette routes: FastAPI's own handling would cost three times as much.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from starlette.routing import Route

from shared.protocol.messages import Message
from shared.protocol.problems import Code, Problem
from sync_server.routes.answers import BYTES, HTML, JSON, MSGPACK

Endpoint = Callable[..., Any]
Content = type[msgspec.Struct] | str | None
"""What a body is: a message, a media type of plain bytes, or nothing."""

_SCHEMAS = "#/components/schemas/"
_ELSEWHERE: dict[str, Any] = {
    "307": {
        "description": "Got at this URL, without a signature, within minutes.",
        "headers": {"location": {"schema": {"type": "string"}}},
    }
}
_SIGNED = (
    Code.NOT_ADMITTED,
    Code.CLOCK,
    Code.REVOKED,
    Code.SUSPENDED,
    Code.MISDIRECTED,
    Code.MAINTENANCE,
    Code.UNAVAILABLE,
)
_ALWAYS = (Code.MALFORMED, Code.TOO_LARGE, Code.TOO_MANY, Code.INTERNAL)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: where, what goes in, what comes out, what can be refused.

    ``signed``: by a device of a tenant. ``hot``: a plain route. ``elsewhere``: the answer may say
    where to get it.
    """

    method: str
    path: str
    endpoint: Endpoint
    asks: Content = None
    answers: Content = None
    refusals: tuple[Code, ...] = ()
    signed: bool = False
    hot: bool = False
    elsewhere: bool = False

    @property
    def operation(self) -> dict[str, Any]:
        """Describe the call as an OpenAPI operation."""
        codes = (*_ALWAYS, *(_SIGNED if self.signed else ()), *self.refusals)
        operation: dict[str, Any] = {
            "operationId": self.endpoint.__name__,
            "summary": (self.endpoint.__doc__ or "").strip().splitlines()[0],
            "parameters": [_parameter(name) for name in re.findall(r"{(\w+)}", self.path)],
            "responses": {
                **_success(self.answers),
                **(_ELSEWHERE if self.elsewhere else {}),
                **_refusals(codes, self.answers),
            },
        }
        if self.asks is not None:
            operation["requestBody"] = {"required": True, "content": _content(self.asks)}
        if self.signed:
            operation["security"] = [{"device": []}]
        return operation


def install(app: FastAPI, calls: Sequence[Call]) -> None:
    """Add the routes to the app, in order, and make it describe all of them."""
    for call in calls:
        if call.hot:
            route = Route(call.path, call.endpoint, methods=[call.method], include_in_schema=False)
            app.router.routes.append(route)
        else:
            app.add_api_route(
                call.path, call.endpoint, methods=[call.method], include_in_schema=False
            )
    document = cache(partial(describe, app.title, app.version, tuple(calls)))
    app.openapi = document  # type: ignore[method-assign] # FastAPI's documented way


def describe(title: str, version: str, calls: Sequence[Call]) -> dict[str, Any]:
    """Return the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = call.operation
    named = {kind for call in calls for kind in (call.asks, call.answers)}
    structs = [kind for kind in named if isinstance(kind, type)] + [Problem]
    structs.sort(key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(structs, ref_template=_SCHEMAS + "{name}")
    scheme = {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A signature of this request by the device's key; see docs/protocol.md.",
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"device": scheme}},
    }


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _content(kind: Content) -> dict[str, Any]:
    if isinstance(kind, type):
        media = MSGPACK if issubclass(kind, Message) else JSON
        return {media: {"schema": {"$ref": _SCHEMAS + kind.__name__}}}
    return {kind or BYTES: {}}


def _success(kind: Content) -> dict[str, Any]:
    if kind is None:
        return {"204": {"description": "Done."}}
    return {"200": {"description": "The answer.", "content": _content(kind)}}


def _refusals(codes: Iterable[Code], answers: Content) -> dict[str, Any]:
    """Group the refusals by status: their names and sentences. A page may refuse with a page."""
    page: dict[Any, Any] = {answers: {}} if answers == HTML else {}
    texts: dict[int, list[str]] = {}
    for code in codes:
        texts.setdefault(code.status, []).append(f"`{code.word}`: {code.sentence}")
    return {
        str(status): {
            "description": f"{HTTPStatus(status).phrase}. " + " ".join(lines),
            "content": _content(Problem) | page,
        }
        for status, lines in sorted(texts.items())
    }
