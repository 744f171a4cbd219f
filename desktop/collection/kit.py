"""The emergency kit as this device remembers it: never its words, but when it was made and tried.

A kit carries a mark: how long the list of devices was, and three words over its end. Whoever comes
back by the kit sees by it whether a list came that is older than the paper.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from desktop.collection.devices import KitVerdict, Roster
from desktop.collection.settings import Settings
from shared.crypto.spoken import spoken
from shared.ids import DeviceId, TenantId
from shared.signing import labelled, sha256

WEEK_MILLIS = 7 * 24 * 3600 * 1000
_MADE, _TESTED, _COMING = "kit made", "kit tested", "kit coming"
_RESTORED = "restored from the kit"
_MARK_WORDS = 3


class MarkVerdict(Enum):
    """What the mark on a kit says about the list of devices that came back."""

    HAS_IT = "The list of devices that came has all that your kit knows of. That is right."
    OLDER = (
        "An older list of devices came than your kit was printed with. The server or the folder "
        "has lost something or holds it back: do not trust it before you know why."
    )
    OTHER = (
        "Another list of devices came than your kit was printed with. Compare the mark letter by "
        "letter; if it is right, do not trust the server or the folder that it came from."
    )
    UNREADABLE = "A mark is a number and three words, as in 4-apple-river-stone."


def mark_of(tenant: TenantId, links: Sequence[bytes]) -> str:
    """Return the mark of a chain that ends with these links: ``4-apple-river-stone``."""
    words = spoken(sha256(labelled("kit/mark", tenant, sha256(links[-1]))), _MARK_WORDS)
    return "-".join((str(len(links)), *words))


def judge_mark(text: str, tenant: TenantId, links: Sequence[bytes]) -> MarkVerdict:
    """Hold a mark as a person types it against the links that are here."""
    parts = text.lower().replace("-", " ").split()
    if len(parts) != _MARK_WORDS + 1 or not parts[0].isdecimal() or int(parts[0]) < 1:
        return MarkVerdict.UNREADABLE
    length = int(parts[0])
    if length > len(links):
        return MarkVerdict.OLDER
    same = mark_of(tenant, links[:length]) == "-".join((str(length), *parts[1:]))
    return MarkVerdict.HAS_IT if same else MarkVerdict.OTHER


@dataclass(frozen=True, slots=True)
class KitState:
    """What this device knows of the kit.

    ``unseen``: it was changed, but nobody got to see its words. ``due``: it is a week old and was
    never tried here.
    """

    unseen: bool = False
    due: bool = False
    tested_millis: int | None = None


class KitCare:
    """Remembers on this device when the kit was made and tried, and reminds of it."""

    def __init__(
        self, tenant: TenantId, roster: Roster, settings: Settings, now_millis: Callable[[], int]
    ) -> None:
        self._tenant = tenant
        self._roster = roster
        self._settings = settings
        self._now_millis = now_millis

    @property
    def mark(self) -> str:
        """The mark to print now."""
        return mark_of(self._tenant, self._roster.links)

    def judge_mark(self, text: str) -> MarkVerdict:
        """Hold a mark from a sheet against the list that is here."""
        return judge_mark(text, self._tenant, self._roster.links)

    def coming(self, paper: DeviceId) -> None:
        """Note that a kit is about to take the old one's place; its words are not shown yet."""
        self._settings.put_here(_COMING, paper.hex())

    def made(self) -> None:
        """Note that somebody has the words of a new kit."""
        self._settings.put_here(_COMING, "")
        self._settings.put_here(_MADE, str(self._now_millis()))
        self._settings.put_here(_TESTED, "")

    def try_kit(self, words: str) -> KitVerdict:
        """Hold 24 words against the signed list, and remember if they are right."""
        verdict = self._roster.try_kit(words)
        if verdict is KitVerdict.RIGHT:
            self._settings.put_here(_TESTED, str(self._now_millis()))
        return verdict

    @property
    def restored(self) -> bool:
        """Whether this device came back by the kit, and nobody has looked yet what came."""
        return bool(self._settings.here(_RESTORED))

    @restored.setter
    def restored(self, restored: bool) -> None:
        self._settings.put_here(_RESTORED, "yes" if restored else "")

    @property
    def state(self) -> KitState:
        """What is known now."""
        coming, paper = self._settings.here(_COMING), self._roster.paper
        made = int(self._settings.here(_MADE) or 0)
        tested = int(self._settings.here(_TESTED) or 0) or None
        return KitState(
            unseen=bool(coming) and paper is not None and paper.hex() == coming,
            due=bool(made) and not tested and self._now_millis() - made >= WEEK_MILLIS,
            tested_millis=tested,
        )
