"""One page of a way with several steps: a heading, a sentence, the body, back and forward."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.ui.controls import Button, Text
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.page import fit
from desktop.ui.zone import Zone, column, row

WIDTH = 460


class Step(Zone):
    """A page in the middle of the window, no wider than reads well; it scrolls when it must."""

    back = Signal()
    forward = Signal()

    def __init__(self, heading: str, lead: str, body: QWidget, forward: str) -> None:
        self.trouble = Text(role="danger")
        self.trouble.hide()
        self._back = Button("Back", "quiet", icon=Icon.LEFT)
        self._forward = Button(forward, "primary")
        self._forward.setDefault(True)
        self._forward_words = forward
        self._lead = Text(lead, "lead")
        self._lead.setVisible(bool(lead))
        self._middle = Zone(
            layout=column(
                Text(heading, "heading"),
                self._lead,
                body,
                self.trouble,
                row(self._back, None, self._forward),
                gap=4,
            )
        )
        page = Zone("page", column(None, row(None, self._middle, None), None, edge=5))
        scroll = QScrollArea()
        scroll.setAccessibleName(heading)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        super().__init__("page", column(scroll, gap=0))
        self.setAccessibleName(heading)
        self._back.clicked.connect(self.back)
        self._forward.clicked.connect(self.forward)

    def stand_below(self, more: QWidget) -> None:
        """Show something between the body and the buttons."""
        box = self._middle.layout()
        if isinstance(box, QVBoxLayout):
            box.insertWidget(box.count() - 1, more)

    def allow(self, *, forward: bool) -> None:
        """Say whether the page is filled in enough to go on."""
        self._forward.setEnabled(forward)

    def wait(self, words: str) -> None:
        """Show that the program works; an empty string ends it."""
        self._forward.setText(words or self._forward_words)
        self._forward.setEnabled(not words)
        self._back.setEnabled(not words)

    def refuse(self, sentence: str) -> None:
        """Say why it did not go on; nothing that was typed is lost."""
        self.wait("")
        self.trouble.say(sentence)
        self.trouble.setVisible(bool(sentence))

    def allow_back(self) -> None:
        """Let the person give up what the program waits for."""
        self._back.setEnabled(True)

    def take_forward(self) -> None:
        """Let the keyboard go on from here with Enter."""
        self.setFocusProxy(self._forward)
        self._forward.setFocus()

    def no_way_back(self) -> None:
        """Take the way back away: what was done is done."""
        self._back.hide()

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        fit(self._middle, self.width(), look.scaled(WIDTH))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit(self._middle, self.width(), look_of(self).scaled(WIDTH))
