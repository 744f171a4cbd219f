"""The landing pages: of the server, and of each collector. No scripts, nothing fetched."""

import asyncio
from collections.abc import Callable, Mapping
from html import escape
from string import Template
from urllib.parse import quote

from fastapi import Request, Response

from shared.ids import InvalidIdError, Slug, slug
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.hosts import Hosts
from sync_server.tenancy.names import Names
from sync_server.web.looks import CLASSIC, Look

_TAG = (
    '<svg viewBox="0 0 100 96" aria-hidden="true"><path d="M50 90C18 66 6 50 6 32a22 22 0 0 1 '
    '44-8 22 22 0 0 1 44 8c0 18-12 34-44 58Z"/><circle cx="27" cy="29" r="4.5"/>'
    '<text x="52" y="62">$initial</text></svg>'
)
_TINTS = f"<ul aria-hidden='true'>{'<li></li>' * 7}</ul>"
_PAGE = Template(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>$title</title><style>$style</style></head><body><main>" + _TAG + "$kind"
    "<h1>$title</h1>$text$deeds" + _TINTS + "</main>"
    "<footer>Swingtag is a private catalogue for collectors. It is independent of Ty Inc."
    "</footer></body></html>"
)
_POLICY = (
    "default-src 'none'; style-src 'sha256-{}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
_NOT_FOUND = 404


class Landing:
    """Answers ``/`` and ``/<slug>``. A host name picks the page; it proves nothing."""

    def __init__(
        self,
        hosts: Hosts,
        names: Names,
        authority: Callable[[Request], str],
        looks: Mapping[str, Look],
        download: str = "",
    ) -> None:
        self._hosts = hosts
        self._names = names
        self._authority = authority
        self._looks = looks
        self._download = download
        self._classic = looks[CLASSIC.name]

    async def front_page(self, request: Request) -> Response:
        """Show the page of the collector whom the host names, else the server's own."""
        try:
            name = self._hosts.tenant_named(self._authority(request))
        except RefusedError:
            return self._nobody()
        server = self._hosts.server_in(self._authority(request))
        return self._server_page(server) if name is None else await self._page_of(name, server)

    async def collector_page(self, request: Request, name: str) -> Response:
        """Show a collector's page where there are no host names for them."""
        try:
            server = self._hosts.server_in(self._authority(request))
            return await self._page_of(slug(name), server)
        except InvalidIdError:
            return self._nobody()

    async def _page_of(self, name: Slug, server: str) -> Response:
        skin = await asyncio.to_thread(self._names.skin_of, name)
        if skin is None:
            return self._nobody()
        look = self._looks.get(skin, self._classic)
        return _page(
            look,
            name,
            "<p>A private collection lives here. It is sealed on its collector's own devices; "
            "this server keeps it but cannot read it.</p>"
            "<p>Is it yours? Open it in Swingtag, on a computer that has it or on a new one.</p>",
            kind=look.collection,
            deeds=self._deeds("join", server),
        )

    def _server_page(self, server: str) -> Response:
        return _page(
            self._classic,
            "A Swingtag server",
            "<p>Collectors sync their catalogues through this server. It stores sealed bytes "
            "that it cannot read.</p><p>To join, choose this address in Swingtag when you create "
            "a collection.</p>",
            deeds=self._deeds("new", server),
        )

    def _deeds(self, door: str, server: str) -> str:
        """Return the links below the text. The app does not believe what they say."""
        links = []
        if server:
            target = f"swingtag://{door}?server={quote(server, safe='')}"
            links.append(f'<a class="first" href="{escape(target)}">Open in Swingtag</a>')
        if self._download:
            target = escape(self._download)
            links.append(f'<a href="{target}" rel="noreferrer">Get Swingtag</a>')
        return f'<p class="deeds">{"".join(links)}</p>' if links else ""

    def _nobody(self) -> Response:
        return _page(
            self._classic,
            "Nobody by that name",
            "<p>No collector has signed up here under this name.</p>",
            status=_NOT_FOUND,
        )


def _page(
    look: Look, title: str, text: str, *, kind: str = "", deeds: str = "", status: int = 200
) -> Response:
    html = _PAGE.substitute(
        title=escape(title),
        style=look.style,
        text=text,
        deeds=deeds,
        kind=f'<p class="kind">{escape(kind)}</p>' if kind else "",
        initial=escape(title[0].upper()) if kind else "",
    )
    policy = {"content-security-policy": _POLICY.format(look.fingerprint)}
    return Response(html, status, headers={**_HEADERS, **policy}, media_type="text/html")
