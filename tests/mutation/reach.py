"""Which tests come by which line, and how long each takes: measured once, with nothing changed."""

import gc
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest
from coverage import Coverage, CoverageData

TESTS = "tests/shared"
OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
OURS = ("shared", "desktop", "sync_server", "themes", "tests")
_LOADING = "load"

Lines = dict[str, dict[int, set[str]]]


class Cost(NamedTuple):
    """CPU seconds: of each test, and of what is set up for all tests of a file."""

    calls: dict[str, float]
    set_up: dict[str, float]

    def alone(self, test: str) -> float:
        """Return what a test takes if it is the only one of its file."""
        return self.calls.get(test, 2.0) + self.set_up.get(file_of(test), 0.0)

    def affordable(self, tests: Iterable[str], most: float) -> list[str]:
        """Return the first tests, as many as ``most`` seconds allow."""
        chosen, files, spent = [], set(), 0.0
        for test in tests:
            file = file_of(test)
            spent += self.calls[test] + (0.0 if file in files else self.set_up[file])
            files.add(file)
            if spent <= most:
                chosen.append(test)
        return chosen


class Reach(NamedTuple):
    """Who comes by a path's line: ``running`` tests; files of tests that are ``loading``."""

    running: Lines
    loading: Lines
    cost: Cost

    def tests(self, path: str, lines: range | None) -> list[str]:
        """Return the tests that come by lines of a module; for what is loaded, all of them.

        What a file makes when it is loaded is for all of its tests. Those of the package stand
        first, and quick ones before slow ones.
        """
        files = self.loaders(path, lines)
        found = _found(self.running, path, lines) if lines else set(self.cost.calls)
        found |= {test for test in self.cost.calls if file_of(test) in files}
        own = own_tests(path)
        return sorted(
            found, key=lambda test: (not test.startswith(own), self.cost.alone(test), test)
        )

    def loaders(self, path: str, lines: range | None) -> set[str]:
        """Return the files of tests that come by when they are loaded."""
        return _found(self.loading, path, lines) if lines else set()


class FirstRun(NamedTuple):
    """What all tests said when nothing was changed."""

    failed: bool
    cost: Cost
    libraries: list[str]


class _Clock:
    """Times each test in CPU seconds, for others work here, too; part of a pytest session."""

    def __init__(self) -> None:
        self.cost = Cost({}, defaultdict(float))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        """Tell which lines are run while a file is loaded."""
        measured = Coverage.current()
        if measured and isinstance(collector, pytest.Module):
            measured.switch_context(f"{collector.nodeid}|{_LOADING}")
        result = yield
        if measured:
            measured.switch_context("")
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        start = time.process_time()
        result = yield
        self.cost.set_up[file_of(item.nodeid)] += time.process_time() - start
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        start = time.process_time()
        result = yield
        self.cost.calls[item.nodeid] = time.process_time() - start
        return result


def settle() -> None:
    """Let hypothesis draw the same examples every time, and not look for smaller ones.

    What is compiled once, no trial has to compile.
    """
    sys.dont_write_bytecode = False
    hypothesis.settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutation")


def measure() -> FirstRun:
    """Run all tests once in this process."""
    clock = _Clock()
    covered = ["--cov=shared", "--cov-context=test", "--cov-report="]
    failed = pytest.main([*OPTIONS, *covered, TESTS], plugins=[clock]) != 0
    libraries = [name for name in sys.modules if name.split(".")[0] not in OURS]
    return FirstRun(failed, clock.cost, libraries)


def reach_of(copy: Path, cost: Cost) -> Reach:
    """Read who came by where. What is set up may be for all tests of a file."""
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    by_file: dict[str, set[str]] = defaultdict(set)
    for test in cost.calls:
        by_file[file_of(test)].add(test)
    running: Lines = defaultdict(lambda: defaultdict(set))
    loading: Lines = defaultdict(lambda: defaultdict(set))
    for file in data.measured_files():
        path = str(Path(file).relative_to(copy))
        for line, contexts in data.contexts_by_lineno(file).items():
            for context in filter(None, contexts):
                test, _, phase = context.rpartition("|")
                if phase == _LOADING:
                    loading[path][line].add(test)
                else:
                    running[path][line] |= {test} if phase == "run" else by_file[file_of(test)]
    return Reach(running, loading, cost)


def warm_up(libraries: Iterable[str]) -> None:
    """Import what every trial needs, so that none has to."""
    for name in libraries:
        with suppress(ImportError):
            import_module(name)
    gc.collect()
    gc.freeze()


def file_of(test: str) -> str:
    """Return the file of a test."""
    return test.split("::", maxsplit=1)[0]


def own_tests(path: str) -> str:
    """Return how the names of tests of a module's package begin."""
    return f"tests/{Path(path).parent}/"


def _found(lines: Lines, path: str, among: range) -> set[str]:
    reached = lines.get(path, {})
    return set().union(*(reached.get(line, set()) for line in among))
