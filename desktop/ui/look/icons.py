"""Icons: one set, one stroke, tinted by a colour of the skin. From Lucide (see icons/LICENSE)."""

from enum import Enum
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

_STROKE = 'stroke-width="2"'
_LIGHTER = 'stroke-width="1.75"'


class Icon(Enum):
    """What an icon means here, and the drawing that says it."""

    SEARCH = "search"
    ADD = "plus"
    GRID = "layout-grid"
    TABLE = "table-2"
    CABINET = "library"
    HEART = "heart"
    STAR = "star"
    TAG = "tag"
    TAGS = "tags"
    LOCATION = "map-pin"
    FOLDER = "folder-open"
    BOX = "box"
    TRASH = "trash-2"
    UNDO = "undo-2"
    REDO = "redo-2"
    SYNC = "refresh-cw"
    OFFLINE = "cloud-off"
    SYNCED = "cloud-check"
    PAUSE = "pause"
    CHECK = "check"
    CLOSE = "x"
    DOWN = "chevron-down"
    RIGHT = "chevron-right"
    LEFT = "chevron-left"
    UP = "chevron-up"
    ASCENDING = "arrow-up"
    DESCENDING = "arrow-down"
    MENU = "menu"
    SETTINGS = "settings"
    LOCK = "lock"
    KEY = "key-round"
    PHOTO = "image"
    ADD_PHOTO = "image-plus"
    DEVICES = "monitor-smartphone"
    WARNING = "triangle-alert"
    INFO = "info"
    ERROR = "circle-alert"
    DATE = "calendar"
    MONEY = "banknote"
    HISTORY = "history"
    SAMPLE = "sparkles"
    SHOW = "eye"
    HIDE = "eye-off"
    MORE = "ellipsis"
    SKIN = "palette"
    SIDEBAR = "panel-left"
    INSPECTOR = "panel-right"
    CHECKLIST = "list-checks"
    TRADE = "repeat-2"
    PRINT = "printer"
    UPLOAD = "upload"
    DOWNLOAD = "download"
    COPY = "copy"
    EDIT = "pencil"
    LIGHT = "sun"
    DARK = "moon"
    PERSON = "user"
    SERVER = "server"
    SAFE = "shield-check"
    JOIN = "door-open"
    RESTORE = "package-open"
    WISH = "gift"
    CONFLICT = "arrow-left-right"
    WAITING = "hourglass"


def drawing(icon: Icon, color: QColor) -> QByteArray:
    """Give the icon's SVG with its strokes in one colour."""
    source = files("desktop.ui.look").joinpath("icons", f"{icon.value}.svg").read_text("utf-8")
    return QByteArray(
        source.replace("currentColor", color.name()).replace(_STROKE, _LIGHTER).encode()
    )


def pixmap(icon: Icon, color: QColor, size: int, ratio: float) -> QPixmap:
    """Give an icon ``size`` logical pixels wide, sharp at a device pixel ``ratio``.

    Qt keeps what was painted: many buttons show the same icon.
    """
    key = f"swingtag/{icon.value}/{color.name()}/{size}/{ratio}"
    picture = QPixmap()
    if not QPixmapCache.find(key, picture):
        picture = _paint(icon, color, size, ratio)
        QPixmapCache.insert(key, picture)
    return picture


def _paint(icon: Icon, color: QColor, size: int, ratio: float) -> QPixmap:
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(drawing(icon, color)).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
