"""What one exchange brought and took along, and what a person should know of it."""

from dataclasses import dataclass, field
from enum import Enum

from desktop.sync.notices import Notice
from shared.domain.stamps import Origin


class FolderNotice(Enum):
    """One such thing, the gravest first. The value is the sentence."""

    FORKED = (
        "There are two versions of what one of your devices wrote, so edits that follow the other "
        "one do not come in. Most likely a device was copied, and both copies were used; if not, "
        "do not trust this folder. Under Devices you see what to do."
    )
    REFUSED = (
        "The exchange folder holds something that none of your devices wrote, or that was "
        "changed on the way. It was ignored. If this stays, do not trust this folder."
    )
    OTHER_LIST = (
        "The exchange folder holds another list of your devices than the server. It was ignored: "
        "the server's counts."
    )
    CHOOSE = (
        "Your devices were changed in two places that did not know of each other. Under Devices "
        "you see both lists; choose one, on one of your devices only."
    )
    PARTED = (
        "Your devices were changed in two places that did not know of each other. Exchange on "
        "one of the two that did it, and choose there, under Devices."
    )
    REMOVED = (
        "This device was removed from the collection. What it has stays readable here; it takes "
        "in nothing new, and puts nothing into the folder."
    )
    WAITS = (
        "Some edits in the exchange folder follow others that are not there yet. Exchange on the "
        "device that wrote them; they are taken in then."
    )
    DAMAGED = (
        "Some files in the exchange folder are damaged, and were passed over. A device that has "
        "them whole puts them there again."
    )
    ENDS_EARLY = (
        "The bundle ends before its end: it was not copied whole. What it had was taken in."
    )
    DAMAGED_HERE = (
        "Some of this device's stored history is damaged and was left out. Check the collection "
        "under Backups."
    )
    HARMED_HERE = (
        "Some pictures are damaged on this device, or cannot be read, and were left out. They come "
        "again from a device that has them whole."
    )
    LATE = Notice.LATE.value
    SET_ASIDE = Notice.SET_ASIDE.value
    COPIED = Notice.COPIED.value


@dataclass(slots=True)
class Traffic:
    """Counts of edits and pictures, in and out. ``trouble``: why not all could be put there.

    ``holds``: the last number of each of this device's streams up to which the place has all;
    ``links``: the hash of the last link of the list of devices that it has. ``forked``: streams of
    which there are two versions.
    """

    edits_in: int = 0
    pictures_in: int = 0
    edits_out: int = 0
    pictures_out: int = 0
    trouble: str = ""
    notices: set[FolderNotice] = field(default_factory=set)
    holds: dict[Origin, int] = field(default_factory=dict)
    links: bytes = b""
    forked: set[Origin] = field(default_factory=set)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the person should know, the gravest first."""
        said = [notice.value for notice in FolderNotice if notice in self.notices]
        return (self.trouble, *said) if self.trouble else tuple(said)
