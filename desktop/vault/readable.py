"""Edits that anybody can read, told from those that nobody can.

A member's device may be damaged, or run a program that is not ours. An edit of its that cannot be
read is passed over, by every device in the same way, so that it holds nothing else up.
"""

from desktop.vault.layout import layout_of
from desktop.vault.secrets import Secrets, get, put
from desktop.vault.writing import Writing
from shared.domain.edits import Edit, MalformedEditError, Shape, decode_edit
from shared.ids import DEVICE_BYTES, DeviceId

_END_OF_CALENDARS = 253_402_300_800_000
"""The year 10000, in milliseconds since 1970: no calendar here shows what lies behind it."""
_PASSED_OVER = "vault/passed over"


def read_edit(blob: bytes, device: DeviceId) -> Edit | None:
    """Return an edit, or None if its bytes are no edit, or tell of what cannot be."""
    try:
        edit = decode_edit(blob, device)
        if not 0 <= edit.millis < _END_OF_CALENDARS:
            return None
        for group in edit.groups:
            if group.shape in {Shape.INSERT, Shape.UPDATE}:
                layout_of(group.kind).check(group.fields, group.columns)
    except MalformedEditError:
        return None
    return edit


def note_passed_over(writing: Writing, device: DeviceId) -> None:
    """Note that a device wrote something that cannot be read."""
    known = _devices(get(writing.cursor, _PASSED_OVER))
    put(writing.cursor, _PASSED_OVER, b"".join(sorted({*known, device})))


def passed_over(secrets: Secrets) -> frozenset[DeviceId]:
    """Return the devices that wrote something that cannot be read."""
    return _devices(secrets.get(_PASSED_OVER))


def _devices(kept: bytes | None) -> frozenset[DeviceId]:
    raw = kept or b""
    starts = range(0, len(raw), DEVICE_BYTES)
    return frozenset(DeviceId(raw[start : start + DEVICE_BYTES]) for start in starts)
