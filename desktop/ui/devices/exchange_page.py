"""Without a server: the exchange folder, when it was used last, and bundles."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog

from desktop.collection.exchanging import SUFFIX, ExchangeState, LastExchange
from desktop.ui.controls import Button, Text
from desktop.ui.devices.exchange_watch import ExchangeWatch, came_and_went
from desktop.ui.labour import Labour, LabourBar
from desktop.ui.look import Icon, say
from desktop.ui.notation import Notation
from desktop.ui.page import Page
from desktop.ui.zone import Item, Zone, column, row

_LEAD = (
    "Your devices can exchange through any folder that they see in turn: a stick, a drive in your "
    "network, a folder that a cloud copies. All that lies there is sealed: nobody who looks can "
    "read it, and what somebody changes is refused."
)
_NO_FOLDER = "No exchange folder is chosen on this device."
_BY_ITSELF = (
    "While the folder is in reach, Swingtag exchanges by itself: at the start, a little after a "
    "change, and every few minutes. Nothing that lies there is ever deleted or overwritten."
)
_BUNDLE = (
    "A bundle is the same in one file, to mail or to carry. Opening one adds what is new in it, "
    "and takes nothing away."
)
_KIND = f"Bundles (*{SUFFIX})"


class ExchangePage(Page):
    """Sections one below the other."""

    chosen = Signal(object)  # Path
    dropped = Signal()

    def __init__(self, watch: ExchangeWatch, notation: Notation, name: Callable[[], str]) -> None:
        self._watch = watch
        self._name = name
        self._card = ExchangeCard(notation)
        self._bar = LabourBar()
        self._now = Button("Exchange now", "primary", icon=Icon.SYNC, pressed=watch.exchange)
        self._choose = Button("Choose a folder\u2026", pressed=self._ask_folder)
        self._drop = Button("Use it no more", "quiet", pressed=self._let_go)
        self._note = Text(_BY_ITSELF, "caption")
        self._pictures = QCheckBox("With pictures")
        self._pictures.setChecked(True)
        self._save = Button("Save a bundle\u2026", icon=Icon.DOWNLOAD, pressed=self._ask_save)
        self._open = Button("Open a bundle\u2026", pressed=self._ask_open)
        ways = row(self._now, self._choose, self._drop, None, gap=2)
        folder = column(self._card, self._bar, ways, self._note, gap=3)
        bundle = column(row(self._save, self._pictures, None, gap=3), row(self._open, None), gap=2)
        super().__init__(
            "Without a server",
            Zone(
                layout=column(Text(_LEAD), folder, _section("As one file", _BUNDLE, bundle), gap=5)
            ),
            "Back to the devices",
        )
        watch.began.connect(self._follow)
        watch.ended.connect(self.refresh)
        self.refresh()
        if watch.labour is not None:
            self._follow(watch.labour)

    def refresh(self) -> None:
        """Show what is remembered now."""
        state, busy = self._watch.care.state, self._watch.labour is not None
        self._card.show_state(state)
        self._choose.setText("Another folder\u2026" if state.folder else "Choose a folder\u2026")
        for part in (self._now, self._drop, self._note):
            part.setVisible(bool(state.folder))
        for button in (self._now, self._choose, self._drop, self._save, self._open):
            button.setEnabled(not busy)
        if not busy:
            self._bar.rest()

    def _follow(self, labour: Labour[LastExchange | None]) -> None:
        self._bar.follow(labour, "Looking at the folder")
        self.refresh()

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, "A folder that your devices see in turn", self._watch.care.state.folder
        )
        if folder:
            self.chosen.emit(Path(folder))

    def _let_go(self) -> None:
        self.dropped.emit()

    def _ask_save(self) -> None:
        proposed = str(Path.home() / f"{self._name()}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self, "Save a bundle", proposed, _KIND)
        if name:
            path = Path(name)
            whole = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
            self._watch.save_bundle(whole, pictures=self._pictures.isChecked())

    def _ask_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Open a bundle", str(Path.home()), _KIND)
        if name:
            self._watch.open_bundle(Path(name))


class ExchangeCard(Zone):
    """The last exchange: when, where, what came and went, and what should be known of it."""

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        self._when = Text(role="strong")
        self._where = Text(role="caption", one_line=True)
        self._went = Text()
        self._trouble = Text()
        say(self._trouble, "danger")
        super().__init__(
            "card", column(self._when, self._where, self._went, self._trouble, gap=1, edge=3)
        )
        self.setAccessibleName("The exchange folder")

    def show_state(self, state: ExchangeState) -> None:
        """Show what is remembered."""
        last = state.last
        self._when.say(self._heading(state))
        self._where.say(state.folder)
        self._went.say(came_and_went(last) if last else "")
        words = (state.trouble, *(last.notices if last else ()))
        self._trouble.say("\n\n".join(word for word in words if word))
        self._where.setVisible(bool(state.folder))
        self._went.setVisible(last is not None)
        self._trouble.setVisible(any(words))

    def _heading(self, state: ExchangeState) -> str:
        if not state.folder:
            return _NO_FOLDER
        if state.last is None:
            return "Nothing was exchanged yet."
        return f"Last exchange: {self._notation.moment(state.last.millis)}"


def _section(heading: str, note: str, body: Item) -> Zone:
    return Zone(
        layout=column(column(Text(heading, "title"), Text(note, "caption"), gap=0), body, gap=3)
    )
