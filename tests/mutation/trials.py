"""One trial: a fork of this process tells a lie and runs tests until one fails.

Most lies are told within a function: ``tell_all`` loads all tests once, and each fork exchanges the
code of that function. ``tell_anew`` loads everything anew with the lie in a module's source, for
what happens when modules or tests are loaded.
"""

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple

import pytest
from typing_extensions import override

from tests.mutation.mutants import Mutant
from tests.mutation.reach import OPTIONS, OURS, TESTS, Cost

STILLBORN = 99
_NOT_FOUND, _NOTHING_RUN = 4, 5
_MEMORY_BYTES = 3 * 1024**3 // 2
_LOADING_SECONDS = 20.0
_FORK = multiprocessing.get_context("fork")


class Job(NamedTuple):
    """A mutant of the module at ``path``, and the tests that may notice."""

    path: str
    mutant: Mutant
    tests: Sequence[str]


class Outcome(NamedTuple):
    """``verdict``: noticed, NOT noticed, or stillborn: a program that cannot even be loaded.

    ``by``: the test that noticed, or that never ended.
    """

    verdict: str
    by: str


class Folder(NamedTuple):
    """A copy of the tree, and what its tests take."""

    path: Path
    cost: Cost


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
    """Writes down the first test that fails or never ends; part of a pytest session."""

    def __init__(self, folder: Folder) -> None:
        self.file, self.cost = folder.path / "witness", folder.cost
        self.failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Give a test several times what it takes; the kernel ends it then."""
        self.file.write_text(f"{nodeid} never ended")
        signal.setitimer(signal.ITIMER_PROF, 3 + 5 * self.cost.alone(nodeid))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.file.write_text(report.nodeid)
            self.failed = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.file.write_text(report.nodeid)


class _Loop:
    """Tries every job instead of running the tests; part of a pytest session."""

    def __init__(self, folder: Folder, jobs: Sequence[Job], tell: Connection) -> None:
        self.folder, self.jobs, self.tell = folder, jobs, tell
        self.witness = _Witness(folder)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        for job in self.jobs:
            chosen = [items[test] for test in job.tests]
            self.tell.send(_outcome(self.folder, partial(self.run, job, chosen)))
        return True

    def run(self, job: Job, items: Sequence[pytest.Item]) -> int:
        """Be the fork."""
        try:
            _exchange(job)
        except (LookupError, ValueError, TypeError, AttributeError):
            return STILLBORN  # cannot be told within a function: ``tell_anew`` decides
        for item, following in zip_longest(items, items[1:]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.witness.failed:
                return 1
        return 0


def tell_all(folder: Folder, jobs: Sequence[Job]) -> Iterator[Outcome]:
    """Try lies within functions. "stillborn": this one cannot be told so."""
    here, there = _FORK.Pipe()

    def load() -> None:
        go_to(folder.path)
        loop = _Loop(folder, jobs, there)
        pytest.main([*OPTIONS, "-s", TESTS], plugins=[loop, loop.witness])

    child = _FORK.Process(target=load)
    child.start()
    there.close()
    for _ in jobs:
        yield here.recv()
    child.join()


def tell_anew(folder: Folder, job: Job) -> Outcome:
    """Try a lie with everything loaded anew."""
    outcome = _outcome(folder, lambda: _load_and_run(folder, job, job.tests))
    if outcome.by == "found nothing":  # a test has other cases now: take its file whole
        files = sorted({test.split("::")[0] for test in job.tests})
        outcome = _outcome(folder, lambda: _load_and_run(folder, job, files))
    return outcome


def _load_and_run(folder: Folder, job: Job, tests: Sequence[str]) -> int:
    """Be the fork."""
    go_to(folder.path)
    signal.setitimer(signal.ITIMER_PROF, _LOADING_SECONDS)
    name = job.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    sys.meta_path.insert(0, _Planted(folder.path / job.path, name, job.mutant.source))
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001 - whatever a mutant may do wrong
        return STILLBORN
    return pytest.main(["-x", *OPTIONS, *tests], plugins=[_Witness(folder)])


def _outcome(folder: Folder, run: Callable[[], int]) -> Outcome:
    witness = folder.path / "witness"
    witness.write_text("while loading")
    child = _FORK.Process(target=_quietly, args=(run,))
    child.start()
    child.join()
    match child.exitcode:
        case 0:
            return Outcome("NOT noticed", "")
        case 99:
            return Outcome("stillborn", "")
        case 4 | 5:
            return Outcome("noticed", "found nothing")
        case _:
            return Outcome("noticed", witness.read_text())


def _quietly(run: Callable[[], int]) -> None:
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(quiet, stream)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    os._exit(run())


def _exchange(job: Job) -> None:
    """Give the function that holds the lie its other code."""
    place: object = importlib.import_module(job.path.removesuffix(".py").replace("/", "."))
    code = compile(job.mutant.source, job.path, "exec")
    for name in job.mutant.scope.split("."):
        inner = [each for each in code.co_consts if isinstance(each, CodeType)]
        (code,) = (each for each in inner if each.co_name == name)
        found = inspect.getattr_static(place, name)
        place = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
        if isinstance(place, FunctionType):
            place.__code__ = code
            return
    raise LookupError(job.mutant.scope)


def go_to(copy: Path) -> None:
    """Work in a copy of the tree, whose modules are found first."""
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    kept = ("tests", "tests.mutation")
    for name in [*sys.modules]:
        if name.split(".")[0] in OURS and name not in kept and not name.startswith(f"{kept[1]}."):
            del sys.modules[name]
