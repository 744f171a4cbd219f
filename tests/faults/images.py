"""What a power cut may leave of the writes in a record: kept, lost or torn until they are synced.

The model is the one that a journalling file system promises: names change in order, and are safe
once their folder or the renamed file is synced; bytes of a file may reach the disk in any order, in
whole sectors, and are safe once the file is synced. Bytes whose sync failed are gone: the system
takes them for written.
"""

import re
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import NamedTuple

SECTOR = 512
_CALL = re.compile(r"^(?P<pid>\d+) +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
_HANDLE = re.compile(r"^(?:-?\d+|AT_FDCWD)<(?P<path>[^>]*)>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_NUMBERS = re.compile(r", (\d+)(?=,|$)")
_ON_FILES = {
    "fsync": "sync",
    "fdatasync": "sync",
    "ftruncate": "truncate",
    "pwrite64": "write",
    "write": "append",
    "sendfile": "copy",
}
_WITH_OFFSET = {"ftruncate", "pwrite64"}
_ON_NAMES = {
    "openat": "create",
    "unlink": "unlink",
    "unlinkat": "unlink",
    "rename": "rename",
    "renameat": "rename",
    "renameat2": "rename",
}
STRACE_OPTIONS = ("-xx", "-y", "-s", "16777216")
"""How a record must be made: all bytes, in hex, with the path of each file."""


@dataclass(frozen=True)
class Event:
    """One call that changed something: ``data`` the bytes written at ``offset``.

    ``target``: a new name, or the file that was copied.
    """

    name: str
    path: str
    offset: int = 0
    data: bytes = b""
    target: str = ""


@dataclass
class Inode:
    """A file as the disk has it, and the changes that may or may not have reached it."""

    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Event] = field(default_factory=list)

    def now(self) -> bytes:
        """Return the content as programs see it."""
        content = bytearray(self.safe)
        for event in self.waiting:
            _apply(content, event)
        return bytes(content)

    def settle(self, *, kept: bool) -> None:
        """Let all that waits reach the disk, or be lost."""
        if kept:
            self.safe = bytearray(self.now())
        self.waiting.clear()

    def cut(self, chance: Random) -> bytes:
        """Return the content after a power cut."""
        content = bytearray(self.safe)
        for event in self.waiting:
            fate = chance.random()
            if fate < 0.5:
                _apply(content, event)
            elif fate < 0.7 and event.name == "write":
                length = chance.randrange(0, len(event.data) + 1) // SECTOR * SECTOR
                _apply(content, Event("write", event.path, event.offset, event.data[:length]))
        return bytes(content)


class Change(NamedTuple):
    """All names after one of them changed; ``safe_by``: what makes that safe if it is synced."""

    names: dict[str, Inode]
    safe_by: frozenset[str]


@dataclass
class Disk:
    """Names and files while a record is played."""

    names: dict[str, Inode] = field(default_factory=dict)
    safe_names: dict[str, Inode] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def play(self, event: Event) -> None:
        """Let one event happen."""
        match event.name:
            case "write" | "truncate":
                self.names.setdefault(event.path, Inode()).waiting.append(event)
            case "copy":
                content = self.names[event.target].now()
                self.play(Event("write", event.path, 0, content))
            case "sync" | "lose":
                self._sync(event.path, worked=event.name == "sync")
            case _:
                self._name(event)

    def _name(self, event: Event) -> None:
        match event.name:
            case "create":
                if event.path in self.names:
                    return
                self.names[event.path] = Inode()
            case "unlink":
                self.names.pop(event.path, None)
            case "rename":
                self._rename(event.path, event.target)
        paths = {event.path, event.target}
        folders = {path.rpartition("/")[0] for path in paths}
        self.changes.append(Change(dict(self.names), frozenset(paths | folders)))

    def _sync(self, path: str, *, worked: bool) -> None:
        if path in self.names:
            self.names[path].settle(kept=worked)
        if not worked:
            return
        safe = [n for n, change in enumerate(self.changes, 1) if path in change.safe_by]
        if safe:
            self.safe_names = self.changes[safe[-1] - 1].names
            del self.changes[: safe[-1]]

    def _rename(self, old: str, new: str) -> None:
        for path in [*self.names]:
            if path == old or path.startswith(old + "/"):
                self.names[new + path[len(old) :]] = self.names.pop(path)

    def cut(self, chance: Random) -> dict[str, bytes]:
        """Return the files after a power cut now; shared memory does not survive it."""
        names = chance.choice([self.safe_names, *(change.names for change in self.changes)])
        return {
            path: inode.cut(chance) for path, inode in names.items() if not path.endswith("-shm")
        }


def _apply(content: bytearray, event: Event) -> None:
    if event.name == "truncate":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    gap = event.offset - len(content)
    if gap > 0:
        content.extend(bytes(gap))
    content[event.offset : event.offset + len(event.data)] = event.data


def read_record(record: Path, root: Path) -> list[Event]:
    """Read what strace saw below a folder, paths relative to it; acknowledgements as ``heard``."""
    calls = map(_CALL.match, record.read_text(errors="replace").splitlines())
    events = [_event(call["name"], call["arguments"], call["result"]) for call in calls if call]
    return [
        replace(event, path=_below(root, event.path), target=_below(root, event.target))
        for event in events
        if event and (event.name == "heard" or f"{event.path}/".startswith(f"{root}/"))
    ]


def _below(root: Path, path: str) -> str:
    return path.removeprefix(f"{root}").removeprefix("/")


def _event(call: str, arguments: str, result: str) -> Event | None:
    handle = _HANDLE.match(arguments)
    place = _bytes(handle["path"]).decode() if handle else ""
    strings = [_bytes(each) for each in _STRING.findall(arguments)]
    if int(result) < 0:
        return Event("lose", place) if _ON_FILES.get(call) == "sync" else None
    if call == "sendto":  # an acknowledgement, or the event loop that wakes itself
        return Event("heard", "", data=strings[0]) if strings[0].startswith(b"[") else None
    if call == "sendfile":
        source = _HANDLE.match(arguments.partition(", ")[2])
        assert source
        return Event("copy", place, target=_bytes(source["path"]).decode())
    if call in _ON_FILES:
        offset = int(_NUMBERS.findall(arguments)[-1]) if call in _WITH_OFFSET else 0
        return Event(_ON_FILES[call], place, offset, strings[0] if strings else b"")
    if call not in _ON_NAMES or (call == "openat" and "O_CREAT" not in arguments):
        return None
    paths = [_join(place, each) for each in strings]
    return Event(_ON_NAMES[call], paths[0], target=paths[-1])


def _bytes(shown: str) -> bytes:
    return bytes.fromhex(shown.replace("\\x", ""))


def _join(folder: str, name: bytes) -> str:
    text = name.decode()
    return text if text.startswith("/") else f"{folder}/{text}"


def place_appends(events: list[Event]) -> list[Event]:
    """Give plain writes the offset at which their file stands; new files are written in order."""
    ends: dict[str, int] = {}
    placed = []
    for event in events:
        if event.name == "create":
            ends[event.path] = 0
        if event.name == "append":
            start = ends.get(event.path, 0)
            ends[event.path] = start + len(event.data)
            placed.append(Event("write", event.path, start, event.data))
        else:
            placed.append(event)
    return placed


def disk_of(template: Path) -> Disk:
    """Return a disk that holds a folder, safely."""
    names = {
        str(path.relative_to(template)): Inode(bytearray(path.read_bytes()))
        for path in template.rglob("*")
        if path.is_file()
    }
    return Disk(names, dict(names))


def lay_out(files: dict[str, bytes], template: Path, folder: Path) -> None:
    """Write an image's files into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for place in template.rglob("*"):
        if place.is_dir():
            (folder / place.relative_to(template)).mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
