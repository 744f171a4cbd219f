"""``python3 dev.py campaign tenants``: what tenants cost the server, and feel of each other.

One line of JSON a measure, over a real server process on loopback. Requests are signed before the
clock runs, so that the client costs little. ``--measure append read`` does only these.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence

from tests.tenants.costs import measure_append, measure_noop, measure_read, measure_sign_ups
from tests.tenants.crowds import measure_house, measure_streams
from tests.tenants.neighbours import measure_neighbour, measure_sign_up
from tests.tenants.soak import measure_soak

Line = Mapping[str, object]


def measures(asked: argparse.Namespace) -> dict[str, Callable[[], Line | list[Line]]]:
    """Return what can be measured, by name."""
    return {
        "append": lambda: measure_append(asked.count),
        "read": lambda: measure_read(10),
        "noop": lambda: measure_noop(asked.count),
        "sign_up": lambda: measure_sign_up(25),
        "sign_ups": lambda: measure_sign_ups(asked.count),
        "neighbour": lambda: measure_neighbour(asked.seconds),
        "streams": lambda: measure_streams(asked.streams),
        "house": lambda: measure_house(asked.tenants),
        "soak": lambda: measure_soak(asked.minutes),
    }


def main(arguments: Sequence[str]) -> int:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="dev.py campaign tenants", description=__doc__)
    parser.add_argument("--measure", nargs="+", help="only these")
    parser.add_argument("--count", type=int, default=1000, help="appends, looks, sign-ups")
    parser.add_argument("--seconds", type=float, default=20, help="how long neighbours are watched")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=20, help="how long the soak is")
    asked = parser.parse_args(arguments)
    known = measures(asked)
    for name in asked.measure or known:
        if name not in known:
            parser.error(f"there is no measure {name!r}; there are: {', '.join(known)}")
        done = known[name]()
        for line in done if isinstance(done, list) else [done]:
            print(json.dumps(line), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
