"""Which originals a backup made now would lack, said before it is made; and a way to have them."""

from PySide6.QtCore import QTimer

from desktop.collection.errors import EXPECTED
from desktop.collection.photos_here import PhotoPolicy, PhotosHere, PhotoSpace
from desktop.ui.controls import Button, Text
from desktop.ui.errand import Errand
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, row

LOOK_MILLIS = 2_000
"""How often it is counted anew while originals arrive."""


class AwayNote(Zone):
    """Counts away from the screen; hidden while all originals are here."""

    def __init__(self, photos: PhotosHere, notation: Notation) -> None:
        self._photos, self._notation = photos, notation
        self._words = Text()
        self._fetch = Button("Fetch all originals", pressed=self._want)
        across = row(self._words, self._fetch, gap=3, edge=2, sides=3)
        across.setStretch(0, 1)
        super().__init__("notice", across)
        self.hide()
        self._counting = self._again = False
        self._timer = QTimer(self, interval=LOOK_MILLIS, singleShot=True)
        self._timer.timeout.connect(self.refresh)

    def refresh(self) -> None:
        """Count anew; what is asked for meanwhile is counted once more."""
        self._again = self._counting
        if not self._counting:
            self._counting = True
            Errand(
                self,
                self._photos.space,
                then=self._show,
                failed=lambda _error: self._rest(),
                expected=EXPECTED,
            )

    def _show(self, space: PhotoSpace) -> None:
        missing, reachable = space.missing.count, space.missing.count - space.absent.count
        coming = (
            self._photos.syncs
            and reachable > 0
            and space.policy is PhotoPolicy.ALL
            and not space.paused
        )
        one = missing == 1
        originals = "1 original" if one else f"{self._notation.count(missing)} originals"
        are = "is" if one else "are"
        where = f"{are} still on the way to" if coming else f"{are} not on"
        self._words.say(
            f"{originals} {where} this device. A backup made now lacks {'it' if one else 'them'}."
        )
        self._fetch.setVisible(self._photos.syncs and reachable > 0 and not coming)
        self.setVisible(missing > 0)
        self._rest()
        if coming:
            self._timer.start()

    def _rest(self) -> None:
        self._counting = False
        if self._again:
            self.refresh()

    def _want(self) -> None:
        self._photos.keep(PhotoPolicy.ALL)
        self.refresh()
