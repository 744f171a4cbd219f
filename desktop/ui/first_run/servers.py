"""Step three of a new collection: alone on this computer, or synced through a server."""

from PySide6.QtWidgets import QButtonGroup, QRadioButton

from desktop.ui.controls import Choice
from desktop.ui.first_run.beginnings import Place
from desktop.ui.first_run.server_lines import Judge, ServerLines
from desktop.ui.first_run.step import Step
from desktop.ui.zone import Zone, column

_ALONE = "Only on this computer. I can add a server later."
_SYNCED = "Sync my devices through a server, which can read nothing."


class ServerStep(Step):
    """Asks where to sync. Staying offline is the first choice and needs nothing."""

    def __init__(self, judge: Judge) -> None:
        self._alone, self._synced = QRadioButton(), QRadioButton()
        self._group = QButtonGroup()  # by itself each would be alone in its row
        for each in (self._alone, self._synced):
            self._group.addButton(each)
        self._alone.setChecked(True)
        self._lines = ServerLines(judge)
        super().__init__(
            "Where shall it live?",
            "",
            Zone(
                layout=column(
                    Choice(self._alone, _ALONE), Choice(self._synced, _SYNCED), self._lines, gap=3
                )
            ),
            "Create the collection",
        )
        self._synced.toggled.connect(self._judge)
        self._lines.judged.connect(self._judge)
        self._judge()

    @property
    def wish(self) -> Place | None:
        """The place that is wanted, or None to stay offline."""
        return self._lines.wish if self._synced.isChecked() else None

    def fill(self, server: str) -> None:
        """Choose to sync, through this server."""
        self._synced.setChecked(True)
        self._lines.fill(server)

    def _judge(self) -> None:
        self._lines.setVisible(self._synced.isChecked())
        self.allow(forward=self._alone.isChecked() or self._lines.free)
