"""Whatever is sent, by a device or by nobody: the server keeps what its OpenAPI document says."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, reject, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import SerializationError
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.protocol import paths
from shared.signing import RequestSummary, sign_request
from tests.sync_server.collector import Collector, Device, granted
from tests.sync_server.serving import running

EXAMPLES = 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
]
_MSGPACK = "application/msgpack"


@schemathesis.serializer(_MSGPACK)
def msgpack(_context: object, value: Any) -> bytes:
    """Write a generated body as the protocol does; text that may stand for bytes becomes bytes."""
    try:
        return msgspec.msgpack.encode(_with_bytes(value))
    except (TypeError, OverflowError, msgspec.MsgspecError) as error:
        raise SerializationError(str(error)) from error


def _with_bytes(value: Any) -> Any:
    match value:
        case list():
            return [_with_bytes(each) for each in value]
        case dict():
            return {key: _with_bytes(each) for key, each in value.items()}
        case str():
            try:
                return base64.b64decode(value, validate=True)
            except (binascii.Error, ValueError):
                return value
        case _:
            return value


class Signature(requests.auth.AuthBase):
    """Signs whatever is sent as a device does."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        host = request.url.split("/")[2]  # type: ignore[union-attr] # prepared, so it has one
        summary = RequestSummary.of(request.method, request.path_url, host, body)  # type: ignore[arg-type] # prepared
        device = self._device
        request.headers["authorization"] = sign_request(
            device.keys.signing,
            device.collector.tenant,
            device.keys.device,
            summary,
            device.clock(),
        )
        return request


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Device, Device]]:
    with running(tmp_path_factory.mktemp("openapi") / "data") as server:
        artmatt, begin = (Device(server.http, Collector(name)) for name in ("artmatt", "begin"))
        for device in (artmatt, begin):
            granted(device.sign_up())
            device.sync(device.write())
        yield artmatt, begin


def checks_for(response: schemathesis.Response) -> list[Any]:
    """JSON is held against its schema; the other tests decode the protocol's own messages."""
    is_json = "json" in "".join(response.headers.get("content-type", []))
    return [*CHECKS, response_schema_conformance] if is_json else CHECKS


def operations(device: Device) -> list[schemathesis.APIOperation]:
    schema = schemathesis.openapi.from_url(str(device.http.base_url.join(paths.OPENAPI)))
    found = [each.ok() for each in schema.get_all_operations()]
    return [each for each in found if each.path != paths.EVENTS]  # it never ends


def test_whatever_is_sent_gets_an_answer_that_is_documented(devices):
    artmatt, begin = devices
    signed, before = Signature(artmatt), begin.sync(cursor=0, own=True).entries
    asked = Counter()

    for operation in operations(artmatt):

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            for auth in (signed, None):
                try:
                    response = case.call(auth=auth)
                except SerializationError:
                    reject()  # a number that no message can carry
                assert response.status_code < 500, response.text
                case.validate_response(response, checks=checks_for(response))
                asked[case.operation.label] += 1

        ask()
    assert len(asked) >= 18, asked
    assert begin.sync(cursor=0, own=True).entries == before


def test_no_call_puts_one_side_in_the_place_of_the_other(devices):
    """F32: nothing is deleted, and what can be put has a name of its own that is put once."""
    document = devices[0].http.get(paths.OPENAPI).json()
    found = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert {method for method, _ in found} == {"get", "post", "put"}
    put = {path for method, path in found if method == "put"}
    assert put == {paths.CHUNK, paths.OBJECT, paths.SLOT}
