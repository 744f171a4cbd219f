"""Where Swingtag keeps its things on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

HOME_VARIABLE = "SWINGTAG_HOME"
"""Set to a folder, everything lives in it: for a USB stick, a second self, or a demonstration."""

DEVICE_VARIABLE = "SWINGTAG_DEVICE"
"""Set to what this device shall be called where it is not the computer's name, as on a stick."""


@dataclass(frozen=True, slots=True)
class Places:
    """Folders; each is made by the first to write there."""

    settings: Path
    collections: Path
    reports: Path
    packs: Path


def places(environment: Mapping[str, str]) -> Places:
    """Return this person's folders, as the system has them or within ``SWINGTAG_HOME``."""
    if home := environment.get(HOME_VARIABLE):
        return places_in(Path(home))
    folders = PlatformDirs("Swingtag", appauthor=False, roaming=False)
    data = Path(folders.user_data_dir)
    return Places(
        settings=Path(folders.user_config_dir),
        collections=data / "collections",
        reports=Path(folders.user_log_dir),
        packs=data / "packs",
    )


def places_in(home: Path) -> Places:
    """Return the folders of a Swingtag that lives in one folder."""
    return Places(home / "settings", home / "collections", home / "reports", home / "packs")


def device_name(environment: Mapping[str, str], computer: str) -> str:
    """Return what this device is called: ``SWINGTAG_DEVICE``, else the computer's own name."""
    return environment.get(DEVICE_VARIABLE, "").strip() or computer
