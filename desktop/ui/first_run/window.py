"""The first run: five doors, and a few steps behind each."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut

from desktop.ui.errand import Errand
from desktop.ui.first_run.backup import BackupFlow
from desktop.ui.first_run.beginnings import Beginnings, Begun, Trouble
from desktop.ui.first_run.doors import Doors
from desktop.ui.first_run.flows import JoinFlow, NewFlow, RestoreFlow
from desktop.ui.first_run.link import Door, Link, LinkStep
from desktop.ui.first_run.trail import Trail
from desktop.ui.kit.page import KitStep
from desktop.ui.look import dress
from desktop.ui.window.wardrobe import Wardrobe, system_text_scale
from desktop.ui.zone import Zone, column
from shared.skins.tokens import Skin

SIZE = (860, 720)
_TEXT_KEYS = {"Ctrl++": 1, "Ctrl+=": 1, "Ctrl+-": -1, "Ctrl+0": 0}


class FirstRunWindow(Zone):
    """Leads to an open collection, which ``begun`` carries."""

    begun = Signal(object)  # Begun
    elsewhere = Signal()

    def __init__(self, beginnings: Beginnings, skins: Sequence[Skin]) -> None:
        self._beginnings, self._skins = beginnings, tuple(skins)
        self._trail, self._doors = Trail(), Doors()
        super().__init__("page", column(self._trail, gap=0))
        self.setWindowTitle("Swingtag")
        self.resize(*SIZE)
        self._wardrobe = Wardrobe(self, Skin(), text_scale=system_text_scale())
        self._wardrobe.dressed.connect(self._keep_plain)
        for keys, steps in _TEXT_KEYS.items():
            QShortcut(QKeySequence(keys), self, lambda steps=steps: self._wardrobe.grow(steps))
        self._doors.new.connect(self._start_new)
        self._doors.join.connect(self._join)
        self._doors.restore.connect(lambda: RestoreFlow(self._trail, beginnings, self.begun.emit))
        self._doors.backup.connect(self.open_backup)
        self._doors.look_around.connect(self._look_around)
        self._trail.go(self._doors)

    @property
    def text_scale(self) -> float:
        """How large the text is that the person chose here."""
        return self._wardrobe.text_scale

    def say(self, sentence: str) -> None:
        """Say what went wrong before any step was begun."""
        self._doors.say(sentence)

    def open_backup(self) -> None:
        """Go on to a backup that becomes a collection."""
        self._trail.restart()
        BackupFlow(self._trail, self._beginnings, self.begun.emit)

    def follow(self, link: Link, *, has_collections: bool) -> None:
        """Say what a link would do, and ask whether that is wanted."""
        step = LinkStep(link, has_collections=has_collections)
        step.elsewhere.connect(self.elsewhere)
        go = self._start_new if link.door is Door.NEW else self._join
        step.forward.connect(lambda: go(link.server))
        self._trail.restart()
        self._trail.go(step)

    def _keep_plain(self) -> None:
        """Let the words of a kit wear no skin, at any size."""
        for step in self._trail.findChildren(KitStep):
            dress(step, self._wardrobe.look.plain())

    def _start_new(self, server: str = "") -> None:
        wear, finish = self._wardrobe.wear, self.begun.emit
        NewFlow(self._trail, self._beginnings, self._skins, wear, finish, server=server)

    def _join(self, server: str = "") -> None:
        JoinFlow(self._trail, self._beginnings, self.begun.emit, server)

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
