"""What can go wrong at the server: a code for the program, a sentence for the person.

A refused request is answered with a ``Problem`` as JSON, whatever the route speaks otherwise.
"Not yours" and "not there" are the same problem and the same bytes.
"""

from enum import Enum
from typing import Annotated, Self

import msgspec


class Code(Enum):
    """Every refusal: its name on the wire, its HTTP status, its sentence."""

    MALFORMED = (
        "malformed",
        400,
        "The server could not read this request. Update Swingtag, then try again.",
    )
    NOT_ADMITTED = (
        "not_admitted",
        401,
        (
            "The server knows no such device of this collection. "
            "Check that the server address is the right one."
        ),
    )
    CLOCK = (
        "clock",
        401,
        (
            "This device's clock and the server's are more than five minutes apart. "
            "Set the clock; your edits are safe."
        ),
    )
    REVOKED = (
        "revoked",
        401,
        (
            "The server says that this device was removed from the collection. "
            "What it holds can still be read and exported here."
        ),
    )
    PAPER = (
        "paper",
        403,
        "The paper key may only change the list of devices. Add this computer as a device first.",
    )
    SUSPENDED = (
        "suspended",
        403,
        "The operator has suspended this account. Your collection stays usable offline.",
    )
    INVITATION = (
        "invitation",
        403,
        "This name needs an invitation here. Ask the operator of the server for its code.",
    )
    PROOF = (
        "proof",
        403,
        "The server wants a small sum done before a sign-up. Swingtag does it; try again.",
    )
    CLOSED = (
        "closed",
        403,
        "This server takes no new collectors. Choose another server.",
    )
    NOT_FOUND = ("not_found", 404, "There is nothing here.")
    METHOD = ("method", 405, "This address does not answer that kind of request.")
    SLUG_TAKEN = ("slug_taken", 409, "This name belongs to another collector. Choose another.")
    SLUG_ALIKE = (
        "slug_alike",
        409,
        "This name looks too much like another collector's. Choose one that nobody can mistake.",
    )
    SIGNED_UP = (
        "signed_up",
        409,
        "This collection is already signed up here under another name.",
    )
    CHAIN_MOVED = (
        "chain_moved",
        409,
        "The list of devices changed meanwhile. Fetch it, then make the change again.",
    )
    CHAIN_BEHIND = (
        "chain_behind",
        409,
        "The server lacks part of the list of devices. Swingtag sends it again.",
    )
    CHAIN_PARTED = (
        "chain_parted",
        409,
        "The server has another list of your devices than this device. Under Devices you see both.",
    )
    ENTRY_TAKEN = (
        "entry_taken",
        409,
        (
            "The server holds another entry under this number: this device was copied or restored. "
            "Swingtag seals its pending edits again under a new number."
        ),
    )
    ENTRY_GAP = (
        "entry_gap",
        409,
        "Entries before this one are missing on the server. Swingtag sends them again.",
    )
    EPOCH_STALE = (
        "epoch_stale",
        409,
        "The keys of this collection were changed. Swingtag seals the edits again.",
    )
    CHUNK_DIFFERS = (
        "chunk_differs",
        409,
        "The server holds other bytes under this name. Store the attachment under a new one.",
    )
    FILE_INCOMPLETE = (
        "file_incomplete",
        409,
        "Some chunks of this attachment have not arrived. Swingtag sends them again.",
    )
    LOG_MOVED = (
        "log_moved",
        409,
        "Another device has written meanwhile. Swingtag reads that first.",
    )
    BASE_MOVED = (
        "base_moved",
        409,
        "Another summary of the collection took this one's place. Swingtag looks again.",
    )
    BASE_INCOMPLETE = (
        "base_incomplete",
        409,
        "Parts of this summary have not arrived. Swingtag sends them again.",
    )
    SLOT_USED = ("slot_used", 409, "This pairing code was used already. Start the pairing again.")
    TOO_LARGE = ("too_large", 413, "This is larger than the server accepts in one piece.")
    MISDIRECTED = (
        "misdirected",
        421,
        "This address belongs to another collector. Use your own server address.",
    )
    ENTRY_REFUSED = (
        "entry_refused",
        422,
        "An entry is damaged, or not signed by a device of this collection.",
    )
    LINKS_REFUSED = ("links_refused", 422, "The list of devices is damaged or not rightly signed.")
    SLUG_INVALID = (
        "slug_invalid",
        422,
        "A name has 1 to 63 small letters a-z, digits and hyphens, no hyphen at either end.",
    )
    SLUG_RESERVED = ("slug_reserved", 422, "This name is kept for the server. Choose another.")
    TOO_MANY = ("too_many", 429, "Too many requests. Swingtag tries again in a moment.")
    INTERNAL = (
        "internal",
        500,
        "The server made a mistake. It has been noted; your edits are safe on this device.",
    )
    UNAVAILABLE = (
        "unavailable",
        503,
        "The server cannot work just now. Swingtag tries again by itself.",
    )
    FILES_AWAY = (
        "files_away",
        503,
        (
            "The place where the server keeps pictures does not answer. "
            "Edits are synced; pictures follow by themselves."
        ),
    )
    MAINTENANCE = (
        "maintenance",
        503,
        "The server is being worked on. Edits stay on this device; Swingtag goes on by itself.",
    )
    QUOTA = (
        "quota",
        507,
        "The space of this account is used up. Edits stay on this device until there is room.",
    )
    DISK_FULL = (
        "disk_full",
        507,
        "The server's disk is full. Edits stay on this device until the operator makes room.",
    )

    def __init__(self, word: str, status: int, sentence: str) -> None:
        self.word = word
        self.status = status
        self.sentence = sentence

    @classmethod
    def named(cls, word: str) -> Self | None:
        """Return the code with this name on the wire; None for one from a newer server."""
        return next((code for code in cls if code.word == word), None)


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every refusal, as JSON.

    ``time`` is the server's clock in milliseconds since 1970 (with every 401). ``at`` is the
    index of the entry or link at fault. ``retry_after`` is in seconds. ``request`` names the
    line in the server's log.
    """

    code: str
    sentence: str
    time: Annotated[int, msgspec.Meta(ge=0, le=2**62)] = 0
    at: int = -1
    retry_after: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0
    request: str = ""
