"""Backups: the last one and whether it was proven, the weekly ones, and what to do with one."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog

from desktop.collection.backups import KEPT, BackupState, LastBackup, lacking
from desktop.collection.checkup import CheckCare
from desktop.collection.photos_here import PhotosHere
from desktop.ui.backups.away import AwayNote
from desktop.ui.backups.check import CheckForm
from desktop.ui.backups.watch import BackupWatch
from desktop.ui.controls import Button, Text
from desktop.ui.labour import Labour, LabourBar
from desktop.ui.look import Icon, say
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Item, Zone, column, row

_LEAD = (
    "A backup is one sealed file with everything that is on this device, pictures and trash too. "
    "It opens with the password of today or with your emergency kit. Keep it on another disk than "
    "the collection."
)
_NONE = "There is no backup from this device yet."
_WEEKLY = "While Swingtag is open. Older weekly ones are removed, those that you make never are."
_ONE_STUCK = "An older weekly backup could not be removed: {}. Swingtag tries again in a week."
_STUCK = (
    "{} older weekly backups could not be removed, the oldest is {}. Swingtag tries again in a "
    "week."
)
_RESTORE = (
    "A backup becomes a collection of its own, beside this one. It replaces nothing. On a new "
    "computer choose \u201cI have a backup\u201d when Swingtag starts for the first time."
)
_RESCUE = (
    "Beside each backup lies swingtag_rescue.py. With Python 3.11 or later, and nothing else of "
    "ours, it turns a backup into tables, JSON and photos:"
)
_COMMANDS = (
    "python3 -m pip install cryptography",
    'python3 swingtag_rescue.py "the backup" rescued',
)


class BackupsPage(Page):
    """Sections one below the other."""

    restore_wanted = Signal()
    repair_wanted = Signal()

    def __init__(
        self, watch: BackupWatch, checks: CheckCare, photos: PhotosHere, notation: Notation
    ) -> None:
        self._watch = watch
        self._last = LastCard(notation)
        self._away = AwayNote(photos, notation)
        self._bar = LabourBar()
        self._go = Button("Back up now", "primary", icon=Icon.SAFE, pressed=self._make)
        self._prove = Button("Read it back again", icon=Icon.SYNC, pressed=watch.prove)
        self._weekly = WeeklyForm(watch)
        self.check = CheckForm(checks)
        restore = Button("Restore from a backup\u2026", icon=Icon.RESTORE, pressed=self._restore)
        super().__init__(
            "Backups",
            Zone(
                layout=column(
                    Text(_LEAD),
                    column(
                        self._last,
                        self._away,
                        self._bar,
                        row(self._go, self._prove, None),
                        gap=3,
                    ),
                    self._weekly,
                    self.check,
                    _section("Restore", _RESTORE, row(restore, None)),
                    _section("Without Swingtag", _RESCUE, _commands()),
                    gap=5,
                )
            ),
        )
        watch.began.connect(self._follow)
        watch.ended.connect(self.refresh)
        self._weekly.changed.connect(self.refresh)
        self.check.repair_wanted.connect(self.repair_wanted)
        self.refresh()
        if watch.labour is not None:
            self._follow(watch.labour)

    def refresh(self) -> None:
        """Show what is remembered now."""
        state, busy = self._watch.care.state, self._watch.labour is not None
        self._last.show_state(state)
        self._weekly.show_state(state)
        self._away.refresh()
        self._go.setEnabled(not busy)
        self._prove.setEnabled(not busy)
        self._prove.setVisible(state.last is not None)
        if not busy:
            self._bar.rest()

    def _follow(self, labour: Labour[LastBackup]) -> None:
        self._bar.follow(labour, "Beginning")
        self.refresh()

    def _make(self) -> None:
        folder = choose_folder(self, self._watch.care.state.folder)
        if folder:
            self._watch.make(Path(folder))

    def _restore(self) -> None:
        self.restore_wanted.emit()


class LastCard(Zone):
    """The last backup: when, where, what was found when it was read back; what lacks or failed."""

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        self._when = Text(role="strong")
        self._where = Text(role="caption", one_line=True)
        self._proven, self._lack, self._trouble = Text(), Text(), Text()
        say(self._lack, "warning")
        say(self._trouble, "danger")
        lines = (self._when, self._where, self._proven, self._lack, self._trouble)
        super().__init__("card", column(*lines, gap=1, edge=3))
        self.setAccessibleName("The last backup")

    def show_state(self, state: BackupState) -> None:
        """Show what is remembered."""
        last, write = state.last, self._notation
        self._when.say(f"Last backup: {write.moment(last.made_millis)}" if last else _NONE)
        self._where.say(last.path if last else "")
        lack = lacking(last.lack, write.count) if last else ""
        self._proven.say(self._told(last) if last else "")
        say(self._proven, "" if lack else "positive")
        self._lack.say(lack)
        self._trouble.say(f"The last attempt failed. {state.trouble}" if state.trouble else "")
        self._where.setVisible(last is not None)
        self._proven.setVisible(last is not None)
        self._lack.setVisible(bool(lack))
        self._trouble.setVisible(bool(state.trouble))

    def _told(self, last: LastBackup) -> str:
        write = self._notation
        pieces = "1 piece" if last.pieces == 1 else f"{write.count(last.pieces)} pieces"
        back = "Read back" if last.lack else "Read back whole"
        return (
            f"{back} on {write.moment(last.proven_millis)}: {pieces} and "
            f"{write.size(last.picture_bytes)} of pictures."
        )


class WeeklyForm(Zone):
    """Whether to back up every week, how many to keep, and where."""

    changed = Signal()

    def __init__(self, watch: BackupWatch) -> None:
        self._watch = watch
        self._keep = QComboBox()
        self._keep.setAccessibleName("Weekly backups")
        self._keep.addItem("No weekly backup", 0)
        for count in KEPT:
            self._keep.addItem(f"Every week, keep {count}", count)
        self._folder = Text(role="caption", one_line=True)
        self._stuck = Text()
        say(self._stuck, "warning")
        self._choose = Button("Choose folder\u2026", "quiet", pressed=self._choose_folder)
        where = row(self._folder, self._choose, gap=2)
        where.setStretch(0, 1)
        super().__init__(
            layout=column(
                column(Text("Every week", "title"), Text(_WEEKLY, "caption"), gap=0),
                row(self._keep, None),
                where,
                self._stuck,
                gap=3,
            )
        )
        self._keep.activated.connect(self._plan)

    def show_state(self, state: BackupState) -> None:
        """Show what is planned."""
        self._keep.setCurrentIndex(max(self._keep.findData(state.keep), 0))
        self._folder.say(f"Into {state.folder}" if state.folder else "No folder chosen yet.")
        for part in (self._folder, self._choose):
            part.setVisible(bool(state.keep))
        stuck = state.stuck
        self._stuck.setVisible(bool(stuck))
        words = _ONE_STUCK.format(*stuck) if len(stuck) == 1 else _STUCK
        self._stuck.say(words.format(len(stuck), *stuck[:1]) if stuck else "")

    def _plan(self) -> None:
        keep, folder = int(self._keep.currentData()), self._watch.care.state.folder
        if keep and not folder:
            folder = choose_folder(self, "")
            keep = keep if folder else 0
        self._set(folder, keep)

    def _choose_folder(self) -> None:
        state = self._watch.care.state
        folder = choose_folder(self, state.folder)
        if folder:
            self._set(folder, state.keep)

    def _set(self, folder: str, keep: int) -> None:
        self._watch.care.plan(Path(folder), keep)
        self.changed.emit()
        self._watch.look()


def choose_folder(parent: Zone, folder: str) -> str:
    """Ask for a folder; empty if none was chosen."""
    return QFileDialog.getExistingDirectory(parent, "A folder for backups", folder)


def _commands() -> Zone:
    lines = [Text(command, "mono") for command in _COMMANDS]
    for line in lines:
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return Zone("card", column(*lines, gap=1, edge=3))


def _section(heading: str, note: str, body: Item) -> Zone:
    return Zone(
        layout=column(column(Text(heading, "title"), Text(note, "caption"), gap=0), body, gap=3)
    )
