"""The names of sealed things in an exchange folder, and what a listing of names tells."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.stamps import Origin
from shared.envelope import MAX_SEQ
from shared.ids import DeviceId, EntryHash, FileId, Incarnation

_HASH, _DEVICE, _LIFE = "([0-9a-f]{64})", "([0-9a-f]{32})", "([0-9a-f]{16})"
_NUMBER = "([0-9a-f]{8}|[1-9a-f][0-9a-f]{8,15})"
_PATTERNS = {
    "links": re.compile(f"links/{_NUMBER}-{_HASH}"),
    "boxes": re.compile(f"boxes/{_HASH}"),
    "entries": re.compile(f"entries/{_DEVICE}/{_LIFE}/{_NUMBER}"),
    "snapshots": re.compile(f"snapshots/{_HASH}"),
    "approvals": re.compile(f"approvals/{_HASH}-{_DEVICE}"),
    "objects": re.compile(f"objects/{_HASH}"),
    "files": re.compile(f"files/[0-9a-f]{{2}}/{_DEVICE}"),
}


def link_name(n: int, name: bytes) -> str:
    """Name a link by its number and hash."""
    return f"links/{n:08x}-{name.hex()}"


def box_name(name: bytes) -> str:
    """Name a key box by its hash."""
    return f"boxes/{name.hex()}"


def entry_name(origin: Origin, seq: int) -> str:
    """Name an entry by its stream and number."""
    return f"entries/{origin.device.hex()}/{origin.incarnation.hex()}/{seq:08x}"


def snapshot_name(name: bytes) -> str:
    """Name a snapshot by its hash."""
    return f"snapshots/{name.hex()}"


def approval_name(name: bytes, device: bytes) -> str:
    """Name a device's word on a snapshot."""
    return f"approvals/{name.hex()}-{device.hex()}"


def object_name(name: bytes) -> str:
    """Name a piece of a snapshot, or a segment of the history, by its hash."""
    return f"objects/{name.hex()}"


def file_name(file: FileId) -> str:
    """Name the sealed bytes of a picture."""
    return f"files/{file.hex()[:2]}/{file.hex()}"


@dataclass(slots=True)
class Listing:
    """What lies in a place, by its names; nothing of it is checked yet.

    Other names, as of copies in conflict and of whatever somebody laid there, are passed over.
    """

    links: dict[int, set[EntryHash]] = field(default_factory=lambda: defaultdict(set))
    boxes: set[bytes] = field(default_factory=set)
    entries: dict[Origin, set[int]] = field(default_factory=lambda: defaultdict(set))
    snapshots: set[EntryHash] = field(default_factory=set)
    approvals: dict[EntryHash, set[DeviceId]] = field(default_factory=lambda: defaultdict(set))
    objects: set[EntryHash] = field(default_factory=set)
    files: set[FileId] = field(default_factory=set)

    @classmethod
    def of(cls, names: Iterable[str]) -> "Listing":
        """Sort names."""
        listing = cls()
        for name in names:
            kind = name.partition("/")[0]
            pattern = _PATTERNS.get(kind)
            found = pattern.fullmatch(name) if pattern else None
            if found:
                listing.note(kind, *found.groups())
        return listing

    def note(self, kind: str, *parts: str) -> None:
        """Note a name that was cut into its parts."""
        match kind, *parts:
            case "links", number, name:
                self.links[int(number, 16)].add(EntryHash(bytes.fromhex(name)))
            case "entries", device, life, number if int(number, 16) <= MAX_SEQ:
                stream = DeviceId(bytes.fromhex(device)), Incarnation(bytes.fromhex(life))
                self.entries[Origin(*stream)].add(int(number, 16))
            case "approvals", name, device:
                approved = EntryHash(bytes.fromhex(name))
                self.approvals[approved].add(DeviceId(bytes.fromhex(device)))
            case "boxes", name:
                self.boxes.add(bytes.fromhex(name))
            case "snapshots", name:
                self.snapshots.add(EntryHash(bytes.fromhex(name)))
            case "objects", name:
                self.objects.add(EntryHash(bytes.fromhex(name)))
            case "files", name:
                self.files.add(FileId(bytes.fromhex(name)))
            case _:
                pass
