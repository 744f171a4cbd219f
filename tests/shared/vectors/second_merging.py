"""Whether a record lies in the trash, read a second time from docs/format.md alone.

A stamp is ``(reading, device, incarnation)``; a word is ``(stamp, cover)``, without one if it is a
restore.
"""

from typing import NamedTuple

Stamp = tuple[int, bytes, bytes]
Word = tuple[Stamp, list[Stamp] | None]


class Place(NamedTuple):
    last: Stamp
    seen: dict[bytes, int] | None
    returns: set[Stamp]
    in_trash: bool
    flagged: bool


def place_of(words: list[Word], values: list[Stamp]) -> Place:
    last = max(stamp for stamp, _ in words)
    deletes = [word for word in words if word[1] is not None]
    seen: dict[bytes, int] = {}
    for stamp, cover in deletes:
        for reading, device, life in cover or ():
            if (reading, device, life) < stamp:
                seen[device + life] = max(reading, seen.get(device + life, 0))
    tops: dict[bytes, Stamp] = {}
    for stamp, cover in words:
        if cover is None:
            stream = stamp[1] + stamp[2]
            tops[stream] = max(stamp, tops.get(stream, stamp))
    returns = {stamp for stamp in tops.values() if not _covered(stamp, seen)}
    held_down = all(_covered(stamp, seen) for stamp in values)
    in_trash = bool(deletes) and not returns and held_down
    flagged = not in_trash and last not in returns
    return Place(last, seen if deletes else None, returns, in_trash, flagged)


def _covered(stamp: Stamp, seen: dict[bytes, int]) -> bool:
    stream = stamp[1] + stamp[2]
    return stream in seen and seen[stream] >= stamp[0]
