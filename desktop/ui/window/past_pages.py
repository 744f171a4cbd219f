"""The ways into the past, the news and the choices that wait; and the day that is looked at."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QEvent, QObject
from typing_extensions import override

from desktop.collection.times import BroughtBack, Bygone
from desktop.collection.values import Rights, Step, SyncPhase, SyncStatus
from desktop.ui.conflicts.page import ConflictsPage
from desktop.ui.history.news import NewsPage
from desktop.ui.history.past_view import PastView
from desktop.ui.history.piece_page import PiecePage
from desktop.ui.history.telling import when_and_where
from desktop.ui.history.times_page import TimesPage
from desktop.ui.look import look_of
from shared.domain.operations import Change
from shared.ids import RecordId

if TYPE_CHECKING:  # the window owns this
    from desktop.ui.window.main_window import MainWindow

_STILL = {"another", "lock", "close", "larger", "smaller", "plain", "commands"}
"""Commands that work while a day gone by is looked at: those that change and show nothing."""
_CAUGHT_UP = {SyncPhase.SAVED, SyncPhase.LOCAL_ONLY}


class PastPages(QObject):
    """Shows pages in the window, and a day gone by in its whole place."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._view: PastView | None = None
        window.panels.news.wanted.connect(self.show_news)
        window.panels.news.dismissed.connect(self._dismiss)
        window.live.synced.connect(self._follow)
        window.installEventFilter(self)
        self._follow(window.live.collection.status)

    @property
    def view(self) -> PastView | None:
        """The day gone by that is looked at."""
        return self._view

    def show_choices(self) -> None:
        """List what waits to be chosen."""
        window = self._window
        choices, live = window.live.collection.choices, window.live
        page = ConflictsPage(window.panels.wording, window.notation, self._name_of)
        page.settled.connect(window.panels.inspector.writing.settle)
        page.all_taken.connect(lambda device: live.attempt(lambda: choices.take_all(device)))
        page.renumbered.connect(
            lambda copy, number: live.attempt(lambda: choices.renumber(copy, number))
        )
        page.taken_out.connect(
            lambda place, name: live.attempt(lambda: choices.take_out(place, name))
        )
        page.piece_wanted.connect(self._show_in_list)
        window.pages.show(page, lambda: page.show_choices(choices))

    def show_times(self) -> None:
        """Ask for a day to go back to."""
        window = self._window
        page = TimesPage(
            window.live.collection,
            window.panels.wording,
            window.notation,
            QDate.currentDate(),
            may_write=self._may_write,
        )
        page.looked.connect(self.look)
        page.brought.connect(self._tell_brought)
        page.left.connect(page.stop)
        window.pages.show(page)

    def show_piece(self) -> None:
        """Show the history of the piece in the inspector."""
        window = self._window
        copy = window.panels.inspector.copy
        if copy is None:
            window.panels.bar.tell("Choose a piece to see its history.")
            return
        collection = window.live.collection
        page = PiecePage(self._name_of(copy), window.panels.wording, window.notation)
        page.wanted.connect(lambda step: self._bring_piece(copy, step))
        window.pages.show(
            page,
            lambda: page.show_steps(collection.times.steps(copy), may_write=self._may_write),
        )

    def show_news(self) -> None:
        """List what others changed; then it was seen."""
        window = self._window
        report = window.live.collection.news.report()
        page = NewsPage(
            report,
            window.panels.wording,
            window.notation,
            self._name_of,
            may_write=self._may_write,
        )
        page.taken_back.connect(
            lambda step: self._tell_taken_back(
                f"Taken back: {step.label}.", window.live.attempt(lambda: report.take_back(step))
            )
        )
        page.all_taken_back.connect(
            lambda: self._tell_taken_back(
                "What came in was taken back.", window.live.attempt(report.take_all_back)
            )
        )
        window.pages.show(page)
        self._dismiss()

    def look(self, past: Bygone, day: str) -> None:
        """Show the collection as it was, in place of everything that can change it."""
        window = self._window
        view = PastView(
            past,
            day,
            window.notation,
            window.panels.list.shelf.view,
            money_hidden=window.money_hidden,
        )
        self._view = view
        view.left.connect(self.leave)
        view.live.troubled.connect(window.panels.bar.warn)
        window.panels.status.hide()
        window.stack.addWidget(view)
        window.stack.setCurrentWidget(view)
        self.gate()
        view.list.shelf.setFocus()

    def leave(self) -> None:
        """Come back to today."""
        view, self._view = self._view, None
        if view is not None:
            self._window.panels.status.show()
            self._window.stack.setCurrentIndex(0)
            self._window.stack.removeWidget(view)
            view.close_past()
            view.deleteLater()
            for action in self._window.commands.all():
                action.setEnabled(True)
            self._window.repaint_all()

    def gate(self) -> None:
        """Offer nothing that changes the collection while a day gone by is looked at."""
        if self._view is not None:
            kept = {self._window.commands[name] for name in _STILL}
            for action in self._window.commands.all():
                action.setEnabled(action in kept)

    def hear(self) -> None:
        """See whether others changed something meanwhile."""
        self._window.panels.news.show_arrivals(self._window.live.collection.news.heard())

    def close(self) -> None:
        """Nobody looks any more."""
        self._window.removeEventFilter(self)  # the window hears of its end when all is closed
        self.leave()
        self._window.live.collection.news.look_away()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        news = self._window.live.collection.news
        if event.type() is QEvent.Type.WindowActivate:
            news.look()
        elif event.type() is QEvent.Type.WindowDeactivate and self._window.isVisible():
            news.look_away()
        return super().eventFilter(watched, event)

    @property
    def _may_write(self) -> bool:
        return self._window.live.collection.roster.rights is not Rights.VIEWER

    def _follow(self, status: SyncStatus) -> None:
        if status.phase in _CAUGHT_UP:
            self._window.live.collection.news.caught_up()

    def _dismiss(self) -> None:
        self._window.live.collection.news.dismiss()
        self._window.panels.news.show_arrivals(())

    def _bring_piece(self, copy: RecordId, step: Step) -> None:
        window, name = self._window, self._name_of(copy) or "One piece"
        when = when_and_where(step, window.notation)
        times = window.live.collection.times
        done = window.live.attempt(
            lambda: times.bring_piece_back(copy, step, f"Bring {name} back as on {when}")
        )
        if done is not None:
            self._tell(done, f"{name} is what it was on {when}.")

    def _tell_brought(self, done: BroughtBack, day: str) -> None:
        self._window.pages.show_list()
        self._tell(done, f"The collection is what it was on {day}.")

    def _tell(self, done: BroughtBack, words: str) -> None:
        bar, deeds = self._window.panels.bar, self._window.deeds
        if done.missing:
            photos = "1 photo stays" if done.missing == 1 else f"{done.missing} photos stay"
            words += f" {photos} away: the pictures are not on this device."
        if done.change.empty:
            bar.tell(f"{words} It was so already.")
        else:
            bar.tell(words, action="Undo", run=deeds.undo)

    def _tell_taken_back(self, words: str, change: Change | None) -> None:
        if change is None:
            return
        window, left = self._window, ""
        if change.skipped:
            label = window.panels.wording.label
            fields = ", ".join(label(field, look_of(window)) for field in change.skipped)
            left = f"Changed since, so left alone: {fields}."
        if change.empty:
            window.panels.bar.tell(f"Nothing of it could be taken back. {left}".strip())
        else:
            run = window.deeds.undo
            window.panels.bar.tell(f"{words} {left}".strip(), action="Undo", run=run)

    def _show_in_list(self, copy: RecordId) -> None:
        self._window.pages.show_list()
        self._window.panels.sidebar.choose("")
        self._window.panels.list.shelf.choose([copy])

    def _name_of(self, record: RecordId) -> str:
        rows = self._window.live.collection.rows([record])
        if rows:
            return rows[0].name
        place = (
            p.path for p in self._window.live.collection.words.locations() if p.location == record
        )
        return next(place, "")
