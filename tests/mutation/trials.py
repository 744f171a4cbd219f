"""One trial: a fork of this process imports a lie in a module's place and runs tests."""

import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
from typing_extensions import override

from tests.mutation.reach import OPTIONS

STILLBORN, NOT_FOUND, NOTHING_RUN = 99, 4, 5
_MEMORY_BYTES = 4 * 1024**3
_FORK = multiprocessing.get_context("fork")


class Outcome(NamedTuple):
    """``verdict``: noticed, NOT noticed, or stillborn: a program that cannot even be loaded.

    ``by``: the test that noticed, or how it ended.
    """

    verdict: str
    by: str


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, path: Path, name: str, source: str) -> None:
        self.path, self.name, self.source = path, name, source

    @override
    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        found = importlib.util.spec_from_loader(name, self, origin=str(self.path))
        if found and self.path.name == "__init__.py":
            found.submodule_search_locations = [str(self.path.parent)]
        return found

    @override
    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.path, "exec"), module.__dict__)  # noqa: S102 - the mutant


class _Witness:
    """Writes down the first test that fails; part of a pytest session."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.file.write_text(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.file.write_text(report.nodeid)


def name_of(path: str) -> str:
    """Return the name of a module."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def try_out(
    copy: Path, path: str, source: str, tests: Sequence[str], cpu_seconds: float
) -> Outcome:
    """Run tests over a mutant, until one fails; needing far too long is noticed, too."""
    witness = copy / "witness"
    witness.write_text("")
    child = _FORK.Process(target=_run, args=(copy, path, source, tests, cpu_seconds))
    child.start()
    child.join(20 * cpu_seconds)  # others work here, too; the limit that counts is of CPU seconds
    if child.is_alive():
        child.kill()
        child.join()
    code = child.exitcode
    if code == STILLBORN:
        return Outcome("stillborn", "")
    if code == 0:
        return Outcome("NOT noticed", "")
    if code in {NOT_FOUND, NOTHING_RUN}:  # the cases of a test are others now: take its file whole
        files = sorted({test.split("::")[0] for test in tests})
        if list(tests) != files:
            return try_out(copy, path, source, files, cpu_seconds + 60)
    return Outcome("noticed", witness.read_text() or f"ended with {code}")


def _run(copy: Path, path: str, source: str, tests: Sequence[str], cpu_seconds: float) -> None:
    """Be the child."""
    go_to(copy)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    limit = int(cpu_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    sys.meta_path.insert(0, _Planted(copy / path, name_of(path), source))
    try:
        importlib.import_module(name_of(path))
    except Exception:  # noqa: BLE001 - whatever a mutant may do wrong
        os._exit(STILLBORN)
    os._exit(pytest.main(["-x", *OPTIONS, *tests], plugins=[_Witness(copy / "witness")]))


def go_to(copy: Path) -> None:
    """Work in a copy of the tree, whose modules are found first."""
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
        del sys.modules[name]
