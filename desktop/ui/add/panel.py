"""Adding copies one after another, by keyboard alone.

Type a name, walk the list, Enter fills what is empty with what the catalogue knows, Enter again
keeps it, Tab walks the rest, Ctrl+Enter saves and starts the next one. Place and purchase are
carried over: a boxful usually comes from one place and goes to another.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea
from typing_extensions import override

from desktop.collection.autofill import Proposal
from desktop.collection.reference.pack import Piece
from desktop.collection.values import Draft
from desktop.ui.add.finder import Finder
from desktop.ui.controls import Button, IconButton, Text
from desktop.ui.field.box import FieldBox
from desktop.ui.field.form import COPY_LINES, IDENTITY, MODEL_LINES, Editors, Form, Place
from desktop.ui.field.line import LineBox
from desktop.ui.look import Icon, Look, say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import Kind, Value
from shared.skins.tokens import Word

CARRIED = frozenset({"status", "acquired", "acquired_from", "location"})
_LOCATION = Place(Kind.COPY, "location")
_NAME = Place(Kind.MODEL, "name")
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_Values = Mapping[Place, Value]


class AddPanel(Zone):
    """Collects one Draft after another. ``saved`` carries it, and whether another one follows."""

    saved = Signal(object, bool)  # Draft, another
    closed = Signal()

    def __init__(
        self,
        search: Callable[[str], Sequence[Piece]],
        propose: Callable[[Piece, Draft], Proposal],
        editors: Editors,
        notation: Notation,
    ) -> None:
        super().__init__("panel")
        self._propose = propose
        self._known = Draft()
        self._title = Text(role="title")
        self._finder = Finder(search, notation)
        forms = [Form(lines, editors) for lines in (IDENTITY, COPY_LINES, MODEL_LINES)]
        self._boxes = {place: box for form in forms for place, box in form.boxes.items()}
        self._tags = LineBox("Tags, with commas between", read=str, write=_plain)
        self._keep = Button("Keep  \u21b5", pressed=self._confirm)
        self._notice = _notice(self._keep)
        self._trouble = Text(role="danger")
        self._trouble.hide()
        self._lay_out(forms)
        self._finder.picked.connect(self._fill)

    def begin(self, typed: str = "") -> None:
        """Take the keyboard to the finder."""
        self._finder.start_over(typed)

    def refuse(self, sentence: str) -> None:
        """Say why the copy was not saved; all that was typed stays."""
        self._trouble.say(sentence)
        self._trouble.setVisible(bool(sentence))

    def next_one(self) -> None:
        """Empty the panel for the next copy, but for what a boxful has in common."""
        self._known = Draft()
        self._notice.hide()
        self.refuse("")
        self._tags.reset(None)
        for place, box in self._boxes.items():
            carried = place.kind is Kind.COPY and place.field in CARRIED and box.value is not None
            if carried:
                box.propose(box.value)
            else:
                box.reset(None)
        self.begin()

    @property
    def draft(self) -> Draft:
        """The copy as the panel shows it, with what the catalogue knows beside."""
        shown = {place: box.value for place, box in self._boxes.items()}
        return _draft(self._known, shown, tags=_plain(self._tags.value))

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        self._title.say(f"{look.word(Word.ADD)} a {look.word(Word.COPY)}")

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._save(another=True)
        elif event.key() in _ENTER:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self, forms: Sequence[Form]) -> None:
        close = IconButton("Close without saving", Icon.CLOSE, pressed=self.closed.emit)
        identity, copy, model = forms
        fields = Zone(layout=column(identity, copy, self._tags, model, None, gap=3))
        scroll = QScrollArea()
        scroll.setAccessibleName("Fields")
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(fields)
        once = Button("Save", pressed=lambda: self._save(another=False))
        again = Button(
            "Save, next  Ctrl+\u21b5", "primary", pressed=lambda: self._save(another=True)
        )
        inner = column(
            row(self._title, None, close),
            self._finder,
            self._notice,
            scroll,
            self._trouble,
            row(once, None, again),
            gap=3,
            edge=3,
        )
        inner.setStretch(3, 1)
        self.setLayout(inner)

    def _fill(self, piece: Piece | None, typed: str) -> None:
        """Put what is known into the empty fields, to be confirmed."""
        self._take_back()
        self._finder.close_list(piece.name if piece else typed)
        if piece is None:
            self._boxes[_NAME].reset(typed)
        filled = self._proposals(piece) if piece else {}
        for place, value in filled.items():
            self._boxes[place].propose(value)
        self._notice.setVisible(bool(filled))
        (self._keep if filled else self._first_empty()).setFocus()

    def _proposals(self, piece: Piece) -> _Values:
        typed = {place: None if box.proposed else box.value for place, box in self._boxes.items()}
        proposal = self._propose(piece, _draft(Draft(), typed))
        self._known = proposal.draft
        known = {
            Kind.MODEL: proposal.draft.model,
            Kind.VARIANT: proposal.draft.variant,
            Kind.COPY: proposal.draft.copy,
        }
        return {
            place: known[place.kind].get(place.field)
            for place in self._boxes
            if place.field in proposal.filled.get(place.kind, frozenset())
        }

    def _take_back(self) -> None:
        """Forget the proposals of a piece that was picked before; carried values stay."""
        self._known = Draft()
        for place, box in self._boxes.items():
            if box.proposed and place.field not in CARRIED:
                box.reset(None)
                box.confirm()

    def _confirm(self) -> None:
        for box in self._boxes.values():
            box.confirm()
        self._notice.hide()
        self._first_empty().setFocus()

    def _first_empty(self) -> FieldBox:
        return next((box for box in self._boxes.values() if box.value is None), self._tags)

    def _save(self, *, another: bool) -> None:
        """Hand over what is shown, unless a field could not be understood: that one is shown."""
        self.setFocus()  # the field that has the keyboard finishes first
        unclear = next((box for box in self._boxes.values() if box.draft is not None), None)
        if unclear is not None:
            unclear.setFocus()
            return
        self.saved.emit(self.draft, another)


def _notice(keep: Button) -> Zone:
    words = Text("Filled in from the catalogue. Change what is different on yours.", "caption")
    inner = row(words, keep, gap=2, edge=2)
    inner.setStretch(0, 1)
    made = Zone("notice", inner)
    say(made, "positive", name="state")
    made.setAccessibleName("From the catalogue")
    made.hide()
    return made


def _draft(known: Draft, shown: _Values, *, tags: str = "") -> Draft:
    """Lay what a panel shows over what is known; an emptied field is empty."""
    fields: dict[Kind, dict[str, Value]] = {Kind.COPY: {}, Kind.MODEL: {}, Kind.VARIANT: {}}
    for place, value in shown.items():
        if place != _LOCATION:
            fields[place.kind][place.field] = value
    return Draft(
        copy={**known.copy, **fields[Kind.COPY]},
        model={**known.model, **fields[Kind.MODEL]},
        variant={**known.variant, **fields[Kind.VARIANT]},
        piece=known.piece,
        location=_plain(shown.get(_LOCATION)),
        tags=tuple(filter(None, (tag.strip() for tag in tags.split(",")))),
    )


def _plain(value: Value) -> str:
    return "" if value is None else str(value)
