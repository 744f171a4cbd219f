"""What all field editors share: a label above, the control, and a hint below when it is needed."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from desktop.ui.controls import IconButton, Text
from desktop.ui.look import Icon, Look, say
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import Value

PAST_PIXELS = 20
NOTHING = "\u2014"
"""What stands where nothing was filled in."""


class FieldBox(Zone):
    """One field of a record, edited where it is shown.

    ``entered`` carries the new value once the collector leaves the field or presses Enter. What
    cannot be understood stays in the control, with a sentence below it.
    """

    entered = Signal(object)  # Value
    history_wanted = Signal()

    def __init__(self, label: str, control: QWidget, *, history: bool = False) -> None:
        self.label = Text("", "caption", one_line=True)
        self.control = control
        self.hint = Text("", "danger")
        self.hint.hide()
        self.past = IconButton("", Icon.HISTORY)
        super().__init__(layout=column(row(self.label, self.past), control, self.hint, gap=0))
        self.past.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+H reaches it from the field
        keep = self.past.sizePolicy()
        keep.setRetainSizeWhenHidden(history)
        self.past.setSizePolicy(keep)
        self.past.hide()
        self._history = history
        self.past.clicked.connect(self.history_wanted)
        self.rename(label)
        self.setFocusProxy(control)
        self._value: Value = None
        self._proposed = False

    def rename(self, label: str) -> None:
        """Call the field otherwise, as another skin does."""
        self.label.say(label)
        self.control.setAccessibleName(label)
        self.setAccessibleName(label)
        self.past.setAccessibleName(f"History of {label}")
        self.past.setToolTip(f"History of {label}")

    def hide_label(self) -> None:
        """Show no label, for a value that speaks for itself; it keeps its name for the ear."""
        self.label.hide()
        keep = self.past.sizePolicy()
        keep.setRetainSizeWhenHidden(False)
        self.past.setSizePolicy(keep)
        self._history = False

    @property
    def value(self) -> Value:
        """The value last shown or entered."""
        return self._value

    @property
    def proposed(self) -> bool:
        """Whether the value is the catalogue's and not yet the collector's."""
        return self._proposed

    @property
    def draft(self) -> str | None:
        """What stands in the control and is not a value: to be kept, not lost."""
        return None

    def show_value(self, value: Value) -> None:
        """Show what the record holds, unless the collector is in the middle of typing."""
        self._value = value
        if self.draft is None:
            self._write(value)

    def finish(self) -> None:
        """Accept what stands in the control, if it can be understood."""

    def show_draft(self, text: str) -> None:
        """Put back what could not be understood when it was typed."""

    def reset(self, value: Value) -> None:
        """Show a value whatever stands in the control."""
        self._value = value
        self.complain("")
        self._write(value)

    def propose(self, value: Value) -> None:
        """Show a value of the catalogue, to be confirmed."""
        self.reset(value)
        self._mark(proposed=True)

    def confirm(self) -> None:
        """Make a proposal the collector's own."""
        self._mark(proposed=False)

    def complain(self, sentence: str) -> None:
        """Say below the control what is wrong with it; nothing if ``sentence`` is empty."""
        self.hint.say(sentence)
        self.hint.setVisible(bool(sentence))
        self.control.setAccessibleDescription(sentence)
        say(self.control, "invalid" if sentence else "", name="state")

    @override
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.past.setVisible(self._history)

    @override
    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.past.hide()

    @override
    def put_on(self, look: Look) -> None:
        """Set the label over the first letter of the control."""
        super().put_on(look)
        side = look.scaled(PAST_PIXELS)
        self.past.setFixedSize(side, side)
        self.past.setIconSize(QSize(side - 6, side - 6))
        indent = look.space(2) + look.outline
        self.label.setContentsMargins(indent, 0, 0, 0)
        self.hint.setContentsMargins(indent, 0, 0, 0)

    def _write(self, value: Value) -> None:
        """Show a value in the control."""
        raise NotImplementedError

    def _take(self, value: Value) -> None:
        """Accept a value that the collector entered, and tell of it if it is new."""
        self.complain("")
        changed = value != self._value
        self._value = value
        self._mark(proposed=False)
        if changed:
            self.entered.emit(value)

    def _mark(self, *, proposed: bool) -> None:
        if proposed != self._proposed:
            self._proposed = proposed
            say(self.control, "proposed" if proposed else "", name="state")
