"""``python3 dev.py campaign photos --seeds 0..500``: photos in disorder, one line each that fails.

Goes on where it stopped if it is given the same ``--journal`` again. ``--seeds 7..8`` replays one.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.desktop.sync.conftest import Template, make_template
from tests.photos.houses import live

_STEPS = 60


def main() -> int:
    """Run the worlds that are asked for; 1 if one went wrong."""
    parser = argparse.ArgumentParser(prog="dev.py campaign photos", description=__doc__)
    parser.add_argument("--seeds", default="0..100", help="first..last, the last left out")
    parser.add_argument("--journal", type=Path, help="remembers the seeds that are done")
    asked = parser.parse_args()
    first, last = map(int, asked.seeds.split(".."))
    kept = asked.journal.read_text().split("\n") if asked.journal and asked.journal.exists() else []
    done = dict(line.split(" ", 1) for line in kept if line)
    with tempfile.TemporaryDirectory(prefix="swingtag-photos-") as folder:
        template = make_template(Path(folder))
        for number in map(str, range(first, last)):
            if number not in done:
                done[number] = verdict(template, int(number))
                if asked.journal:
                    with asked.journal.open("a") as file:
                        file.write(f"{number} {done[number]}\n")
            if done[number] != "ok":
                print(f"seed {number}: {done[number]}", flush=True)
    outcomes = [done[str(number)] for number in range(first, last)]
    print(f"{outcomes.count('ok')} of {len(outcomes)} worlds ended well")
    return 0 if all(outcome == "ok" for outcome in outcomes) else 1


def verdict(template: Template, number: int) -> str:
    """Say in one line how a world ended."""
    try:
        live(template, worlds=1, steps=_STEPS, number=number)
    except Exception as error:  # noqa: BLE001 - whatever escapes is a finding
        return f"FAILED: {type(error).__name__} {error}".splitlines()[0]
    return "ok"


if __name__ == "__main__":
    sys.exit(main())
