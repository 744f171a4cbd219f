"""What a person should know of a sync that worked all the same, the gravest first."""

from collections.abc import Iterable
from enum import Enum


class Notice(Enum):
    """One such thing. The value is the sentence."""

    FORKED = (
        "There are two versions of what one of your devices wrote, so edits that follow the other "
        "one do not come in. Most likely a device was copied, and both copies were used; if not, "
        "do not trust this server. Under Devices you see what to do."
    )
    REFUSED = (
        "The server sent something that none of your devices wrote, or that was changed on the "
        "way. It was ignored. If this stays, do not trust this server."
    )
    HIDDEN = (
        "The server shows edits under a new key of your devices, and keeps back the change that "
        "made it. It may be hiding that a device was removed. Compare your devices; if this "
        "stays, do not trust this server."
    )
    WITHHELD = (
        "The server holds back edits of another device that this one needs. "
        "Sync that device; if this stays, do not trust this server."
    )
    DAMAGED_HERE = (
        "Some of this device's stored history is damaged and could not be sent. Check the "
        "collection under Backups."
    )
    UNREADABLE = (
        "One of your devices wrote edits that cannot be read; they were passed over. "
        "Under Devices you see which: update Swingtag there, or remove that device."
    )
    DIFFERENT = (
        "This device shows something else than another one of yours, though both have the same "
        "edits. Check the collection under Backups, on both."
    )
    LATE = (
        "A device that was removed wrote more after that. It was not taken in; "
        "what it wrote before is still here."
    )
    SET_ASIDE = (
        "The last edits of a device that was removed were taken out again, for your other devices "
        "never got them. You find them under Devices, and may adopt what you want."
    )
    COPIED = (
        "This device's collection was copied, was found in an older state than it was left in, or "
        "met a new keychain. It goes on under a new number; what was synced comes again. If there "
        "are two copies now, use one, and add the other computer as a new device."
    )
    RESTORED = "The server had lost some edits. This device has sent them again."


_OVER = frozenset(
    notice.value for notice in (Notice.LATE, Notice.SET_ASIDE, Notice.COPIED, Notice.RESTORED)
)


def still_true(sentences: Iterable[str]) -> tuple[str, ...]:
    """Leave out what happened once and is over: it is kept until it is dismissed, see findings."""
    return tuple(each for each in sentences if each not in _OVER)
