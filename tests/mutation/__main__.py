"""``python3 dev.py campaign mutation``: small lies in what must not lie; the tests must notice.

Keys, links, entries, ledger and merge rules. Goes on where it stopped with the same ``--journal``.
``--sample 200`` takes so many at random, ``--only shared/crypto/padding.py`` one file.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
PACKAGES = ("crypto", "envelope", "membership", "ledger")
RULES = "shared/domain/merge.py"
SECONDS = 300
NEEDED = ("shared", "desktop", "sync_server", "tests", "themes", "pyproject.toml")


def main(arguments: Sequence[str]) -> int:
    """Try mutants; 1 if fewer than nine in ten are noticed."""
    parser = argparse.ArgumentParser(prog="dev.py campaign mutation", description=__doc__)
    parser.add_argument("--sample", type=int, help="how many, drawn at random (all)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--only", default="", help="files whose path begins so")
    parser.add_argument("--journal", type=Path, help="remembers what is done")
    asked = parser.parse_args(arguments)
    trials = [
        (path, mutant)
        for path in files()
        if path.startswith(asked.only)
        for mutant in mutants_of((ROOT / path).read_text())
    ]
    random.Random(asked.seed).shuffle(trials)  # noqa: S311 - a sample, no secret
    return run(trials[: asked.sample], asked.journal)


def files() -> list[str]:
    """Return the modules that are tried."""
    found = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in sorted((ROOT / "shared" / package).glob("*.py"))
        if path.name != "__init__.py"
    ]
    return [*found, RULES]


def run(trials: Sequence[tuple[str, Mutant]], journal: Path | None) -> int:
    """Try each that is not done, in a copy of the tree; tell of those that nobody noticed."""
    lines = journal.read_text().splitlines() if journal and journal.exists() else []
    done = dict(line.rsplit(" = ", 1) for line in lines)
    with tempfile.TemporaryDirectory(prefix="swingtag-mutation-") as folder:
        copy = Path(folder)
        for name in NEEDED:
            place = ROOT / name
            (shutil.copytree if place.is_dir() else shutil.copy)(place, copy / name)
        for path, mutant in trials:
            name = f"{path} {mutant.what}"
            if name not in done:
                done[name] = verdict(copy, path, mutant)
                print(f"{name}: {done[name]}", flush=True)
                if journal:
                    with journal.open("a") as file:
                        file.write(f"{name} = {done[name]}\n")
    noticed = sum(done.get(f"{path} {mutant.what}") == "noticed" for path, mutant in trials)
    print(f"{noticed} of {len(trials)} noticed: {100 * noticed / max(1, len(trials)):.1f} %")
    return int(noticed * 10 < len(trials) * 9)


def verdict(copy: Path, path: str, mutant: Mutant) -> str:
    """Run the package's own tests over a mutant, then all of shared's; say whether one failed."""
    place, right = copy / path, (ROOT / path).read_text()
    place.write_text(mutant.source)
    try:
        own = path.split("/")[1]
        for tests in (f"tests/shared/{own}", "tests/shared"):
            if fails(copy, tests):
                return "noticed"
    finally:
        place.write_text(right)
    return "NOT noticed"


def fails(copy: Path, tests: str) -> bool:
    """Tell whether tests fail; one that never ends does."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", tests]
    try:
        return (
            subprocess.run(
                command, cwd=copy, capture_output=True, timeout=SECONDS, check=False
            ).returncode
            != 0
        )
    except subprocess.TimeoutExpired:
        return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
