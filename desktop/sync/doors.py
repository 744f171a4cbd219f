"""The way past the server to where it keeps large pictures: URLs that the server names.

A server may lie: nothing that identifies anybody goes to such a URL, an answer is taken only up
to a limit and checked by whoever asked, and no URL leads into the network at home.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from desktop.sync.errors import DoorAwayError, DoorShutError, UnfitDoorError
from desktop.sync.traffic import Traffic
from desktop.sync.wire import SMALL_BYTES, UNWELL, Answer, take
from shared.protocol import limits


class Doors:
    """Puts and gets at URLs of one server. Raises DoorAwayError, DoorShutError, UnfitDoorError."""

    def __init__(self, http: httpx.Client, server: httpx.URL, traffic: Traffic) -> None:
        self._http = http
        self._server = server
        self._traffic = traffic

    def put(self, url: str, chunk: bytes) -> None:
        """Store one sealed chunk."""
        self._ask("PUT", url, chunk, SMALL_BYTES)

    def get(self, url: str) -> bytes:
        """Fetch one sealed chunk. It is not verified yet."""
        return self._ask("GET", url, b"", limits.CHUNK_BYTES).body

    def _ask(self, method: str, text: str, body: bytes, cap: int) -> Answer:
        request = httpx.Request(method, self._fit(text), content=body or None)
        try:
            answer = take(self._http.send(request, stream=True, follow_redirects=False), cap)
        except UNWELL as error:
            raise DoorAwayError from error
        self._traffic.count(request, answer.headers, answer.body)
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise DoorAwayError
        if not httpx.codes.is_success(answer.status):
            raise DoorShutError
        return answer

    def _fit(self, text: str) -> httpx.URL:
        """Return the URL if it may be gone to."""
        try:
            url = httpx.URL(text)
            host = url.host
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UnfitDoorError from error
        is_secure = url.scheme == "https" or (url.scheme, self._server.scheme) == ("http", "http")
        if not is_secure or not host or url.userinfo:
            raise UnfitDoorError
        if _is_inside(host) and not _is_inside(self._server.host):
            raise UnfitDoorError
        return url


def _is_inside(host: str) -> bool:
    """Tell whether a host is this computer or one in its own network."""
    return any(not address.is_global or address.is_multicast for address in _addresses(host))


def _addresses(host: str) -> list[IPv4Address | IPv6Address]:
    """Find a host's addresses; none if they cannot be found: then nothing can be reached either."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    addresses = [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
    return [getattr(each, "ipv4_mapped", None) or each for each in addresses]
