"""``swingtag-theme``: check a skin, build the file that others can wear, look at it."""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from desktop.application.theme_preview import painted
from desktop.ui.look.packs import folder_files, read_from
from shared.skins.errors import SkinError
from shared.skins.pack import write_pack

SUFFIX = ".swingskin"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when the skin can be worn, 1 when it can not."""
    asked = _parser().parse_args(arguments)
    try:
        {"check": _check, "build": _build, "preview": _preview}[asked.command](asked)
    except SkinError as error:
        for sentence in error.sentences:
            print(sentence, file=sys.stderr)  # noqa: T201 - a command line speaks
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("swingtag-theme", description="Make skins for Swingtag.")
    told = f"swingtag-theme {version('swingtag')}"
    parser.add_argument("--version", action="version", version=told)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in (
        ("check", "say what is wrong with a skin, or that nothing is"),
        ("build", f"make one {SUFFIX} file of a skin's folder"),
        ("preview", "paint the three views in light and dark into one PNG picture"),
    ):
        command = commands.add_parser(name, help=help_text, description=help_text)
        command.add_argument("pack", type=Path, help=f"a folder with skin.toml, or a {SUFFIX} file")
        if name != "check":
            command.add_argument("--to", type=Path, help="the file to write")
    return parser


def _check(asked: argparse.Namespace) -> None:
    skin = read_from(asked.pack)
    _say(f"{skin.title} {skin.version} by {skin.author} can be worn.")


def _build(asked: argparse.Namespace) -> None:
    if not asked.pack.is_dir():
        raise SkinError(f"{asked.pack} is not a folder: give the folder that holds skin.toml.")
    skin, data = read_from(asked.pack), write_pack(folder_files(asked.pack))
    target = asked.to or Path(f"{skin.name}-{skin.version}{SUFFIX}")
    _write(target, data)
    _say(f"{target} is {len(data):,} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}.")


def _preview(asked: argparse.Namespace) -> None:
    skin = read_from(asked.pack)
    target = asked.to or Path(f"{skin.name}-preview.png")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a picture needs no screen
    _write(target, painted(skin))
    _say(f"{target} shows {skin.title} in its three views, light and dark.")


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as error:
        raise SkinError(f"{target} cannot be written: {error.strerror}.") from error


def _say(sentence: str) -> None:
    print(sentence)  # noqa: T201 - a command line speaks


if __name__ == "__main__":
    raise SystemExit(main())
