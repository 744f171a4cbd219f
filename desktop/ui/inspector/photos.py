"""The photos of a copy: one large, all small; by dropping, pasting, choosing; in any order."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QPixmap,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton
from shiboken6 import isValid
from typing_extensions import override

from desktop.collection.photos import Whereabouts
from desktop.collection.values import Photo
from desktop.drawing.imaging import encoded
from desktop.ui.controls import IconButton
from desktop.ui.flow import Flow
from desktop.ui.inspector.stage import Stage
from desktop.ui.look import Icon, Look, look_of
from desktop.ui.pictures import PictureFetch
from desktop.ui.shelf.drops import picture_files
from desktop.ui.whereabouts import said_of
from desktop.ui.zone import Zone, column
from shared.ids import RecordId

_HOLLOW = 32
"""Of the icon where a picture is not there, in logical pixels."""
THUMB = 52


class PhotoPanel(Zone):
    """Shows the photos and says what the collector wants done with them."""

    files_added = Signal(object)  # list[Path]
    picture_added = Signal(object)  # bytes
    removed = Signal(object)  # Photo
    cover_chosen = Signal(object)  # Photo
    moved = Signal(object, int)  # Photo, how many places to the right

    def __init__(self, pictures: PictureFetch) -> None:
        self._pictures = pictures
        self._stage = Stage()
        self._strip = Zone(layout=Flow())
        super().__init__(layout=column(self._stage, self._strip, gap=1))
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Photos")
        self._photos: tuple[Photo, ...] = ()
        self._current: RecordId | None = None
        self._offered = True
        self._thumbs: list[QToolButton] = []
        self._add = IconButton("Add photos", Icon.ADD_PHOTO, pressed=self.choose_files)
        self._stage.asked.connect(self.choose_files)
        self._stage.wanted.connect(self._let_come)
        self._stage.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._stage.customContextMenuRequested.connect(
            lambda where: self._menu(self._stage.mapToGlobal(where))
        )

    def show_photos(self, photos: Sequence[Photo], name: str, animal: str) -> None:
        """Show a copy's photos, the cover first, or what stands for the animal without any."""
        self._photos = tuple(photos)
        known = {photo.photo for photo in photos}
        if self._current not in known:
            self._current = photos[0].photo if photos else None
        self._stage.be_empty(name, animal)
        self._fill_strip()
        self._enlarge()

    def offer_more(self, *, offered: bool) -> None:
        """Show the button that adds photos, or do without."""
        self._offered = offered
        self._add.setVisible(offered)
        self.setAcceptDrops(offered)
        self._stage.invite(invited=offered)

    def choose_files(self) -> None:
        """Let the collector choose picture files."""
        if not self._offered:
            return
        names, _filter = QFileDialog.getOpenFileNames(
            self, "Add photos", "", "Pictures (*.jpg *.jpeg *.png *.webp *.gif)"
        )
        if names:
            self.files_added.emit([Path(name) for name in names])

    def paste(self) -> None:
        """Add the picture or the picture files on the clipboard."""
        if not self._offered:
            return
        data = QGuiApplication.clipboard().mimeData()
        if files := picture_files(data):
            self.files_added.emit(files)
        elif data.hasImage():
            self.picture_added.emit(encoded(QGuiApplication.clipboard().image(), "PNG"))

    @override
    def put_on(self, look: Look) -> None:
        super().put_on(look)
        flow = self._strip.layout()
        if flow is not None:
            flow.setSpacing(look.space(1))
        for thumb in self._thumbs:
            _size(thumb, look)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if picture_files(event.mimeData()):
            self._stage.expect(dropping=True)
            event.acceptProposedAction()

    @override
    def dragLeaveEvent(self, event: object) -> None:
        self._stage.expect(dropping=False)

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        self._stage.expect(dropping=False)
        event.acceptProposedAction()
        self.files_added.emit(picture_files(event.mimeData()))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.choose_files()
        else:
            super().keyPressEvent(event)

    def _fill_strip(self) -> None:
        flow = self._strip.layout()
        if flow is None:
            return
        for old in (*self._thumbs, self._add):
            flow.removeWidget(old)
        for thumb in self._thumbs:
            thumb.deleteLater()
        self._thumbs = [self._thumb(number, photo) for number, photo in enumerate(self._photos)]
        for widget in (*self._thumbs, self._add):
            flow.addWidget(widget)
        self._strip.setVisible(bool(self._photos))

    def _thumb(self, number: int, photo: Photo) -> QToolButton:
        thumb = QToolButton()
        name = f"Photo {number + 1} of {len(self._photos)}"
        said = said_of(photo, self._pictures.whereabouts(photo))
        thumb.setAccessibleName(f"{name}. {said.sentence}" if said else name)
        thumb.setToolTip(said.sentence if said else "")
        thumb.setCheckable(True)
        thumb.setChecked(photo.photo == self._current)
        thumb.clicked.connect(lambda: self._choose(photo))
        thumb.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        thumb.customContextMenuRequested.connect(lambda _where: self._choose(photo))
        thumb.customContextMenuRequested.connect(lambda where: self._menu(thumb.mapToGlobal(where)))
        _size(thumb, look_of(self))
        self._pictures.thumbnail(photo.photo, lambda data: _draw(thumb, data))
        return thumb

    def _choose(self, photo: Photo) -> None:
        self._current = photo.photo
        for thumb, shown in zip(self._thumbs, self._photos, strict=True):
            thumb.setChecked(shown.photo == photo.photo)
        self._enlarge()

    def _enlarge(self) -> None:
        """Show the small picture at once and the large one when it has come."""
        current = self._current
        if current is None:
            return

        def arrived(data: bytes | None) -> None:
            if data is not None and self._current == current:
                self._stage.show_picture(data)

        self._tell_where(current)
        self._pictures.thumbnail(current, arrived)
        self._pictures.original(current, arrived)

    def _tell_where(self, current: RecordId) -> None:
        """Say on the picture where its original is, unless it is here."""
        photo = next(one for one in self._photos if one.photo == current)
        where = self._pictures.whereabouts(photo)
        said = said_of(photo, where)
        if said is None:
            self._stage.tell("", "")
            return
        self._stage.tell(said.words, said.sentence, icon=said.icon, on_request=where.on_request)

    def _let_come(self) -> None:
        photo = next((one for one in self._photos if one.photo == self._current), None)
        if photo is None:
            return
        self._pictures.let_come(photo.photo)
        where = self._pictures.whereabouts(photo)
        said = said_of(photo, Whereabouts.COMING if where.on_request else where)
        if said is not None:
            self._stage.tell(said.words, said.sentence, icon=said.icon)

    def _menu(self, where: QPoint) -> None:
        if not self._offered:
            return
        photo = next((one for one in self._photos if one.photo == self._current), None)
        if photo is None:
            return
        place = self._photos.index(photo)
        menu = QMenu(self)
        menu.setAccessibleName("Photo")
        on_request = self._pictures.whereabouts(photo).on_request
        wishes: list[tuple[str, bool, Callable[[], None]]] = [
            *([("Fetch the original", True, self._let_come)] if on_request else []),
            ("Use as cover", place > 0, lambda: self.cover_chosen.emit(photo)),
            ("Move left", place > 0, lambda: self.moved.emit(photo, -1)),
            ("Move right", place < len(self._photos) - 1, lambda: self.moved.emit(photo, 1)),
            ("Remove photo", True, lambda: self.removed.emit(photo)),
        ]
        for words, possible, wish in wishes:
            action = menu.addAction(words)
            action.setEnabled(possible)
            action.triggered.connect(wish)
        menu.popup(where)


def _size(thumb: QToolButton, look: Look) -> None:
    side = look.scaled(THUMB)
    thumb.setFixedSize(side, side)
    thumb.setIconSize(QSize(side - 10, side - 10))


def _draw(thumb: QToolButton, data: bytes | None) -> None:
    """Draw what has come, unless another copy is shown by now."""
    if not isValid(thumb):
        return
    picture = QPixmap()
    if data is not None and picture.loadFromData(data):
        thumb.setIcon(QIcon(picture))
    else:
        look = look_of(thumb)
        thumb.setIcon(look.icon(Icon.PHOTO, size=look.scaled(_HOLLOW)))
