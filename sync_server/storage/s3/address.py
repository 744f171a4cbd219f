"""Where a bucket is, as the operator writes it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from sync_server.storage.errors import StorageError

_REGION = "us-east-1"
_TIMEOUT = 10
_WORDS = frozenset({"region", "endpoint", "public", "timeout"})
_FORM = "s3://BUCKET/PREFIX?region=...&endpoint=https://...&public=https://..."


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """A bucket, and the folder in it that is ours ("": all of it).

    ``endpoint``: the store's address, "" for Amazon's own. ``public``: where devices reach the
    same store. ``timeout``: seconds after which a request is given up.
    """

    name: str
    prefix: str = ""
    region: str = _REGION
    endpoint: str = ""
    public: str = ""
    timeout: int = _TIMEOUT


def read_address(text: str) -> BucketAddress:
    """Read such an address, or raise StorageError."""
    parts = urlsplit(text)
    said = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or not said.keys() <= _WORDS:
        raise StorageError(f"A place for attachments is written {_FORM}")
    if set(parts.netloc) & set("@:"):
        raise StorageError("Keys of the store belong in AWS_ACCESS_KEY_ID and the like.")
    endpoint = said.get("endpoint", "")
    return BucketAddress(
        name=parts.netloc,
        prefix=parts.path.strip("/"),
        region=said.get("region", _REGION),
        endpoint=endpoint,
        public=said.get("public", endpoint),
        timeout=_seconds(said.get("timeout", "")),
    )


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else _TIMEOUT
