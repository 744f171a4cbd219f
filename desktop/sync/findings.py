"""What syncs, exchanges and openings found out, kept until the person has dismissed it.

A round tells only what it met itself. What happened once would be gone with the next one, perhaps
before anybody looked. So it is kept in the vault with the time, by name, for each way it came.
What is wrong now and mends itself is no part of this: that is told as long as it holds.
"""

from collections.abc import Callable, Collection, Iterable
from enum import Enum
from typing import NamedTuple

import msgspec

from desktop.sync.status import Finding
from desktop.vault.vault import Secrets
from shared.ids import DeviceId

_KEPT = "found/"
_ALARMS = ("FORKED", "REFUSED", "HIDDEN")
"""They cannot be dismissed while they hold."""
_EVENTS = ("LATE", "SET_ASIDE", "COPIED", "RESTORED")
"""They are over when they are told."""


class Source(Enum):
    """Who found it."""

    SERVER = "server"
    FOLDER = "folder"
    BUNDLE = "bundle"
    OPENING = "opening"


class _Kept(NamedTuple):
    """``holds``: the last look met it again. ``dismissed``: so it is not shown until it is new."""

    sentence: str
    millis: int
    holds: bool = True
    dismissed: bool = False
    devices: frozenset[bytes] = frozenset()
    apart: bool = False


class Parted(NamedTuple):
    """Devices whose edits are not taken in any more, since they contradict what is here.

    ``apart``: it is this device that holds another version than the server.
    """

    devices: frozenset[DeviceId]
    apart: bool


class Findings:
    """What one source found. May be made anew each time, and used from any thread."""

    def __init__(self, secrets: Secrets, source: Source, now_millis: Callable[[], int]) -> None:
        self._secrets = secrets
        self._prefix = f"{_KEPT}{source.value}/"
        self._now_millis = now_millis

    def found(self, notice: Enum, devices: Iterable[DeviceId] = (), *, apart: bool = False) -> None:
        """Keep that something was met just now; what passes by itself is not kept.

        ``devices`` and ``apart``: as in Parted, if two histories were met.
        """
        if notice.name not in (*_ALARMS, *_EVENTS):
            return
        before = self._read().get(notice.name)
        now = _Kept(str(notice.value), self._now_millis(), devices=frozenset(devices), apart=apart)
        if before is not None and before.holds:
            now = now._replace(millis=before.millis, dismissed=before.dismissed)
        if now != before:
            self._keep(notice.name, now)

    def settle(self, notices: Collection[Enum] = ()) -> None:
        """Note at the end of a look that only these hold now."""
        names = {notice.name for notice in notices}
        for name, kept in self._read().items():
            if name in names or not kept.holds:
                continue
            if kept.dismissed:
                self._secrets.drop(self._prefix + name)
            else:
                self._keep(name, kept._replace(holds=False))

    def _read(self) -> dict[str, _Kept]:
        return _read(self._secrets, self._prefix)

    def _keep(self, name: str, kept: _Kept) -> None:
        self._secrets.put(self._prefix + name, msgspec.msgpack.encode(kept))


def findings(secrets: Secrets) -> tuple[Finding, ...]:
    """Return what was found and not dismissed, each sentence once, the gravest first."""
    shown: dict[str, Finding] = {}
    kept = sorted(_read(secrets, _KEPT).items(), key=lambda item: _gravity(item[0]))
    for name, one in kept:
        if not one.dismissed:
            alarm = _name(name) in _ALARMS
            before = shown.get(one.sentence)
            shown[one.sentence] = Finding(
                one.sentence,
                max(one.millis, before.millis if before else 0),
                alarm=alarm,
                holds=(alarm and one.holds) or (before is not None and before.holds),
            )
    return tuple(shown.values())


def dismiss(secrets: Secrets, sentence: str) -> None:
    """Show a sentence no more, unless it is found anew; an alarm that holds stays."""
    for name, kept in _read(secrets, _KEPT).items():
        if kept.sentence != sentence:
            continue
        if not kept.holds:
            secrets.drop(_KEPT + name)
        elif _name(name) in _EVENTS:
            secrets.put(_KEPT + name, msgspec.msgpack.encode(kept._replace(dismissed=True)))


def parted(secrets: Secrets) -> Parted | None:
    """Tell whose history is there in two versions, as far as that still holds."""
    found = [each for each in _read(secrets, _KEPT).values() if each.holds and each.devices]
    devices = frozenset(DeviceId(device) for each in found for device in each.devices)
    return Parted(devices, any(each.apart for each in found)) if found else None


def _read(secrets: Secrets, prefix: str) -> dict[str, _Kept]:
    kept = secrets.under(prefix)
    return {name: msgspec.msgpack.decode(raw, type=_Kept) for name, raw in kept.items()}


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _gravity(path: str) -> int:
    return (*_ALARMS, *_EVENTS).index(_name(path))
