"""Joining without a server: this device's file goes over twice, the answer comes back twice."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from typing_extensions import override

from desktop.ui.controls import Button
from desktop.ui.errand import Errand
from desktop.ui.first_run.beginnings import (
    Beginnings,
    Begun,
    JoiningByFiles,
    Trouble,
    Wanted,
)
from desktop.ui.first_run.joining import DigitsStep
from desktop.ui.first_run.naming import NamingStep
from desktop.ui.first_run.step import Step
from desktop.ui.first_run.trail import Trail
from desktop.ui.look import Icon
from desktop.ui.pair_files import Lookout, SavedFile, choose_file, choose_place
from desktop.ui.route import Route
from desktop.ui.zone import Zone, column, row

_ROUTE = (
    "Save a file here, and carry it to the other device.",
    "There, open it under Devices, \u201cAdd a device\u201d. Bring the answer back, and open it.",
    "Carry this device\u2019s file over once more, and compare six digits.",
    "Bring the answer back once more.",
)
_LEAD = (
    "On a stick, by mail, through a folder that both see: it does not matter who looks at them. "
    "Keep this window open meanwhile; the files are good for a day. What comes to lie beside this "
    "device\u2019s file is opened by itself."
)
_OPEN = "Open the answer\u2026"
_ANSWER = "The answer of the other device"
_OVER = (
    "This device\u2019s file was saved anew. Open it on the other device, and its screen shows six "
    "digits, too."
)
_DIFFER = (
    "If they differ, somebody changes the files on their way: go back, and begin anew with a stick "
    "that you keep in sight."
)
_LAST = (
    "On the other device, press \u201cThey agree: let it in\u201d. It saves its answer anew: bring "
    "that here."
)
_SAVED, _SAVED_ANEW = "Saved", "Saved anew"


class AskStep(Step):
    """Saves this device's file, and opens the answer."""

    def __init__(self, joining: JoiningByFiles, met: Callable[[], None]) -> None:
        self._joining, self._met = joining, met
        self._route = Route(_ROUTE)
        self._save = Button("Save the file\u2026", icon=Icon.DOWNLOAD, pressed=self._choose_place)
        self._saved = SavedFile(self._choose_place)
        self._saved.hide()
        body = Zone(layout=column(self._route, row(self._save, None), self._saved, gap=4))
        super().__init__("Join with two files", _LEAD, body, _OPEN)
        self.allow(forward=False)
        self.setFocusProxy(self._save)
        self._lookout = Lookout(self, joining.look, self._open)
        self.forward.connect(self._choose_file)

    def _choose_place(self) -> None:
        path = choose_place(self, "Save the file for the other device", place_for(self._joining))
        if path is not None:
            self.refuse("")
            self._go("Saving\u2026", lambda: self._joining.save(path))

    def _choose_file(self) -> None:
        path = choose_file(self, _ANSWER, self._joining.saved.parent)
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        self.refuse("")
        self._go("Opening\u2026", lambda: self._joining.meet(path))

    def _go(self, words: str, work: Callable[[], Trouble | None]) -> None:
        self._lookout.end()
        self.wait(words)
        Errand(self, work, then=self._done, failed=lambda _error: self._done(Trouble("")))

    def _done(self, trouble: Trouble | None) -> None:
        self.refuse(trouble.sentence if trouble else "")
        is_saved = self._joining.saved.name != ""
        self.allow(forward=is_saved)
        if is_saved:
            self._save.hide()
            self._saved.show_file(self._joining.saved, _SAVED)
            self._saved.show()
            self._route.reach(1)
            self.take_forward()
        if trouble is None and self._joining.digits:
            self._met()
        elif is_saved:
            self._lookout.begin()


class CompareStep(DigitsStep):
    """Shows the digits, and where the file lies that must go over once more."""

    def __init__(self, joining: JoiningByFiles) -> None:
        self._joining = joining
        super().__init__(joining.digits, "Yes, they agree", _OVER, _DIFFER)
        self._saved = SavedFile(self._choose_place)
        self._saved.show_file(joining.saved, _SAVED_ANEW)
        self.stand_below(self._saved)

    def _choose_place(self) -> None:
        path = choose_place(self, "Save the file for the other device", place_for(self._joining))
        if path is not None:
            Errand(
                self,
                lambda: self._joining.save(path),
                then=self._kept,
                failed=lambda _error: self._kept(Trouble("")),
            )

    def _kept(self, trouble: Trouble | None) -> None:
        self.refuse(trouble.sentence if trouble else "")
        if trouble is None:
            self._saved.show_file(self._joining.saved, _SAVED_ANEW)


class LastStep(Step):
    """Waits for the answer as it was saved last; ``join`` opens it, and is given this step."""

    def __init__(self, joining: JoiningByFiles, join: Callable[["LastStep", Path], None]) -> None:
        self._joining, self._join = joining, join
        route = Route(_ROUTE)
        route.reach(len(_ROUTE) - 1)
        super().__init__("Bring the answer once more", _LAST, route, _OPEN)
        self._lookout = Lookout(self, joining.look, self._open)
        self._lookout.begin()
        self.take_forward()
        self.forward.connect(self._choose_file)

    def _choose_file(self) -> None:
        path = choose_file(self, _ANSWER, self._joining.saved.parent)
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        self._lookout.end()
        super().refuse("")
        self._join(self, path)

    @override
    def refuse(self, sentence: str) -> None:
        """Say why it did not go on, and look again."""
        super().refuse(sentence)
        self._lookout.begin()


class FilesFlow(QObject):
    """The file, the answer, the digits, a name and a password, the answer once more."""

    def __init__(
        self, trail: Trail, beginnings: Beginnings, finish: Callable[[Begun], None], step: Step
    ) -> None:
        super().__init__(trail)
        self._trail, self._finish = trail, finish
        trail.wait(step, "", beginnings.pair_by_files, self._ask)

    def _ask(self, joining: JoiningByFiles) -> None:
        self._trail.go(AskStep(joining, lambda: self._compare(joining)))

    def _compare(self, joining: JoiningByFiles) -> None:
        step = CompareStep(joining)
        step.back.connect(self._trail.restart)  # a file is good for one comparison
        step.forward.connect(lambda: self._name(joining))
        self._trail.go(step)

    def _name(self, joining: JoiningByFiles) -> None:
        step = NamingStep(joining=True)
        step.forward.connect(lambda: self._await(joining, Wanted(step.name, step.password)))
        self._trail.go(step)

    def _await(self, joining: JoiningByFiles, wanted: Wanted) -> None:
        def join(step: LastStep, path: Path) -> None:
            self._trail.wait(
                step, "Joining\u2026", lambda: joining.join(path, wanted), self._finish
            )

        self._trail.go(LastStep(joining, join))


def place_for(joining: JoiningByFiles) -> Path:
    """Propose where to save: where it was saved last, at first in the person's own folder."""
    saved = joining.saved
    return saved if saved.name else Path.home() / joining.name
