"""Where each call of the protocol lives. Ids in paths are lower-case hexadecimal."""

from shared.ids import EntryHash, FileId, PairId, Slug

SYNC = "/v1/sync"
CHAIN = "/v1/chain"
EVENTS = "/v1/events"
TENANTS = "/v1/tenants"
ABOUT = "/v1/about"
HEALTH = "/v1/health"
VERSION = "/v1/version"
SLUG = "/v1/slugs/{slug}"
FILES = "/v1/files"
FILE = "/v1/files/{file}"
CHUNK = "/v1/files/{file}/{chunk}"
CLAIM = "/v1/files/{file}/claim"
DOORS = "/v1/files/{file}/doors"
RELEASE = "/v1/files/{file}/release"
PROOF = "/v1/files/{file}/proof"
BASE = "/v1/base"
SNAPSHOT = "/v1/base/{snapshot}"
OBJECT = "/v1/objects/{object}"
SLOT = "/v1/pair/{box}/{slot}"
OPENAPI = "/v1/openapi.json"


def slug(name: Slug) -> str:
    """Where to ask whether a name is free."""
    return SLUG.format(slug=name)


def file(name: FileId) -> str:
    """Where to ask which chunks of an attachment the server holds."""
    return FILE.format(file=name.hex())


def chunk(name: FileId, index: int) -> str:
    """Where one chunk is put and got."""
    return CHUNK.format(file=name.hex(), chunk=index)


def claim(name: FileId) -> str:
    """Where an attachment is claimed."""
    return CLAIM.format(file=name.hex())


def doors(name: FileId) -> str:
    """Where to ask where the chunks of an attachment are to be put."""
    return DOORS.format(file=name.hex())


def release(name: FileId) -> str:
    """Where an attachment is released."""
    return RELEASE.format(file=name.hex())


def proof(name: FileId) -> str:
    """Where the server shows that it holds an attachment whole."""
    return PROOF.format(file=name.hex())


def snapshot(name: EntryHash) -> str:
    """Where a snapshot is fetched, and approved."""
    return SNAPSHOT.format(snapshot=name.hex())


def sealed_object(name: EntryHash) -> str:
    """Where a piece of a snapshot or a history segment is put and got."""
    return OBJECT.format(object=name.hex())


def slot(box: PairId, index: int) -> str:
    """Where one message of a pairing is left and taken."""
    return SLOT.format(box=box.hex(), slot=index)
