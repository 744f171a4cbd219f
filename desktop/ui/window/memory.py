"""What a window remembers on this device: size, panes, view, columns of the table, text size."""

from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass

from PySide6.QtCore import QByteArray

from desktop.collection.settings import Settings
from shared.skins.tokens import View

_GEOMETRY, _PANES, _VIEW, _TEXT, _COLUMNS = "window", "panes", "view", "text", "columns"


@dataclass(frozen=True, slots=True)
class Memory:
    """Reads and writes the preferences of one device; nonsense in them is as good as none."""

    settings: Settings

    @property
    def geometry(self) -> QByteArray:
        """Size and place of the window, as Qt saves them; empty if there is none."""
        try:
            return QByteArray(b64decode(self.settings.here(_GEOMETRY), validate=True))
        except (Error, ValueError):
            return QByteArray()

    @property
    def panes(self) -> list[int]:
        """Widths of the panes in pixels; empty if there are none."""
        widths = self.settings.here(_PANES).split()
        return [int(width) for width in widths if width.isascii() and width.isdecimal()]

    @property
    def view(self) -> View | None:
        """The view that was shown last."""
        name = self.settings.here(_VIEW)
        return View(name) if name in {view.value for view in View} else None

    @property
    def text_scale(self) -> float | None:
        """How large the text was."""
        percent = self.settings.here(_TEXT)
        return int(percent) / 100 if percent.isascii() and percent.isdecimal() else None

    @property
    def columns(self) -> str:
        """Widths and order of the table's columns, as its header gives them; empty if none are."""
        return self.settings.here(_COLUMNS)

    def keep(
        self, geometry: QByteArray, panes: list[int], view: View, columns: str, text_scale: float
    ) -> None:
        """Remember all of it."""
        put = self.settings.put_here
        put(_GEOMETRY, b64encode(geometry.data()).decode("ascii"))
        put(_PANES, " ".join(map(str, panes)))
        put(_VIEW, view.value)
        put(_COLUMNS, columns)
        put(_TEXT, str(round(text_scale * 100)))
