"""One device of the demo: the real program, with somebody at its keyboard who is told what to do.

Commands come as lines of JSON on standard input, ``["press", "Next"]``; each is answered by one
line on standard output, ``{"said": ...}`` or ``{"refused": sentence}``. The end of the input ends
the program.
"""

import json
import sys
from threading import Thread
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.application.demo.hands import NotOnScreenError
from desktop.application.demo.moves import MOVES
from desktop.application.main import main

FAULT = "The program met a fault of its own; its report lies in its folder."


class Player(QObject):
    """Takes commands from another thread and makes the moves on the screen's."""

    came = Signal(str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.came.connect(self._play)
        self.ended.connect(self._end)

    def listen(self) -> None:
        """Pass on every line that comes in; runs in a thread of its own."""
        for line in sys.stdin:
            self.came.emit(line)
        self.ended.emit()

    def _play(self, line: str) -> None:
        answer: dict[str, Any] = {"refused": FAULT}
        move, *arguments = json.loads(line)
        try:
            answer = {"said": MOVES[move](*arguments)}
        except NotOnScreenError as error:
            answer = {"refused": str(error)}
        finally:  # a fault goes on to the program's own boundary, but somebody waits here
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()

    def _end(self) -> None:
        QApplication.quit()


def play() -> int:
    """Run the program as a collector would start it, and listen."""
    player = Player()
    Thread(target=player.listen, name="commands", daemon=True).start()
    return main([])


if __name__ == "__main__":
    sys.exit(play())
