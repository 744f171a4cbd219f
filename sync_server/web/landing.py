"""The landing pages: of the server, and of each collector. No scripts, nothing fetched."""

import asyncio
import base64
from collections.abc import Callable
from hashlib import sha256
from html import escape
from string import Template

from fastapi import Request, Response

from shared.ids import InvalidIdError, Slug, slug
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.hosts import Hosts
from sync_server.tenancy.names import Names

_STYLE = """
:root { color-scheme: light dark; --ground: #fbf7f2; --ink: #2b2118; --quiet: #6b5d50;
  --tag: #c4262e; }
@media (prefers-color-scheme: dark) { :root { --ground: #1c1815; --ink: #f4ece3;
  --quiet: #b6a798; --tag: #e8575d; } }
body { margin: 0; min-height: 100vh; display: grid; place-content: center;
  background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, sans-serif; }
main { max-width: 34rem; padding: 3rem 1.5rem; }
h1 { margin: 0 0 .5rem; font-size: 2.25rem; line-height: 1.15; overflow-wrap: anywhere; }
h1::before { content: ""; display: block; width: 2.2rem; height: .45rem; margin-bottom: 1rem;
  border-radius: 1rem; background: var(--tag); }
p { margin: .75rem 0; } footer { color: var(--quiet); font-size: .875rem; margin-top: 2.5rem; }
"""
_PAGE = Template(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>$title</title><style>$style</style></head><body><main><h1>$title</h1>$text"
    "<footer>Swingtag is a private catalogue for collectors. It is independent of Ty Inc."
    "</footer></main></body></html>"
)
_FINGERPRINT = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_FINGERPRINT}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_NOT_FOUND = 404


class Landing:
    """Answers ``/`` and ``/<slug>``. A host name picks the page; it proves nothing."""

    def __init__(self, hosts: Hosts, names: Names, authority: Callable[[Request], str]) -> None:
        self._hosts = hosts
        self._names = names
        self._authority = authority

    async def front_page(self, request: Request) -> Response:
        """Show the page of the collector whom the host names, else the server's own."""
        try:
            name = self._hosts.tenant_named(self._authority(request))
        except RefusedError:
            return _nobody()
        return _server_page() if name is None else await self._page_of(name)

    async def collector_page(self, name: str) -> Response:
        """Show a collector's page where there are no host names for them."""
        try:
            return await self._page_of(slug(name))
        except InvalidIdError:
            return _nobody()

    async def _page_of(self, name: Slug) -> Response:
        if not await asyncio.to_thread(self._names.is_signed_up, name):
            return _nobody()
        return _page(
            name,
            "<p>A private collection lives here. It is sealed on its collector's own devices; "
            "this server keeps it but cannot read it.</p>"
            "<p>Is it yours? Open Swingtag and unlock it there.</p>",
        )


def _server_page() -> Response:
    return _page(
        "A Swingtag server",
        "<p>Collectors sync their catalogues through this server. It stores sealed bytes that "
        "it cannot read.</p><p>To join, choose this address in Swingtag when you create a "
        "collection.</p>",
    )


def _nobody() -> Response:
    return _page(
        "Nobody by that name", "<p>No collector has signed up here under this name.</p>", _NOT_FOUND
    )


def _page(title: str, text: str, status: int = 200) -> Response:
    html = _PAGE.substitute(title=escape(title), style=_STYLE, text=text)
    return Response(html, status, headers=_HEADERS, media_type="text/html")
