"""``python3 dev.py campaign reader``: two readers of the format over 10,000 random entries."""

import argparse
import sys
from collections.abc import Sequence

from tests.shared.vectors.comparison import compare

BATCH = 500


def main(arguments: Sequence[str]) -> int:
    """Compare batch by batch, each from a seed of its own."""
    parser = argparse.ArgumentParser(prog="dev.py campaign reader", description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first batch")
    asked = parser.parse_args(arguments)
    read = 0
    for seed in range(asked.seed, asked.seed + -(-asked.entries // BATCH)):
        read += compare(BATCH, seed)
        print(f"{read} entries and as many mutants: both readers agree", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
