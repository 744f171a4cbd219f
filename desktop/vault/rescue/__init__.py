"""The tool that reads a backup without Swingtag: one file, which travels beside each backup."""

from importlib.resources import files
from pathlib import Path

from desktop.system.durable import write_durably

TOOL = "swingtag_rescue.py"


def put_tool(folder: Path) -> None:
    """Lay the tool into a folder with backups, unless it is there already."""
    content, path = files(__name__).joinpath(TOOL).read_bytes(), folder / TOOL
    if not path.is_file() or path.read_bytes() != content:
        write_durably(path, content)
