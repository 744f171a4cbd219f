"""The house rules that no linter knows: size, what must not lie about, what a newcomer types."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60

# path, or path:function -> why it is one thing all the same
LONG_BY_NATURE: dict[str, str] = {
    "desktop/vault/rescue/swingtag_rescue.py": "travels alone; 60 lines are the words of a kit",
}

# What only this machine knows. Built from pieces, so that this file is clean itself.
LEAKS = re.compile(r"(?<![\w.])/(?:wor" r"k|roo" r"t)/|ind" r"ex[-_]url|regis" r"try *= *http")
VAGUE = re.compile(r"(?:^|/)(?:utils?|helpers?|common|misc|managers?)(?:\.py|/)")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that is committed or about to be."""
    listed = subprocess.run(
        [
            shutil.which("git") or "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code() -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and not name(p).startswith("tests/")]


def text_files() -> dict[str, str]:
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:8000]:
            found[name(path)] = raw.decode("utf-8", errors="replace")
    return found


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def test_modules_and_functions_stay_small():
    long = {name(path) for path in code() if len(path.read_bytes().splitlines()) > MAX_MODULE_LINES}
    long |= {
        f"{name(path)}:{function.name}"
        for path in code()
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= MAX_FUNCTION_LINES
    }
    assert long == set(LONG_BY_NATURE), "split it, or say above why it is one thing"


def test_no_module_has_a_name_that_fits_everything():
    assert [name(path) for path in tracked() if VAGUE.search(name(path))] == []


def test_nothing_tells_of_the_machine_it_was_made_on():
    told = {place: LEAKS.findall(text) for place, text in text_files().items()}
    assert {place: leak for place, leak in told.items() if leak} == {}


def test_locks_name_versions_and_hashes_only():
    for lock in ("requirements.lock", "requirements-server.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert all(" --hash=sha256:" in block for block in re.split(r"\n(?=\w)", text.strip()))


def test_locks_hold_every_pin_and_agree():
    server, app, dev = (
        set(re.findall(r"^[\w.-]+==[\w.]+", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements-server.lock", "requirements.lock", "requirements-dev.lock")
    )
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text())
    both, sides = tables["project"]["dependencies"], tables["project"]["optional-dependencies"]
    assert plain(both + sides["server"]) <= server
    assert plain(both + sides["server"] + sides["desktop"]) <= app
    assert server <= app <= dev
    assert plain(tables["dependency-groups"]["dev"]) <= dev
    assert not plain(sides["desktop"]) & server  # the server installs nothing of the app


def plain(pins):
    """Return pins without extras and markers, as a lock writes them."""
    return {re.sub(r"\[.*?\]| ;.*", "", pin).lower() for pin in pins}


def test_drawing_knows_no_widgets():
    widgets = [
        name(path)
        for path in (ROOT / "desktop/drawing").rglob("*.py")
        if "QtWidgets" in path.read_text(encoding="utf-8")
    ]
    assert widgets == []


@pytest.mark.parametrize("option", ["--version", "--help"])
@pytest.mark.parametrize("command", ["swingtag", "swingtag-server", "swingtag-theme"])
def test_commands_introduce_themselves(command, option):
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())
    module, function = entry["project"]["scripts"][command].split(":")
    call = f"import sys; sys.argv[0] = {command!r}; from {module} import {function}; {function}()"
    run = subprocess.run(
        [sys.executable, "-c", call, option], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert command in run.stdout
    assert option == "--help" or entry["project"]["version"] in run.stdout


def test_pages_link_to_what_is_there():
    dead = [
        f"{place} -> {target}"
        for place, text in text_files().items()
        if place.endswith(".md")
        for target in re.findall(r"\]\(([^)#:]+)\)", text)
        if not (ROOT / place).parent.joinpath(target).exists()
    ]
    assert dead == []


def test_development_page_names_every_command():
    help_text = subprocess.run(
        [sys.executable, "dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    commands = re.findall(r"^(\w+) {2,}[A-Z].*\.", help_text, re.MULTILINE)
    page = (ROOT / "docs/development.md").read_text()
    assert {"run", "test"} <= set(commands)
    assert [command for command in commands if f"python3 dev.py {command}" not in page] == []
