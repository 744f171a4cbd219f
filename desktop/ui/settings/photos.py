"""Photos on this device: how much of them is kept here, what they take, and what may go."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QRadioButton

from desktop.collection.backups import Progress, StoppedError
from desktop.collection.errors import EXPECTED, sentence
from desktop.collection.photos_here import Amount, Freed, PhotoPolicy, PhotosHere, PhotoSpace
from desktop.ui.controls import Button, Text
from desktop.ui.devices.online import Online
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import Trouble
from desktop.ui.labour import Labour, LabourBar
from desktop.ui.look import Icon, say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, row

Refresh = Callable[[], None]
LOOK_MILLIS = 2_000
"""How often the numbers are read anew while originals arrive."""
_WORDS = {
    PhotoPolicy.SMALL: "Small pictures only",
    PhotoPolicy.LOOKED_AT: "Originals that you look at",
    PhotoPolicy.ALL: "All originals",
}
_ALONE = "This collection is on this computer only, and so are all its photos."
_FREE = (
    "Removes originals from this device, each one only after the server has shown that it holds "
    "every byte of it. They come back when you look at them."
)
_STOPPED = "Stopped. What was removed so far comes back when you look at it."
_FOREVER = (
    "What is deleted goes from all your devices, and 30 days later from the server. Pieces in the "
    "trash stay there, without pictures. This cannot be undone."
)
_WAITS = "Deleted. The space comes free once all your devices know, and the 30 days are over."
_ONE_WAITS = (
    "1 original is not at the server yet. It comes once the device that has it has sent it."
)
_MANY_WAIT = (
    "{} originals are not at the server yet. They come once the devices that have them have sent "
    "them."
)


class PhotosForm(Zone):
    """The choice, the numbers, and the two ways to make room."""

    def __init__(self, here: PhotosHere, online: Online, notation: Notation) -> None:
        self._here, self._notation = here, notation
        self._server = bool(online.server)
        self._ways = {policy: QRadioButton(words) for policy, words in _WORDS.items()}
        alone = not self._server and here.alone
        self._alone = Text(_ALONE, "caption")
        self._kept, self._small = Text(role="strong"), Text(role="caption")
        self._coming = ComingBar(here, notation, self.refresh)
        self._freeing = FreeingForm(here, online, notation, self.refresh)
        self._trash = TrashForm(here, notation, self.refresh)
        facts = Zone("card", column(self._kept, self._small, self._coming, gap=1, edge=3))
        facts.setAccessibleName("What photos take on this device")
        super().__init__(
            layout=column(
                self._alone,
                column(*self._ways.values(), gap=2),
                facts,
                self._freeing,
                self._trash,
                gap=3,
            )
        )
        for policy, button in self._ways.items():
            button.setChecked(policy is here.policy)
            button.setVisible(not alone)
            button.clicked.connect(lambda _on, policy=policy: self._keep(policy))
        self._alone.setVisible(alone)
        self._counting = self._again = False
        self._timer = QTimer(self, interval=LOOK_MILLIS, singleShot=True)
        self._timer.timeout.connect(self.refresh)

    def refresh(self) -> None:
        """Count anew, away from the screen, and show it."""
        self._again = self._counting
        if self._counting:
            return
        self._counting = True
        Errand(self, self._here.space, then=self._show, failed=self._give_up, expected=EXPECTED)

    def _keep(self, policy: PhotoPolicy) -> None:
        self._here.keep(policy)
        self.refresh()

    def _show(self, space: PhotoSpace) -> None:
        self._counting = False
        policy = space.policy
        for each, button in self._ways.items():
            button.setChecked(each is policy)
        all_ = space.originals.count + space.missing.count
        count, size = self._notation.count, self._notation.size
        of = "" if not space.missing.count else f" of {count(all_)}"
        self._kept.say(
            f"{_many(count(space.originals.count) + of, all_, 'original')}, "
            f"{size(space.originals.bytes)}"
        )
        self._small.say(
            f"{_many(count(space.thumbnails.count), space.thumbnails.count, 'small picture')}, "
            f"{size(space.thumbnails.bytes)}"
        )
        self._coming.show_space(space, fetching=self._server and policy is PhotoPolicy.ALL)
        self._freeing.offer(some=space.originals.count > 0)
        self._freeing.setVisible(self._server and policy is not PhotoPolicy.ALL)
        self._trash.show_amount(space.trashed, possible=space.may_empty)
        if self._again:
            self.refresh()
        elif self._coming.moving:
            self._timer.start()

    def _give_up(self, error: Exception | None) -> None:
        self._counting = False
        if error is not None:
            self._kept.say(sentence(error))


class ComingBar(Zone):
    """What is still to come, how far it is, and a button that lets it wait."""

    def __init__(self, here: PhotosHere, notation: Notation, changed: Refresh) -> None:
        self._here, self._notation, self._changed = here, notation, changed
        self._words, self._waits = Text(role="caption"), Text(role="caption")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Originals to come")
        self._go = Button("Pause", "quiet", pressed=self._turn)
        across = row(column(self._words, self._bar, gap=1), self._go, gap=3)
        across.setStretch(0, 1)
        self._moving = Zone(layout=across)
        super().__init__(layout=column(self._moving, self._waits, gap=1))
        self.moving = False

    def show_space(self, space: PhotoSpace, *, fetching: bool) -> None:
        """Show what is missing here, and that it is being fetched."""
        count, size = self._notation.count, self._notation.size
        absent, paused = space.absent.count, space.paused
        left = space.missing.count - absent
        self.moving = fetching and left > 0 and not paused
        self._moving.setVisible(fetching and left > 0)
        words = "Paused" if paused else "Fetching"
        to_come = size(space.missing.bytes - space.absent.bytes)
        said = f"{words}: {_many(count(left), left, 'original')} to come, {to_come}"
        self._words.say(said)
        self._bar.setRange(0, space.originals.count + left)
        self._bar.setValue(space.originals.count)
        self._bar.setAccessibleName(said)
        self._go.setText("Continue" if paused else "Pause")
        self._waits.setVisible(absent > 0)
        self._waits.say(_ONE_WAITS if absent == 1 else _MANY_WAIT.format(count(absent)))
        self.setVisible((fetching and left > 0) or absent > 0)

    def _turn(self) -> None:
        self._here.pause(paused=not self._here.paused)
        self._changed()


class FreeingForm(Zone):
    """Removes originals from this device, and says what came of it."""

    def __init__(
        self, here: PhotosHere, online: Online, notation: Notation, changed: Refresh
    ) -> None:
        self._here, self._online, self._notation = here, online, notation
        self._changed = changed
        self._bar = LabourBar()
        self._said = Text()
        self._go = Button("Free up space", pressed=self._free)
        self._back = Button("Fetch them again", "quiet", pressed=self._fetch)
        super().__init__(
            layout=column(
                Text(_FREE, "caption"),
                self._bar,
                self._said,
                row(self._go, self._back, None),
                gap=2,
            )
        )
        self._said.hide()
        self._back.hide()

    def offer(self, *, some: bool) -> None:
        """Offer it if there is something to remove; what came of it stays in view."""
        self._go.setEnabled(some and self._bar.isHidden())

    def _free(self) -> None:
        self._go.setEnabled(False)
        self._said.hide()
        self._back.hide()
        labour = Labour(
            self,
            lambda tell, stop: self._online.free(Progress(tell, stop)),
            then=self._freed,
            failed=self._failed,
            expected=EXPECTED,
        )
        self.destroyed.connect(labour.stop)  # nobody waits for it any more
        self._bar.follow(labour, "Beginning")

    def _freed(self, freed: Freed | Trouble) -> None:
        self._bar.rest()
        if isinstance(freed, Trouble):
            self._say(freed.sentence, "danger")
        else:
            self._say(self._told(freed), "positive" if not freed.kept else "warning")
            self._back.setVisible(freed.photos > 0)
        self._changed()

    def _told(self, freed: Freed) -> str:
        count = self._notation.count
        gone = _many(count(freed.photos), freed.photos, "original")
        words = [f"{gone} removed from this device, {self._notation.size(freed.bytes)}."]
        if freed.kept:
            stayed = _many(count(freed.kept), freed.kept, "original")
            words.append(f"{stayed} stayed, which the server could not show.")
        return " ".join(words)

    def _failed(self, error: Exception | None) -> None:
        self._bar.rest()
        if isinstance(error, StoppedError):
            self._say(_STOPPED, "")
        elif error is not None:
            self._say(sentence(error), "danger")
        self._changed()

    def _fetch(self) -> None:
        self._here.keep(PhotoPolicy.ALL)
        self._said.hide()
        self._back.hide()
        self._changed()

    def _say(self, words: str, role: str) -> None:
        self._said.say(words)
        self._said.show()
        say(self._said, role)


class TrashForm(Zone):
    """What pictures in the trash take, and how they are deleted for good: asked twice."""

    def __init__(self, here: PhotosHere, notation: Notation, changed: Refresh) -> None:
        self._here, self._notation, self._changed = here, notation, changed
        self._said, self._question = Text(), Text(role="strong")
        self._go = Button("Delete for good\u2026", icon=Icon.TRASH, pressed=self._ask)
        self._offer = Zone(layout=column(self._said, row(self._go, None), gap=2))
        self._asking = Zone(
            "card",
            column(
                self._question,
                Text(_FOREVER),
                row(
                    Button("Delete for good", "danger", pressed=self._empty),
                    Button("Keep them", pressed=self._rest),
                    None,
                    gap=2,
                ),
                gap=2,
                edge=3,
            ),
        )
        self._done = Text(role="caption")
        super().__init__(layout=column(self._offer, self._asking, self._done, gap=2))
        self._asking.hide()
        self._done.hide()
        self.hide()

    def show_amount(self, trashed: Amount, *, possible: bool) -> None:
        """Show what lies in the trash, if anything, and that it may be deleted."""
        pictures = _many(self._notation.count(trashed.count), trashed.count, "picture")
        self._said.say(f"{pictures} in the trash, {self._notation.size(trashed.bytes)}")
        self._question.say(f"Delete {pictures} for good?")
        offered = possible and trashed.count > 0
        self._offer.setVisible(offered and self._asking.isHidden())
        self._asking.setVisible(offered and not self._asking.isHidden())
        self.setVisible(offered or not self._done.isHidden())

    def _ask(self) -> None:
        self._offer.hide()
        self._asking.show()

    def _rest(self) -> None:
        self._asking.hide()
        self._offer.show()

    def _empty(self) -> None:
        self._asking.hide()
        try:
            self._here.empty_trash()
        except EXPECTED as error:
            self._done.say(sentence(error))
        else:
            self._done.say(_WAITS if self._here.syncs else "Deleted.")
        self._done.show()
        self._changed()


def _many(written: str, count: int, word: str) -> str:
    return f"{written} {word}" if count == 1 else f"{written} {word}s"
