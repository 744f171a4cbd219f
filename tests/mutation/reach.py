"""Which tests come by which line, and how long each takes: measured once, with nothing changed."""

import gc
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from coverage import CoverageData

TESTS = "tests/shared"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
OURS = ("shared", "desktop", "sync_server", "themes", "tests")


class Reach(NamedTuple):
    """``lines``: by path and line, the tests that come by. ``seconds``: what each test takes."""

    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    def tests(self, path: str, lines: range | None) -> list[str]:
        """Return the tests that come by these lines of a module (or by it), quick ones first."""
        reached = self.lines.get(path, {})
        found: set[str] = set().union(*(reached.get(line, set()) for line in lines or reached))
        return sorted(found, key=lambda test: (self.seconds[test], test))


class Clock:
    """Times each test, its setting up included; part of a pytest session."""

    def __init__(self) -> None:
        self._calls: dict[str, float] = {}
        self._set_up: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Measure CPU seconds, since others work on this computer, too."""
        start = time.process_time()
        result = yield
        self._set_up[_file(item.nodeid)] += time.process_time() - start
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Measure the test alone."""
        start = time.process_time()
        result = yield
        self._calls[item.nodeid] = time.process_time() - start
        return result

    @property
    def seconds(self) -> dict[str, float]:
        """What each test takes if it is the only one of its file."""
        return {test: call + self._set_up[_file(test)] for test, call in self._calls.items()}


def settle_chance() -> None:
    """Let hypothesis draw the same examples every time, and not look for smaller ones."""
    hypothesis.settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutation")


def measure() -> dict[str, Any]:
    """Run all tests once in this process; return seconds by test and the names of libraries."""
    sys.dont_write_bytecode = False  # what is compiled now, no trial has to compile
    clock = Clock()
    covered = ["--cov=shared", "--cov-context=test", "--cov-report="]
    code = pytest.main([*OPTIONS, *covered, TESTS], plugins=[clock])
    libraries = [name for name in sys.modules if name.split(".")[0] not in OURS]
    return {"failed": int(code), "seconds": clock.seconds, "libraries": libraries}


def reach_of(copy: Path, seconds: dict[str, float]) -> Reach:
    """Read who came by where.

    What is set up, or made when a file of tests is loaded, may be for all tests of a file.
    """
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    by_file: dict[str, set[str]] = defaultdict(set)
    for test in seconds:
        by_file[_file(test)].add(test)
    lines: dict[str, dict[int, set[str]]] = {}
    for file in data.measured_files():
        contexts = data.contexts_by_lineno(file)
        users = {_file(context) for found in contexts.values() for context in found if context}
        loaded = set().union(*(by_file[user] for user in users))
        rows = lines[str(Path(file).relative_to(copy))] = {}
        for line, found in contexts.items():
            rows[line] = set(loaded) if "" in found else set()
            for context in filter(None, found):
                test, _, phase = context.rpartition("|")
                rows[line] |= {test} if phase == "run" else by_file[_file(test)]
    return Reach(lines, seconds)


def warm_up(libraries: list[str]) -> None:
    """Import what every trial needs, so that none has to."""
    for name in libraries:
        with suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()


def _file(test: str) -> str:
    return test.split("::", maxsplit=1)[0]
