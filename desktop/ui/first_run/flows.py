"""What lies behind each door."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from desktop.ui.first_run.beginnings import (
    Beginnings,
    Begun,
    ComingBack,
    Joining,
    Trouble,
    Wanted,
)
from desktop.ui.first_run.by_files import FilesFlow
from desktop.ui.first_run.joining import CodeStep, DigitsStep, WhereStep
from desktop.ui.first_run.looks import LooksStep
from desktop.ui.first_run.naming import NamingStep
from desktop.ui.first_run.proof import ProofStep
from desktop.ui.first_run.restoring import RestoreStep, RestoringStep
from desktop.ui.first_run.servers import ServerStep
from desktop.ui.first_run.trail import Trail
from desktop.ui.kit.page import KitStep
from desktop.ui.look import dress, look_of
from shared.skins.tokens import Skin

PROVEN = (2, 11, 19)
"""Which words are asked back, counted from 0: one from each third of the sheet."""

Finish = Callable[[Begun], None]


class NewFlow(QObject):
    """Name and password, look, server, emergency kit, proof."""

    def __init__(
        self,
        trail: Trail,
        beginnings: Beginnings,
        skins: Sequence[Skin],
        try_on: Callable[[Skin], None],
        finish: Finish,
        *,
        server: str = "",
    ) -> None:
        super().__init__(trail)
        self._trail, self._beginnings, self._finish = trail, beginnings, finish
        self._naming, self._looks = NamingStep(), LooksStep(skins)
        self._server = ServerStep(beginnings.judge)
        if server:
            self._server.fill(server)
        self._naming.forward.connect(lambda: trail.go(self._looks))
        self._looks.tried.connect(try_on)
        self._looks.forward.connect(lambda: trail.go(self._server))
        self._server.forward.connect(self._create)
        trail.go(self._naming)

    def _create(self) -> None:
        wanted = Wanted(
            self._naming.name, self._naming.password, self._looks.skin.name, self._server.wish
        )
        self._trail.wait(
            self._server,
            "Creating\u2026",
            lambda: self._beginnings.create(wanted),
            self._show_kit,
        )

    def _show_kit(self, begun: Begun) -> None:
        if begun.kit is None:
            self._finish(begun)
            return
        words = begun.kit.words
        step = KitStep(begun.kit)
        if begun.notice:
            step.refuse(begun.notice)
        step.forward.connect(lambda: self._prove(words, begun))
        self._trail.go(step)
        dress(step, look_of(self._trail).plain())  # no skin may hide or recolour the words

    def _prove(self, words: Sequence[str], begun: Begun) -> None:
        step = ProofStep(words, PROVEN)
        step.forward.connect(lambda: self._finish(begun))
        self._trail.go(step)


class JoinFlow(QObject):
    """Server, code, digits, name and password for this computer's copy."""

    def __init__(
        self, trail: Trail, beginnings: Beginnings, finish: Finish, server: str = ""
    ) -> None:
        super().__init__(trail)
        self._trail, self._beginnings, self._finish = trail, beginnings, finish
        self._where = WhereStep(server)
        self._where.forward.connect(self._pair)
        self._where.by_files.connect(lambda: FilesFlow(trail, beginnings, finish, self._where))
        trail.go(self._where)

    def _pair(self) -> None:
        server = self._where.server
        self._trail.wait(
            self._where,
            "Making a code\u2026",
            lambda: self._beginnings.pair(server),
            self._show_code,
        )

    def _show_code(self, joining: Joining) -> None:
        step = CodeStep(joining.code)
        step.back.connect(joining.cancel)
        self._trail.go(step)
        QTimer.singleShot(0, step, lambda: self._meet(step, joining))

    def _meet(self, step: CodeStep, joining: Joining) -> None:
        self._trail.wait(
            step, "Waiting\u2026", joining.meet, lambda digits: self._show_digits(digits, joining)
        )
        step.allow_back()

    def _show_digits(self, digits: str, joining: Joining) -> None:
        step = DigitsStep(digits, "Yes, they agree")
        step.back.connect(joining.cancel)
        step.back.connect(self._trail.restart)
        step.forward.connect(lambda: self._name(joining))
        self._trail.go(step)

    def _name(self, joining: Joining) -> None:
        step = NamingStep(joining=True)
        step.forward.connect(
            lambda: self._trail.wait(
                step,
                "Joining\u2026",
                lambda: joining.join(Wanted(step.name, step.password)),
                self._finish,
            )
        )
        self._trail.go(step)


class RestoreFlow(QObject):
    """The kit and where the collection lies, then name and password for this computer's copy."""

    def __init__(self, trail: Trail, beginnings: Beginnings, finish: Finish) -> None:
        super().__init__(trail)
        self._trail, self._beginnings, self._finish = trail, beginnings, finish
        self._restore = RestoreStep()
        self._restore.forward.connect(self._name)
        trail.go(self._restore)

    def _name(self) -> None:
        words, place = self._restore.kit.words, self._restore.place
        if place is None:
            self._ask_server()
            return
        self._trail.wait(
            self._restore,
            "Looking\u2026",
            lambda: self._beginnings.find(words, place),
            self._read,
        )

    def _read(self, found: ComingBack) -> None:
        step = RestoringStep(found.come_back, "Reading what is there")
        step.done.connect(self._finish)
        self._trail.go(step)

    def _ask_server(self) -> None:
        kit = self._restore.kit
        step = NamingStep(joining=True)

        def restore() -> Begun | Trouble:
            return self._beginnings.restore(kit, Wanted(step.name, step.password))

        step.forward.connect(
            lambda: self._trail.wait(step, "Restoring\u2026", restore, self._finish)
        )
        self._trail.go(step)
