"""The packs on this computer: the ones that come with Swingtag, and files from elsewhere."""

from importlib.resources import files
from pathlib import Path

from shared.skins.errors import SkinError
from shared.skins.pack import MOST_BYTES, MOST_FILES, read_files, read_pack
from shared.skins.tokens import Skin

BUNDLED = ("classic", "artmatt", "begin")


def bundled() -> tuple[Skin, ...]:
    """Read the skins that come with Swingtag, in the order of the gallery."""
    return tuple(bundled_skin(name) for name in BUNDLED)


def bundled_skin(name: str) -> Skin:
    """Read one skin that comes with Swingtag; an unknown name gives classic."""
    folder = files("themes").joinpath(name if name in BUNDLED else BUNDLED[0])
    return read_files({file.name: file.read_bytes() for file in folder.iterdir()})


def read_from(path: Path) -> Skin:
    """Read a pack from a folder or a ``.swingskin`` file, or raise SkinError."""
    return read_files(folder_files(path)) if path.is_dir() else read_pack(_bytes(path))


def folder_files(folder: Path) -> dict[str, bytes]:
    """Read a pack's folder: real files only, no links, no folders within."""
    found = sorted(folder.iterdir())[: MOST_FILES + 1]
    for path in found:
        if path.is_symlink() or not path.is_file():
            raise SkinError(f"The pack holds {path.name!r}, which is not a plain file.")
    return {path.name: _bytes(path) for path in found}


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SkinError(f"{path.name} cannot be read: {error.strerror}.") from error
