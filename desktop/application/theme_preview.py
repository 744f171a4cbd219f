"""A picture of a skin: grid, table and cabinet with drawn animals, by day and by night."""

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import QEventLoop, QLocale, QPoint, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop.collection.values import CopyRow
from desktop.drawing.imaging import encoded
from desktop.drawing.portraits import portrait
from desktop.ui.look import Look, dress, prepare
from desktop.ui.notation import Notation
from desktop.ui.shelf import ShelfView
from desktop.ui.whereabouts import Said
from shared.domain.money import Money
from shared.domain.vocabularies import OWNED, WANTED
from shared.ids import RecordId
from shared.skins.tokens import Scheme, Skin, View

_SIZE = QSize(880, 560)
_PHOTOS = 9
_PIECES = (
    ("Peanut", "Royal blue", "Elephant", "3", 90000),
    ("Patti", "Fuchsia", "Platypus", "1", 31000),
    ("Humphrey", "", "Camel", "2", 38000),
    ("Spot", "With spot", "Dog", "2", 1200),
    ("Nip", "All gold", "Cat", "3", 15500),
    ("Legs", "", "Frog", "4", 600),
    ("Flash", "", "Dolphin", "4", 900),
    ("Lucky", "21 spots", "Ladybug", "4", 750),
    ("Hoot", "", "Owl", "4", 500),
    ("Garcia", "", "Bear", "3", 8500),
    ("Ziggy", "", "Zebra", "4", 700),
    ("Inky", "Pink", "Octopus", "5", 800),
    ("Pinchers", "", "Lobster", "5", 650),
    ("Waddle", "", "Penguin", "4", 550),
    ("Mystic", "Iridescent horn", "Unicorn", "5", 900),
    ("Stripes", "Dark, fuzzy belly", "Tiger", "3", 21000),
)


class _Sample:
    """The stock of the preview: every fifth piece is only wished for."""

    def __init__(self) -> None:
        self._rows = {row.copy: row for row in map(_row, range(len(_PIECES)))}

    @property
    def ids(self) -> Sequence[RecordId]:
        """Every piece."""
        return tuple(self._rows)

    def rows(self, ids: Sequence[RecordId]) -> Sequence[CopyRow]:
        """Give their rows."""
        return [self._rows[copy] for copy in ids]

    def out_of_reach(self, photos: Collection[RecordId]) -> Mapping[RecordId, Said]:
        """Have all photos at hand."""
        _ = photos
        return {}

    def thumbnail(self, photo: RecordId, deliver: Callable[[bytes | None], None]) -> None:
        """Draw a photo."""
        row = self._rows[photo]
        deliver(portrait(row.name, row.animal, row.variant, 1))


def painted(skin: Skin) -> bytes:
    """Paint a skin as PNG bytes."""
    app = QApplication.instance() or QApplication(["swingtag-theme"])
    if isinstance(app, QApplication):
        prepare(app)
    schemes, views = tuple(Scheme), tuple(View)
    board = QImage(
        _SIZE.width() * len(schemes), _SIZE.height() * len(views), QImage.Format.Format_RGB32
    )
    painter = QPainter(board)
    for column, scheme in enumerate(schemes):
        for line, view in enumerate(views):
            corner = QPoint(column * _SIZE.width(), line * _SIZE.height())
            painter.drawPixmap(corner, _window(Look(skin, scheme), view).grab())
    painter.end()
    return encoded(board, "PNG")


def _window(look: Look, view: View) -> QWidget:
    window = QWidget()
    shelf = ShelfView(Notation(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)))
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(shelf)
    dress(window, look)
    window.resize(_SIZE)
    shelf.show_view(view)
    shelf.show_stock(_Sample())
    shelf.choose([shelf.pages.id(1)])
    window.grab()  # the first painting asks for the photos, and these arrive bit by bit
    for _ in range(_PHOTOS):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return window


def _row(number: int) -> CopyRow:
    name, variant, animal, tag, cents = _PIECES[number]
    copy = RecordId(number.to_bytes(16, "big"))
    return CopyRow(
        copy=copy,
        name=name,
        variant=variant,
        style_number=str(4000 + number),
        animal=animal,
        status=WANTED if number % 5 == 4 else OWNED,  # noqa: PLR2004 - every fifth
        swing_tag=tag,
        tush_tag="1",
        condition="MWMT",
        paid=Money(cents // 2, "USD").pack(),
        value=Money(cents, "USD").pack(),
        acquired=None,
        location="Cabinet",
        thumbnail=copy if number % 7 != 3 else None,  # noqa: PLR2004 - some have no photo yet
        flagged=False,
    )
