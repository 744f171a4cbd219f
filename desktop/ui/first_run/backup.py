"""From a backup to a collection: the file, its password or the kit, a name, and a password here."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QRadioButton

from desktop.ui.controls import Button, Secret, Text
from desktop.ui.first_run.beginnings import (
    BackupFile,
    Beginnings,
    Begun,
    Stop,
    Tell,
    Trouble,
    Wanted,
)
from desktop.ui.first_run.restoring import RestoringStep
from desktop.ui.first_run.step import Step
from desktop.ui.first_run.trail import Trail
from desktop.ui.flow import flow
from desktop.ui.kit.kit import read_kit
from desktop.ui.kit.words_box import WordsBox
from desktop.ui.look import Icon
from desktop.ui.zone import Zone, column, row

_KINDS = "Backups (*.swingbackup)"
_NOTE = "It opens beside the collections that are here and replaces none of them."


class BackupStep(Step):
    """Asks for the file and for what opens it."""

    def __init__(self) -> None:
        self._path = ""
        self._file = Text("No file chosen yet.", "caption", one_line=True)
        choose = Button("Choose the file\u2026", icon=Icon.FOLDER, pressed=self._choose)
        across = row(choose, self._file, gap=3)
        across.setStretch(1, 1)
        self._by_password, self._by_kit = QRadioButton("Password"), QRadioButton("Emergency kit")
        self._password = Secret("Password when the backup was made")
        self._words = WordsBox("The 24 words")
        self._words.setPlaceholderText("The 24 words, or the whole text of the kit")
        ways = flow(self._by_password, self._by_kit, gap=4)
        super().__init__(
            "Restore from a backup",
            _NOTE,
            Zone(layout=column(across, ways, self._password, self._words, gap=3)),
            "Next",
        )
        self._by_password.setChecked(True)
        self._by_kit.toggled.connect(self._turn)
        self._password.textChanged.connect(self._judge)
        self._words.textChanged.connect(self._judge)
        self._turn(kit=False)

    @property
    def backup(self) -> BackupFile:
        """What was chosen and typed."""
        if self._by_kit.isChecked():
            words = " ".join(read_kit(self._words.toPlainText()).words)
            return BackupFile(Path(self._path), words, by_kit=True)
        return BackupFile(Path(self._path), self._password.text())

    def take(self, path: str) -> None:
        """Take this file."""
        self._path = path
        self._file.say(path)
        self._judge()

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "A backup", self._path, _KINDS)
        if path:
            self.take(path)

    def _turn(self, kit: bool) -> None:  # noqa: FBT001 - as the radio button signals
        self._words.setVisible(kit)
        self._password.setVisible(not kit)
        self._judge()

    def _judge(self) -> None:
        self.refuse("")
        typed = (
            read_kit(self._words.toPlainText()).complete
            if self._by_kit.isChecked()
            else bool(self._password.text())
        )
        self.allow(forward=bool(self._path) and typed)


class BackupFlow(QObject):
    """The backup, then name and password for this computer's collection."""

    def __init__(
        self, trail: Trail, beginnings: Beginnings, finish: Callable[[Begun], None]
    ) -> None:
        super().__init__(trail)
        self._trail, self._beginnings, self._finish = trail, beginnings, finish
        self.step = BackupStep()
        self.step.forward.connect(self._name)
        trail.go(self.step)

    def _name(self) -> None:
        backup = self.step.backup

        def restore(wanted: Wanted, tell: Tell, stop: Stop) -> Begun | Trouble:
            return self._beginnings.restore_backup(backup, wanted, tell, stop)

        step = RestoringStep(restore, "Opening the backup")
        step.done.connect(self._finish)
        self._trail.go(step)
