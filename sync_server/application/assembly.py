"""The app put together from its parts."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from sync_server.routes.boundary import Boundary, refuse
from sync_server.routes.calls import install
from sync_server.routes.events import StreamTimes
from sync_server.routes.table import Clocks, Rates, calls
from sync_server.tenancy.house import House
from sync_server.tenancy.journal import Journal
from sync_server.tenancy.throttle import Buckets


def assemble(
    house: House,
    *,
    journal: Journal,
    clocks: Clocks,
    version: str,
    rates: Rates | None = None,
    times: StreamTimes | None = None,
    download: str = "",
) -> FastAPI:
    """Build the web app over an open house; it closes the house when it stops."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        journal.note("start", version=version)
        async with asyncio.TaskGroup() as tasks:
            steward = tasks.create_task(house.steward.watch(journal))
            hearing = asyncio.ensure_future(house.hear())
            yield
            steward.cancel()
            hearing.cancel()
        house.close()
        journal.note("stop", version=version)

    rates = rates or Rates()
    boundary = Middleware(
        Boundary,
        journal=journal,
        now=clocks.millis,
        networks=Buckets(clocks.steady),
        each=rates.address,
    )
    app = FastAPI(
        exception_handlers={HTTPException: refuse, RequestValidationError: refuse},
        title="Swingtag server",
        version=version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[boundary],
        redirect_slashes=False,
    )
    install(
        app,
        calls(
            house,
            clocks=clocks,
            rates=rates,
            times=times or StreamTimes(),
            version=version,
            download=download,
        ),
    )
    return app
