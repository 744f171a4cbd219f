"""The admin API: the operator's errands over HTTP, on the admin address, with a token.

It goes the way of the commands, so it can do what they can and nothing else: no call reads or
writes what a tenant stored.
"""

import asyncio
import base64
import hmac
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from shared.protocol.problems import Code
from sync_server.operations.admin_calls import CALLS, AdminCall, Body
from sync_server.operations.errand import ErrandSettings
from sync_server.operations.errands import SAID, Line, Surroundings, run_errand
from sync_server.routes.admission import read_body
from sync_server.storage.errors import RefusedError, StorageError
from sync_server.tenancy.backups import NoSuchBackupError
from sync_server.tenancy.desk import NoSuchTenantError
from sync_server.tenancy.plans import NoSuchPlanError
from sync_server.tenancy.premises import Place

PREFIX = "/admin/v1"
TOKEN_NAME = "admin-token"  # noqa: S105 - the name of the file, not what is in it
_TOKEN_BYTES = 32
_BODY_BYTES = 64 * 1024
_MISSING = (NoSuchTenantError, NoSuchPlanError, NoSuchBackupError)
_STATUSES = {
    200: "What was done, one object a line of the command.",
    400: "The body is not what this call takes.",
    401: "The token is missing or wrong.",
    404: "There is no such tenant, plan or backup.",
    409: "It cannot be done now; the sentence says why.",
    413: "The body is too large.",
    422: "The name is not one that can be had.",
    500: "The server's own files made trouble; the sentence says which.",
}


def read_token(folder: Path, random: Callable[[int], bytes]) -> str:
    """Return the token of a data folder; it is made when it is first asked for, for its user only.

    Whoever may read the file may do what the operator may.
    """
    path = folder / TOKEN_NAME
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{TOKEN_NAME}.part")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(base64.urlsafe_b64encode(random(_TOKEN_BYTES)).rstrip(b"="))
        draft.replace(path)
    path.chmod(0o600)
    return path.read_text(encoding="ascii").strip()


class AdminApi:
    """Answers the calls of ``CALLS`` below ``/admin/v1``."""

    def __init__(self, place: Place, token: str, around: Surroundings, version: str) -> None:
        self._place = place
        self._token = f"Bearer {token}".encode()
        self._around = around
        self._version = version

    def routes(self) -> list[Route]:
        """Return a route for each call, and one for their description."""
        made = [
            Route(PREFIX + call.path, self._endpoint(call), methods=[call.method]) for call in CALLS
        ]
        return [*made, Route(f"{PREFIX}/openapi.json", self._openapi)]

    def _endpoint(self, call: AdminCall) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if not self._is_operator(request):
                return _problem(401, "unauthorized", _STATUSES[401])
            try:
                return await self._answer(call, request)
            except RefusedError as refused:
                return _problem(refused.code.status, refused.code.word, refused.code.sentence)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                return _problem(400, Code.MALFORMED.word, str(error))
            except _MISSING as error:
                return _problem(404, Code.NOT_FOUND.word, error.__doc__ or "")
            except SAID as error:
                return _problem(409, "conflict", error.__doc__ or "")
            except (OSError, StorageError, sqlite3.Error) as error:
                return _problem(500, Code.INTERNAL.word, f"That did not work: {error}")

        return endpoint

    async def _answer(self, call: AdminCall, request: Request) -> Response:
        raw = await read_body(request, _BODY_BYTES)
        subject, detail, options = call.read(raw, request.path_params)
        if call.answers_file:
            return await self._file(call, subject)
        settings = ErrandSettings(self._place, call.errand, subject, detail, options)
        lines: list[Line] = await asyncio.to_thread(run_errand, settings, self._around)
        return JSONResponse(lines)

    async def _file(self, call: AdminCall, subject: str) -> Response:
        draft = Path(tempfile.mkdtemp(prefix="handing-out-", dir=self._place.folder)) / "tenant.zip"
        settings = ErrandSettings(self._place, call.errand, subject, str(draft))
        try:
            await asyncio.to_thread(run_errand, settings, self._around)
        except BaseException:
            _throw_away(draft)
            raise
        return FileResponse(
            draft, media_type="application/zip", background=BackgroundTask(_throw_away, draft)
        )

    async def _openapi(self, request: Request) -> Response:
        if not self._is_operator(request):
            return _problem(401, "unauthorized", _STATUSES[401])
        return JSONResponse(describe(self._version))

    def _is_operator(self, request: Request) -> bool:
        said = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(said, self._token)


def describe(version: str) -> dict[str, Any]:
    """Return the OpenAPI document of the admin API."""
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(PREFIX + call.path, {})[call.method.lower()] = _operation(call)
    asked = [call.asks for call in CALLS if call.asks is not Body]
    _, schemas = msgspec.json.schema_components(asked, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Swingtag server, for its operator", "version": version},
        "paths": paths,
        "security": [{"token": []}],
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: AdminCall) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", call.path)
    kind = "application/zip" if call.answers_file else "application/json"
    operation: dict[str, Any] = {
        "operationId": call.errand.name.lower(),
        "summary": call.summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "responses": {
            str(status): {
                "description": text,
                "content": {kind if status == 200 else "application/json": {}},  # noqa: PLR2004 - HTTP's own number
            }
            for status, text in _STATUSES.items()
        },
    }
    if call.asks is not Body:
        schema = {"$ref": f"#/components/schemas/{call.asks.__name__}"}
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def _problem(status: int, code: str, sentence: str) -> Response:
    headers = {"www-authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - HTTP's own number
    return JSONResponse({"code": code, "sentence": sentence}, status, headers)


def _throw_away(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.parent.rmdir()
