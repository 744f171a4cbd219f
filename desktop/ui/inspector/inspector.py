"""The inspector: everything of one copy, edited where it is shown."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QStackedLayout,
)
from typing_extensions import override

from desktop.collection.values import Past, Photo
from desktop.ui.controls import IconButton, Text
from desktop.ui.field.form import Place
from desktop.ui.field.wording import Wording
from desktop.ui.history.popover import HistoryPopover
from desktop.ui.inspector.copy_view import CopyView
from desktop.ui.inspector.writing import Writing
from desktop.ui.live import LiveCollection
from desktop.ui.look import Icon, Look
from desktop.ui.notation import Notation
from desktop.ui.pictures import PictureFetch
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import Value
from shared.ids import RecordId

WIDTH = 348
_NONE = "Choose one to see it here."


class Inspector(Zone):
    """Shows one copy, or says that none is chosen."""

    stepped = Signal(int)
    closed = Signal()
    past_wanted = Signal()

    def __init__(
        self,
        live: LiveCollection,
        notation: Notation,
        pictures: PictureFetch,
        *,
        history: bool = True,
    ) -> None:
        super().__init__("panel")
        self._live, self._notation = live, notation
        self._wording = Wording(live.collection.words, notation)
        self._view = CopyView(live.collection, notation, self._wording, pictures, history=history)
        self._scroll = QScrollArea()
        self._pages = QStackedLayout()
        pages = Zone(layout=self._pages)
        back = IconButton("Previous", Icon.LEFT, pressed=lambda: self.stepped.emit(-1))
        on = IconButton("Next", Icon.RIGHT, pressed=lambda: self.stepped.emit(1))
        past = IconButton("History of this piece", Icon.HISTORY, pressed=self.past_wanted.emit)
        past.setVisible(history)
        close = IconButton("Hide the details", Icon.CLOSE, pressed=self.closed.emit)
        head = row(back, on, None, past, close, gap=1)
        self.setLayout(column(head, pages, gap=2, edge=3))
        self.setAccessibleName("Details")
        self._writing = Writing(live, self)
        self._copy: RecordId | None = None
        self._drafts: dict[tuple[RecordId, Place], str] = {}
        self._fill_pages()
        self._wire()

    @property
    def copy(self) -> RecordId | None:
        """The copy that is shown."""
        return self._copy

    def show_copy(self, copy: RecordId | None) -> None:
        """Show another copy; what could not be understood on this one is kept for later."""
        if copy != self._copy:
            self.finish()
            self._copy = copy
            self._show(fresh=True)
            self._scroll.verticalScrollBar().setValue(0)

    def refresh(self) -> None:
        """Read the copy again; what is being typed stays."""
        self._show(fresh=False)

    def finish(self) -> None:
        """Save what is being typed; keep aside what cannot be understood."""
        if self._copy is None:
            return
        for place, box in self._view.boxes.items():
            box.finish()
            if box.draft is not None:
                self._drafts[self._copy, place] = box.draft
            else:
                self._drafts.pop((self._copy, place), None)

    def hide_money(self, *, hidden: bool) -> None:
        """Leave amounts out, for guests."""
        self._view.hide_money(hidden=hidden)

    def show_past(self) -> None:
        """Show the history of the field that has the keyboard."""
        at = self._view.focusWidget()
        for place, box in self._view.boxes.items():
            if at is not None and (box is at or box.isAncestorOf(at)) and at.hasFocus():
                self._show_history(place)

    def add_photos(self) -> None:
        """Let the collector choose photos for this copy."""
        self._view.photos.choose_files()

    def paste(self) -> None:
        """Add what is on the clipboard as a photo."""
        self._view.photos.paste()

    @property
    def writing(self) -> Writing:
        """What writes to the collection, for files that are dropped on the list."""
        return self._writing

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self.setMinimumWidth(look.scaled(WIDTH))

    def _fill_pages(self) -> None:
        nothing = Text(_NONE)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._scroll.setAccessibleName("Details")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._view)
        self._pages.addWidget(Zone(layout=column(None, nothing, None)))
        self._pages.addWidget(self._scroll)

    def _wire(self) -> None:
        view, writing = self._view, self._writing
        view.entered.connect(self._on_copy(writing.save))
        view.history_wanted.connect(self._show_history)
        view.settled.connect(writing.settle)
        view.restored.connect(self._on_copy(writing.restore))
        view.add_field.wanted.connect(writing.add_field)
        view.tags.added.connect(self._on_copy(writing.tag))
        view.tags.removed.connect(self._on_copy(lambda copy, tag: writing.untag(copy, tag.tag)))
        view.photos.files_added.connect(self._on_copy(writing.add_files))
        view.photos.picture_added.connect(self._on_copy(writing.add_picture))
        view.photos.removed.connect(writing.remove_photo)
        view.photos.cover_chosen.connect(writing.make_cover)
        view.photos.moved.connect(self._move_photo)

    def only_show(self, *, only: bool) -> None:
        """Let nothing be typed or chosen while this device may only look."""
        for line in self.findChildren(QLineEdit):
            line.setReadOnly(only)
        for notes in self.findChildren(QPlainTextEdit):
            notes.setReadOnly(only)
        for choice in (*self.findChildren(QComboBox), *self.findChildren(QCheckBox)):
            choice.setEnabled(not only)
        self._view.only_show(only=only)

    def _on_copy(self, deed: Callable[..., None]) -> Callable[..., None]:
        """Do something to the copy that is shown."""

        def done(*what: object) -> None:
            if self._copy is not None:
                deed(self._copy, *what)

        return done

    def _show(self, *, fresh: bool) -> None:
        detail = self._live.collection.detail(self._copy) if self._copy else None
        self._pages.setCurrentIndex(0 if detail is None else 1)
        if detail is None or self._copy is None:
            return
        self._view.show_detail(detail, fresh=fresh)
        for place, box in self._view.boxes.items() if fresh else ():
            if draft := self._drafts.get((self._copy, place)):
                box.show_draft(draft)

    def _show_history(self, place: Place) -> None:
        if self._copy is None:
            return
        box = self._view.boxes[place]
        steps = self._live.collection.history(self._copy)
        own = [past for past in steps if past.field == place.field]
        popover = HistoryPopover(
            box.accessibleName(),
            own,
            lambda value: self._wording.of(place.field, value),
            self._notation,
            box,
        )
        popover.restored.connect(lambda past: self._restore(place, past))
        popover.pop_up(box)

    def _restore(self, place: Place, past: Past) -> None:
        if self._copy is not None:
            value: Value = past.value
            self._writing.save(self._copy, place, value)

    def _move_photo(self, photo: Photo, places: int) -> None:
        detail = self._live.collection.detail(photo.copy)
        if detail is None:
            return
        others = [one.photo for one in detail.photos if one.photo != photo.photo]
        here = [one.photo for one in detail.photos].index(photo.photo) + places
        self._writing.move_photo(photo, others[here - 1] if here > 0 else None)
