"""A server address as people type it."""

import re
from ipaddress import ip_address

import httpx

from desktop.sync.errors import InvalidAddressError

_HOST = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]*|[0-9a-f:]+")


def server_url(text: str) -> httpx.URL:
    """Read an address typed by a person, or raise InvalidAddressError.

    Without a scheme it is https, but for this very computer http.
    """
    typed = text.strip()
    try:
        url = httpx.URL(typed if "://" in typed else f"//{typed}")
        scheme = url.scheme or ("http" if _is_here(url.host) else "https")
        url = httpx.URL(scheme=scheme, host=url.host, port=url.port)
    except (httpx.InvalidURL, ValueError) as error:
        raise InvalidAddressError(text) from error
    if scheme not in {"http", "https"} or not _HOST.fullmatch(url.host):
        raise InvalidAddressError(text)
    return url


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    return _is_number(host) and ip_address(host).is_loopback


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
