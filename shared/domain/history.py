"""What of the past is worth keeping for ever: of many edits to one field in an hour, the last."""

from collections.abc import Iterator, Sequence

from shared.domain.edits import Edit, Shape
from shared.ids import DeviceId, RecordId

HOUR_MILLIS = 3_600_000

Spot = tuple[DeviceId, str, RecordId, str]
"""A device, and the kind, record and field that it wrote to."""


def passing(edits: Sequence[Edit]) -> set[int]:
    """Return the places of edits whose every value the same device replaced within an hour.

    Only updates pass; the last of each hour is kept, counted back from the newest.
    """
    kept: dict[Spot, int] = {}
    passed = set[int]()
    for place in sorted(range(len(edits)), key=lambda each: edits[each].stamp, reverse=True):
        edit = edits[place]
        spots = list(_spots(edit))
        if spots and all(0 <= kept.get(spot, -1) - edit.millis < HOUR_MILLIS for spot in spots):
            passed.add(place)
        else:
            kept |= dict.fromkeys(spots, edit.millis)
    return passed


def _spots(edit: Edit) -> Iterator[Spot]:
    """Yield where an edit wrote; nowhere if it did anything but update."""
    if all(group.shape == Shape.UPDATE for group in edit.groups):
        for group in edit.groups:
            for record in group.records:
                for name in group.fields:
                    yield (edit.origin.device, group.kind, record, name)
