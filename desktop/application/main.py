"""The program: command line, composition root, one running instance.

The order matters for how fast it feels: Qt and the unlock window first, the data layer in a
thread while the password is typed.
"""

import argparse
import gc
import hashlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from desktop.application.boundary import Boundary
from desktop.application.desk import Desk
from desktop.application.instance import SingleInstance
from desktop.collection.known import KnownCollections
from desktop.system.dumps import leave_no_dumps
from desktop.system.paths import Places, places
from desktop.ui.badges.heart import app_icon
from desktop.ui.first_run.link import is_link
from desktop.ui.look import prepare

if TYPE_CHECKING:  # slow to import
    from desktop.application.keeper import Keeper

KEEPING = ("check", "backup", "restore")
KNOWN_FILE = "collections.json"
BUNDLE = ".swingbundle"
NO_SCREEN = (
    "Swingtag found no screen to open its window on. Start it from a desktop session, or see "
    "what it does with: swingtag demo"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    leave_no_dumps()
    words = sys.argv[1:] if argv is None else list(argv)
    if words and (is_link(words[0]) or words[0].endswith(BUNDLE)):  # as a desktop starts it
        words = ["open", *words]
    asked = command_line().parse_args(words)
    if asked.command == "demo":
        return demo(asked)
    if asked.command in KEEPING:
        return keep(asked)
    if not has_screen(os.environ, sys.platform):
        sys.stderr.write(NO_SCREEN + "\n")
        return 2
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Swingtag")
    app.setDesktopFileName("swingtag")
    prepare(app)
    app.setWindowIcon(app_icon())
    where = places(os.environ)
    wish = wish_of(asked)
    instance = SingleInstance(instance_name(where), app)
    if instance.hand_over(wish):
        return 0
    boundary = Boundary(where.reports, version("swingtag"), datetime.now)
    boundary.stand_guard()
    known = KnownCollections(where.settings / KNOWN_FILE, where.collections)
    keeper = load(lambda: keeper_of(known))
    boundary.explain = explain_with(keeper)
    desk = Desk(known, keeper)
    boundary.struck.connect(desk.tell)
    instance.listen(lambda later: grant(desk, later) if later else desk.come_forward())
    grant(desk, wish)
    return app.exec()


def wish_of(asked: argparse.Namespace) -> str:
    """Return the folder or the link to open; empty for neither."""
    if asked.command != "open":
        return ""
    return asked.what if is_link(asked.what) else str(Path(asked.what).resolve())


def grant(desk: Desk, wish: str) -> None:
    """Show what was asked for on the command line of this start or of a later one."""
    if is_link(wish):
        desk.follow(wish)
    elif wish.endswith(BUNDLE):
        desk.receive(Path(wish))
    else:
        desk.start(Path(wish) if wish else None)


def command_line() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="swingtag", description="A private catalogue of Beanie Babies."
    )
    parser.add_argument("--version", action="version", version=f"swingtag {version('swingtag')}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    opening = commands.add_parser("open", help="open a collection, a bundle for it, or a link")
    opening.add_argument(
        "what", help="a folder .swingtag, a file .swingbundle, or a swingtag: link"
    )
    add_commands(commands)
    show = commands.add_parser("demo", help="see two collectors, two devices each, and a server")
    show.add_argument(
        "--output",
        type=Path,
        default=Path("demo-output"),
        metavar="DIR",
        help="where screenshots go (default: %(default)s)",
    )
    show.add_argument("--keep", action="store_true", help="keep what server and devices wrote")
    show.add_argument("--show", action="store_true", help="open the windows on the screen")
    return parser


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the commands that keep a collection safe."""
    check = commands.add_parser("check", help="read a whole collection and say what is damaged")
    check.add_argument("collection", type=Path, help="a folder whose name ends in .swingtag")
    check.add_argument("--repair", action="store_true", help="tell it again from its history")
    backup = commands.add_parser("backup", help="write a whole collection into one sealed file")
    backup.add_argument("collection", type=Path, help="a folder whose name ends in .swingtag")
    backup.add_argument("file", type=Path, help="the file to write, ending in .swingbackup")
    back = commands.add_parser("restore", help="make a collection of a backup, beside all others")
    back.add_argument("file", type=Path, help="a file whose name ends in .swingbackup")
    back.add_argument("collection", type=Path, help="the folder to make, ending in .swingtag")
    back.add_argument("--kit", action="store_true", help="open it with the 24 words of the kit")


def keep(asked: argparse.Namespace) -> int:
    """Check, back up or restore a collection."""
    # Deferred on purpose: the first window must not wait for the data layer.
    from desktop.application.keeping_command import run  # noqa: PLC0415 - see above

    return run(asked)


def demo(asked: argparse.Namespace) -> int:
    """Play the demo, which starts programs of its own."""
    # Deferred on purpose: the program itself must not wait for it.
    from desktop.application.demo.command import run_demo  # noqa: PLC0415 - see above

    return run_demo(asked.output, keep=asked.keep, show=asked.show)


def has_screen(environment: Mapping[str, str], system: str) -> bool:
    """Tell whether Qt has somewhere to paint; without it Qt would end the process."""
    if system in {"win32", "darwin"} or environment.get("QT_QPA_PLATFORM"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def instance_name(where: Places) -> str:
    """Name the socket after the person's own folders, so that two persons never meet."""
    return "swingtag-" + hashlib.sha256(str(where.settings).encode()).hexdigest()[:16]


def load(build: "Callable[[], Keeper]") -> "Future[Keeper]":
    """Build what opens collections in a thread; the first window is on the screen meanwhile."""
    keeper: Future[Keeper] = Future()
    # All that is imported stays to the end: no use in looking through it for garbage.
    gc.disable()

    def work() -> None:
        try:
            keeper.set_result(build())
        except BaseException as error:
            keeper.set_exception(error)  # whoever waits for it must not wait for ever
            raise
        finally:
            gc.freeze()
            gc.enable()

    Thread(target=work, name="data layer", daemon=True).start()
    return keeper


def explain_with(keeper: "Future[Keeper]") -> Callable[[BaseException], str]:
    """Let the data layer, once it is there, say what an error of its own means."""

    def explain(error: BaseException) -> str:
        is_there = keeper.done() and keeper.exception() is None
        return keeper.result().explain(error) if is_there else ""

    return explain


def keeper_of(known: KnownCollections) -> "Keeper":
    """Build what opens this computer's collections."""
    # Deferred on purpose: this brings the vault, the network and all screens along.
    from desktop.application.keeper import build_keeper  # noqa: PLC0415 - see above
    from desktop.system.keychain import find_keychain  # noqa: PLC0415 - see above

    return build_keeper(known, find_keychain())
