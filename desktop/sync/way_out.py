"""The way out of this computer, as it is set up here: straight, or through a proxy.

It is looked for with each request, and nothing is opened before. So no setting, however wrong,
keeps a collection from being opened, and one that is put right counts at once.
"""

from threading import Lock
from urllib.request import getproxies, proxy_bypass

import httpx
from typing_extensions import override

from desktop.sync.errors import (
    CertificatesError,
    ProxyError,
    SilentProxyError,
    UnreachableError,
    UnusableProxyError,
)
from desktop.sync.wire import fault

_IDLE = httpx.Limits(keepalive_expiry=60.0)
"""No bound on how many: each open collection holds a stream, and asks for one thing at a time."""
_STRAIGHT = ""


class WayOut(httpx.BaseTransport):
    """Carries requests of many threads. Raises SyncError for what this computer's settings do."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ways: dict[str, httpx.HTTPTransport] = {}

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, through the proxy that is set for where it goes."""
        proxy = _proxy_for(request.url)
        with self._lock:
            if proxy not in self._ways:
                self._ways[proxy] = _open(proxy)
            way = self._ways[proxy]
        try:
            return way.handle_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if proxy and type(fault(error)) is UnreachableError:
                raise SilentProxyError from error
            raise

    @override
    def close(self) -> None:
        """Hang up."""
        with self._lock:
            for way in self._ways.values():
                way.close()
            self._ways.clear()


def _proxy_for(url: httpx.URL) -> str:
    """Return the address of the proxy for a host; empty if there is none."""
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all") or _STRAIGHT
    if not proxy or proxy_bypass(url.host) or proxy_bypass(url.netloc.decode()):
        return _STRAIGHT
    return proxy if "://" in proxy else f"http://{proxy}"


def _open(proxy: str) -> httpx.HTTPTransport:
    if proxy and proxy.partition("://")[0].lower() not in {"http", "https"}:
        raise UnusableProxyError
    try:
        return httpx.HTTPTransport(limits=_IDLE, proxy=proxy or None)
    except OSError as error:
        raise CertificatesError from error
    except (httpx.InvalidURL, ValueError) as error:
        raise ProxyError from error
