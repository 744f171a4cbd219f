"""The unlock screen: the tag, the collection's name, the password, and nothing else.

It is painted before the data layer is loaded and knows nothing of it: whoever shows it listens
to ``asked`` and answers with ``refuse`` or by closing it.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QMenu
from typing_extensions import override

from desktop.collection.known import KnownCollection
from desktop.ui.controls import Button, Secret, Text
from desktop.ui.look import Look, dress
from desktop.ui.unlock.mark import Mark
from desktop.ui.zone import Zone, column, row

WIDTH, HEIGHT, FIELDS_WIDTH, MARK = 480, 600, 300, 120


class UnlockWindow(Zone):
    """Asks for one collection's password."""

    asked = Signal(Path, str, bool)
    repair_wanted = Signal(Path, str)
    backup_wanted = Signal()
    elsewhere = Signal()

    def __init__(self, known: Sequence[KnownCollection], look: Look) -> None:
        self._mark = Mark()
        self._name = Text(role="heading", one_line=True)
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._password = Secret("Password")
        self._remember = QCheckBox("Remember on this device")
        self._can_remember = False
        self._trouble = Text(role="danger")
        self._unlock = Button("Unlock", "primary")
        self._repair = Button("Repair", "primary", pressed=self._ask_repair)
        self._backup = Button("Restore a backup\u2026", pressed=self._ask_backup)
        self._again = Button("Join again or use the kit\u2026", pressed=self._ask_elsewhere)
        self._switch = Button("Another collection", "quiet")
        self._fields = Zone(
            layout=column(
                row(None, self._mark, None),
                self._name,
                self._password,
                self._trouble,
                self._remember,
                self._unlock,
                self._repair,
                self._backup,
                self._again,
                self._switch,
                gap=3,
            )
        )
        super().__init__("page", column(None, row(None, self._fields, None), None, edge=5))
        self._known = tuple(known)
        self._asking = self._known[0]
        self._unlock.clicked.connect(self._ask)
        self._password.returnPressed.connect(self._ask)
        self._switch.setMenu(self._others())
        dress(self, look.plain())
        self.go_to(self._asking)

    def offer_to_remember(self, can: bool) -> None:  # noqa: FBT001 - it is an errand's result
        """Offer to keep the key in the keychain, where there is one."""
        self._can_remember = can
        self._remember.setVisible(can and not self._unlock.isHidden())

    def go_to(self, collection: KnownCollection) -> None:
        """Ask for the password of this collection."""
        self._asking = collection
        self._name.say(collection.name)
        self.setWindowTitle(f"{collection.name} \u2013 Swingtag")
        self._password.clear()
        self.refuse("")

    def refuse(self, sentence: str) -> None:
        """Say why it did not open; the password stays, selected, to be typed again."""
        self._say(sentence, locked=True)
        self._password.setAccessibleDescription(sentence)
        self._password.setFocus()
        self._password.selectAll()

    def offer_remedies(self, sentence: str, *, repair: bool) -> None:
        """Say that the collection is damaged, and offer what brings it back."""
        self._say(sentence, locked=False)
        self._repair.setVisible(repair)
        first = self._repair if repair else self._backup
        first.setAccessibleDescription(sentence)
        first.setFocus()

    def _say(self, sentence: str, *, locked: bool) -> None:
        """Say something over the password, or over the remedies if it is of no use."""
        self.wait(waiting=False)
        self._trouble.say(sentence)
        self._trouble.setVisible(bool(sentence))
        for control in (self._password, self._unlock):
            control.setVisible(locked)
        self._remember.setVisible(locked and self._can_remember)
        for remedy in (self._repair, self._backup, self._again):
            remedy.setVisible(not locked)

    def wait(self, *, waiting: bool) -> None:
        """Show that the collection is being opened, or repaired."""
        self._unlock.setText("Opening\u2026" if waiting else "Unlock")
        self._repair.setText("Repairing\u2026" if waiting else "Repair")
        opening = (self._unlock, self._password, self._switch, self._remember)
        for control in (*opening, self._repair, self._backup, self._again):
            control.setEnabled(not waiting)

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self._mark.stretch(look.scaled(MARK))
        self._fields.setFixedWidth(look.scaled(FIELDS_WIDTH))
        room = self.screen().availableSize()
        self.resize(QSize(look.scaled(WIDTH), look.scaled(HEIGHT)).boundedTo(room))

    def _others(self) -> QMenu:
        """List the other collections, and the way to those that are not known yet."""
        menu = QMenu(self)
        menu.setAccessibleName("Collections")
        for collection in self._known:
            action = QAction(collection.name.replace("&", "&&"), menu)
            action.triggered.connect(lambda _on=False, one=collection: self.go_to(one))
            menu.addAction(action)
        menu.addSeparator()
        other = QAction("New, join, restore or open another\u2026", menu)
        other.triggered.connect(self.elsewhere)
        menu.addAction(other)
        return menu

    def _ask_repair(self) -> None:
        self.wait(waiting=True)
        self.repair_wanted.emit(self._asking.folder, self._password.text())

    # Methods, not the signals themselves: those exist only once the window does.
    def _ask_backup(self) -> None:
        self.backup_wanted.emit()

    def _ask_elsewhere(self) -> None:
        self.elsewhere.emit()

    def _ask(self) -> None:
        self.refuse("")
        self.wait(waiting=True)
        self.asked.emit(self._asking.folder, self._password.text(), self._remember.isChecked())
