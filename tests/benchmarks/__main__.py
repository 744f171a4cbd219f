"""``python3 dev.py bench --n 1000 10000``: one line of JSON a measure.

Each measure runs in a process of its own, on a collection that ``create`` made, encrypted, with
search index and history, through the same doors as the app.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measures import MEASURES, UNREPORTED
from tests.benchmarks.runner import Bench, WorkerEndedError

REPORTED = tuple(name for name in MEASURES if name not in UNREPORTED)


def main(arguments: Sequence[str]) -> int:
    """Measure what the arguments ask for; smaller collections first."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("--n", type=int, nargs="+", default=[1000], help="how many items")
    parser.add_argument("--measure", nargs="+", choices=REPORTED, help="only these")
    parser.add_argument("--seed", type=int, default=1, help="of the items")
    asked = parser.parse_args(arguments)
    for n in sorted(asked.n):
        with tempfile.TemporaryDirectory(prefix="swingtag-bench-") as folder:
            bench = Bench(Path(folder), n, asked.seed, asked.measure or REPORTED)
            try:
                for line in bench.lines():
                    sys.stdout.write(f"{line}\n")
                    sys.stdout.flush()
            except WorkerEndedError as error:
                sys.stderr.write(f"{error.measure}, n = {n}: {error.__doc__}\n")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
