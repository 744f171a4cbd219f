"""What a person should know of a sync that worked all the same, the gravest first."""

from enum import Enum


class Notice(Enum):
    """One such thing. The value is the sentence."""

    FORKED = (
        "The server shows one device's history in two versions, so edits from there are no "
        "longer taken in. Compare your devices, and do not trust this server."
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
        "This device's collection was copied or put back from a backup. "
        "It goes on under a new number; nothing is lost."
    )
    RESTORED = "The server had lost some edits. This device has sent them again."
