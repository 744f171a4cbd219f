"""Each import contract notices the sin that it is there for: one at a time, in a copy."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("shared", "desktop", "sync_server")
LINTER = Path(sys.executable).with_name("lint-imports")

APART = "the two programs meet only in shared"
OWN = "shared knows neither program"
PURE = "shared is pure: clock, randomness, files and sockets are passed in"
SHARED = "shared layers"
IDS = "facts, merge rules and skins rest on ids alone"
BLIND = "the server is blind: no way leads it to the code that opens an entry"
DESKTOP = "desktop layers"
QT = "Qt stays in ui, drawing and application"
SCREENS = "screens see the collection, drawings and values, and nothing below"
SQL = "only the vault speaks SQL"
HTTP = "only sync speaks HTTP"
SERVER = "server layers"
STORES = "only tenancy opens a store"
ROUTES = "routes and pages reach no database"
ENGINE = "only an adapter speaks to its engine"

SINS = [
    ("desktop/application/sin.py", "import sync_server", APART),
    ("sync_server/web/sin.py", "import desktop.system", APART),
    ("shared/domain/sin.py", "import desktop.collection", OWN),
    ("shared/skins/sin.py", "import PySide6.QtGui", PURE),
    ("shared/protocol/sin.py", "import fastapi", PURE),
    ("shared/crypto/sin.py", "import secrets", PURE),
    ("shared/signing/sin.py", "import time", PURE),
    ("shared/envelope/sin.py", "import shared.membership", SHARED),
    ("shared/membership/sin.py", "import shared.crypto", SHARED),
    ("shared/utils.py", "WORD = 1", SHARED),
    ("shared/domain/sin.py", "import shared.signing", IDS),
    ("sync_server/routes/sin.py", "import shared.crypto", BLIND),
    ("sync_server/operations/sin.py", "import shared.ledger.values", BLIND),
    ("desktop/vault/sin.py", "import desktop.sync", DESKTOP),
    ("desktop/utils.py", "WORD = 1", DESKTOP),
    ("desktop/collection/sin.py", "import PySide6.QtCore", QT),
    ("desktop/ui/sin.py", "import desktop.vault", SCREENS),
    ("desktop/ui/sin.py", "import shared.crypto", SCREENS),
    ("desktop/ui/sin.py", "import sqlmodel", SCREENS),
    ("desktop/collection/sin.py", "import sqlalchemy", SQL),
    ("desktop/collection/sin.py", "import httpx", HTTP),
    ("sync_server/storage/sin.py", "import sync_server.tenancy", SERVER),
    ("sync_server/helpers.py", "WORD = 1", SERVER),
    ("sync_server/routes/sin.py", "import sync_server.storage.sqlite.stores", STORES),
    ("sync_server/web/sin.py", "import sync_server.storage.directory", STORES),
    ("sync_server/routes/sin.py", "import sync_server.storage.postgres.stores", STORES),
    ("sync_server/operations/sin.py", "import sync_server.storage.postgres.cluster", STORES),
    ("sync_server/routes/sin.py", "import sqlite3", ROUTES),
    ("sync_server/web/sin.py", "import psycopg", ROUTES),
    ("sync_server/tenancy/sin.py", "import psycopg", ENGINE),
]
HARMLESS = [
    ("desktop/ui/innocent.py", "import desktop.collection, shared.domain.schema, shared.skins"),
    ("sync_server/routes/innocent.py", "import shared.protocol, shared.membership"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    copy = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        only_code = shutil.ignore_patterns("__pycache__", "*.json", "*.svg", "*.png", "*.bin")
        shutil.copytree(ROOT / package, copy / package, ignore=only_code)
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def broken(tree):
    """Return the names of the contracts that do not hold in this tree."""
    run = subprocess.run(
        [LINTER, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False
    )
    names = set(re.findall(r"^(.*) BROKEN", run.stdout, re.MULTILINE))
    assert (run.returncode == 0) == (not names), run.stdout + run.stderr
    return names


def broken_by(tree, sins):
    """Return what breaks while these files hold these lines; they are gone afterwards."""
    try:
        for place, line in sins:
            (tree / place).write_text(f"{line}\n")
        return broken(tree)
    finally:
        for place, _ in sins:
            (tree / place).unlink()


@pytest.mark.parametrize(("place", "line", "contract"), SINS)
def test_sin_is_caught(tree, place, line, contract):
    assert contract in broken_by(tree, [(place, line)])


def test_harmless_imports_pass(tree):
    assert broken_by(tree, HARMLESS) == set()


def test_server_cannot_reach_the_crypto_through_another_module(tree):
    detour = [
        ("shared/protocol/sin.py", "import shared.crypto"),
        ("sync_server/routes/sin.py", "import shared.protocol.sin"),
    ]
    assert BLIND in broken_by(tree, detour)


def test_every_contract_has_a_sin():
    named = re.findall(
        r'^\[\[tool\.importlinter\.contracts\]\]\nname = "(.*)"',
        (ROOT / "pyproject.toml").read_text(),
        re.MULTILINE,
    )
    assert set(named) == {contract for _, _, contract in SINS}
