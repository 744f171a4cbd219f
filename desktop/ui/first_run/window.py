"""The first run: four doors, and a few steps behind each."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Beginnings, Begun, Trouble
from desktop.ui.first_run.doors import Doors
from desktop.ui.first_run.flows import JoinFlow, NewFlow, RestoreFlow
from desktop.ui.first_run.trail import Trail
from desktop.ui.window.wardrobe import Wardrobe
from desktop.ui.zone import Zone, column
from shared.skins.tokens import Skin

SIZE = (860, 720)


class FirstRunWindow(Zone):
    """Leads to an open collection, which ``begun`` carries."""

    begun = Signal(object)  # Begun

    def __init__(self, beginnings: Beginnings, skins: Sequence[Skin]) -> None:
        self._beginnings, self._skins = beginnings, tuple(skins)
        self._trail, self._doors = Trail(), Doors()
        super().__init__("page", column(self._trail, gap=0))
        self.setWindowTitle("Swingtag")
        self.resize(*SIZE)
        self._wardrobe = Wardrobe(self, Skin())
        self._doors.new.connect(self._start_new)
        self._doors.join.connect(lambda: JoinFlow(self._trail, beginnings, self.begun.emit))
        self._doors.restore.connect(lambda: RestoreFlow(self._trail, beginnings, self.begun.emit))
        self._doors.look_around.connect(self._look_around)
        self._trail.go(self._doors)

    def say(self, sentence: str) -> None:
        """Say what went wrong before any step was begun."""
        self._doors.say(sentence)

    def _start_new(self) -> None:
        NewFlow(self._trail, self._beginnings, self._skins, self._wardrobe.wear, self.begun.emit)

    def _look_around(self) -> None:
        self._doors.wait(waiting=True)
        Errand(
            self,
            self._beginnings.look_around,
            then=self._looked,
            failed=lambda _error: self._doors.wait(waiting=False),
        )

    def _looked(self, outcome: Begun | Trouble) -> None:
        self._doors.wait(waiting=False)
        if isinstance(outcome, Trouble):
            self._doors.say(outcome.sentence)
        else:
            self.begun.emit(outcome)
