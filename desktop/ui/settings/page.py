"""Settings: the look, the password, what this computer remembers."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal

from desktop.collection.errors import EXPECTED, sentence
from desktop.ui.controls import Button, Secret, Text
from desktop.ui.errand import Errand
from desktop.ui.first_run.naming import PasswordPair
from desktop.ui.gallery.gallery import Gallery
from desktop.ui.look import Icon, say
from desktop.ui.page import Page
from desktop.ui.settings.photos import PhotosForm
from desktop.ui.zone import Zone, column, row
from shared.skins.tokens import Skin

ChangePassword = Callable[[str, str], None]
ForgetKey = Callable[[], None]
_PHOTOS = "Small pictures are always here. Each of your devices decides for itself."
_UNWATCHED = (
    "This computer has no keychain that Swingtag can use. So a folder that is put back as a whole "
    "to an older state is not noticed when it is opened; the next sync or exchange may notice it."
)
_BACKUPS = "The whole collection in one sealed file; a check of what lies on this disk."


class SettingsPage(Page):
    """Sections one below the other."""

    skin_chosen = Signal(object)  # Skin
    backups_wanted = Signal()
    text_wanted = Signal(int)  # steps larger, 0 for the skin's own size

    def __init__(
        self,
        skins: Sequence[Skin],
        current: str,
        change_password: ChangePassword,
        forget_key: ForgetKey | None,
        photos: PhotosForm,
        *,
        watched: bool,
    ) -> None:
        self.photos = photos
        about = next((skin.about for skin in skins if skin.name == current), "")
        self._about = Text(about, "caption")
        self._gallery = Gallery(skins, current)
        sizes = row(
            Button("Smaller", pressed=lambda: self.text_wanted.emit(-1)),
            Button("Normal", pressed=lambda: self.text_wanted.emit(0)),
            Button("Larger", pressed=lambda: self.text_wanted.emit(1)),
            None,
        )
        # A method, not the signal itself: that exists only once the page does.
        backups = Button("Backups\u2026", icon=Icon.SAFE, pressed=self._ask_backups)
        body = Zone(
            layout=column(
                _section(
                    "Look",
                    "It follows you to your other devices.",
                    Zone(layout=column(self._gallery, self._about, gap=2)),
                ),
                _section("Size of text", "On this device.", Zone(layout=sizes)),
                _section("Photos on this device", _PHOTOS, photos),
                _section(
                    "Password",
                    "Other devices keep theirs; your emergency kit stays as it is.",
                    _password(change_password, watched=watched),
                ),
                *([_remembering(forget_key)] if forget_key else []),
                _section("Backups", _BACKUPS, Zone(layout=row(backups, None))),
                gap=5,
            )
        )
        super().__init__("Settings", body)
        self._gallery.chosen.connect(self._choose)

    def _ask_backups(self) -> None:
        self.backups_wanted.emit()

    def _choose(self, skin: Skin) -> None:
        self._about.say(skin.about)
        self.skin_chosen.emit(skin)


class PasswordForm(Zone):
    """The old password, the new one twice, and what came of it."""

    def __init__(self, change: ChangePassword) -> None:
        self._change = change
        self._old = Secret("Current password")
        self._pair = PasswordPair("New password")
        self._said = Text()
        self._go = Button("Change the password", pressed=self._try)
        super().__init__(
            layout=column(self._old, self._pair, self._said, row(self._go, None), gap=2)
        )
        for line in (self._old, self._pair.first, self._pair.second):
            line.textChanged.connect(self._judge)
        self._judge()

    def _judge(self) -> None:
        self._go.setEnabled(bool(self._old.text() and self._pair.agreed))
        self._say("The two new passwords differ." if self._pair.differs else "", "danger")

    def _try(self) -> None:
        old, new = self._old.text(), self._pair.agreed
        if new is None:
            return
        self._go.setEnabled(False)
        Errand(
            self,
            lambda: self._change(old, new),
            then=lambda _done: self._changed(),
            failed=self._failed,
            expected=EXPECTED,
        )

    def _changed(self) -> None:
        for line in (self._old, self._pair.first, self._pair.second):
            line.clear()
        self._say("The password was changed.", "positive")

    def _failed(self, error: Exception | None) -> None:
        self._go.setEnabled(True)
        self._say(sentence(error) if error else "", "danger")

    def _say(self, words: str, role: str) -> None:
        self._said.say(words)
        self._said.setVisible(bool(words))
        say(self._said, role)


class ForgetForm(Zone):
    """One button, and what came of it."""

    def __init__(self, forget: ForgetKey) -> None:
        self._forget = forget
        self._said = Text()
        self._said.hide()
        self._go = Button("Forget it: ask for the password", pressed=self._try)
        super().__init__(layout=column(row(self._go, None), self._said, gap=2))

    def _try(self) -> None:
        self._go.setEnabled(False)
        Errand(
            self,
            self._forget,
            then=lambda _done: self._forgotten(),
            failed=self._failed,
            expected=EXPECTED,
        )

    def _forgotten(self) -> None:
        self._go.hide()
        self._say("Forgotten. This computer asks for the password from now on.", "positive")

    def _failed(self, error: Exception | None) -> None:
        self._go.setEnabled(True)
        self._say(sentence(error) if error else "", "danger")

    def _say(self, words: str, role: str) -> None:
        self._said.say(words)
        self._said.setVisible(bool(words))
        say(self._said, role)


def _password(change: ChangePassword, *, watched: bool) -> Zone:
    """Return the form, and what goes unnoticed where there is no keychain."""
    form = PasswordForm(change)
    return form if watched else Zone(layout=column(form, Text(_UNWATCHED, "caption"), gap=3))


def _remembering(forget_key: ForgetKey) -> Zone:
    note = (
        "This computer\u2019s keychain keeps the key, so the collection opens without a password."
    )
    return _section("Opening", note, ForgetForm(forget_key))


def _section(heading: str, note: str, body: Zone) -> Zone:
    return Zone(
        layout=column(column(Text(heading, "title"), Text(note, "caption"), gap=0), body, gap=3)
    )
