"""``swingtag-server doctor``: looks at everything, changes nothing, says what is wrong."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sync_server.tenancy.desk import Desk
from sync_server.tenancy.premises import Place

LEAST_FREE_BYTES = 1024**3
LEAST_DESCRIPTORS = 1024
LEAST_SQLITE = (3, 35, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``advice`` says what to do if it is not ``ok``."""

    check: str
    ok: bool
    found: str
    advice: str = ""


def examine(desk: Desk, place: Place) -> list[Finding]:
    """Make all checks."""
    return [*_machine(place.folder), *_tenants(desk), _strays(desk)]


def _machine(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    yield _judged(
        "free disk",
        f"{free >> 20} MiB",
        ok=free >= LEAST_FREE_BYTES,
        advice="Make room: a full disk refuses edits.",
    )
    yield _judged(
        "may write",
        str(folder),
        ok=os.access(folder, os.W_OK),
        advice="Let the server's user write here.",
    )
    descriptors = _descriptors()
    yield _judged(
        "open files",
        str(descriptors),
        ok=descriptors >= LEAST_DESCRIPTORS,
        advice=f"Raise the limit to {LEAST_DESCRIPTORS} (ulimit -n): stores and streams need it.",
    )
    yield _judged(
        "SQLite",
        sqlite3.sqlite_version,
        ok=sqlite3.sqlite_version_info >= LEAST_SQLITE,
        advice="Use a newer Python.",
    )


def _tenants(desk: Desk) -> Iterator[Finding]:
    for card in desk.everybody():
        ok = desk.is_sound(card.name)
        yield _judged(
            "tenant",
            card.name,
            ok=ok,
            advice="Its files are damaged or missing: restore its folder from a backup. "
            "Its devices send again what the backup lacks.",
        )


def _strays(desk: Desk) -> Finding:
    strays = desk.strays()
    return _judged(
        "folders without a tenant",
        " ".join(sorted(strays)) or "none",
        ok=not strays,
        advice="Left by a sign-up that was interrupted, and harmless; or the directory is older "
        "than the folders: restore it from a backup.",
    )


def _judged(check: str, found: str, *, ok: bool, advice: str) -> Finding:
    return Finding(check, ok, found, "" if ok else advice)


def _descriptors() -> int:
    """Return how many files this user may open; Windows has no such limit."""
    if os.name == "nt":
        return LEAST_DESCRIPTORS
    return os.sysconf("SC_OPEN_MAX")
