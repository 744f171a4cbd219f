"""``python3 dev.py campaign rot --flips 2000 --journal F``: one flipped bit after the other.

Goes on where it stopped if it is given the same ``--journal`` again. ``--flip 7`` plays one.
``--stale`` puts old pages back instead, each page of each moment of a collection's life alone.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.rot.flips import play
from tests.rot.life import life
from tests.rot.scene import scene
from tests.rot.stale import put_back, stale_pages


def main(arguments: Sequence[str]) -> int:
    """Play what the arguments ask for; 1 if a flip was not noticed or more than 1 % stay."""
    parser = argparse.ArgumentParser(prog="dev.py campaign rot", description=__doc__)
    parser.add_argument("--flips", default="2000", help="how many, or first..last")
    parser.add_argument("--flip", type=int, help="only this one")
    parser.add_argument("--journal", type=Path, help="remembers the flips that are done")
    parser.add_argument("--stale", action="store_true", help="put old pages back")
    asked = parser.parse_args(arguments)
    if asked.stale:
        return _put_all_back()
    first, _, last = asked.flips.rpartition("..")
    numbers = range(int(first or 0), int(last)) if asked.flip is None else (asked.flip,)
    lines = asked.journal.read_text().splitlines() if _is_there(asked.journal) else []
    done = {int(line.split("\t")[0]): line.split("\t", 1)[1] for line in lines}
    with tempfile.TemporaryDirectory(prefix="swingtag-rot-") as folder, scene(Path(folder)) as made:
        for number in numbers:
            if number in done:
                continue
            verdict = play(made, number)
            noticed = "noticed" if verdict.noticed else "NOT NOTICED"
            harmless = "harmless" if verdict.harmless else verdict.mended or "NOT MENDED"
            done[number] = f"{verdict.file}\t{noticed}\t{harmless}"
            if asked.journal:
                with asked.journal.open("a") as journal:
                    journal.write(f"{number}\t{done[number]}\n")
            if "NOT" in done[number]:
                print(f"flip {number}: {done[number]}", flush=True)
    return _report([done[number] for number in numbers])


def _put_all_back() -> int:
    told = Counter[str]()
    with tempfile.TemporaryDirectory(prefix="swingtag-rot-") as folder, life(Path(folder)) as lived:
        for stale in stale_pages(lived):
            fate = put_back(lived, stale)
            unseen = "reads alike" if fate.alike else "NOT NOTICED"
            mended = f"noticed, mended by {fate.mended or 'NOTHING'}"
            told[f"{stale.tree}\t{mended if fate.noticed else unseen}"] += 1
    for line, count in sorted(told.items()):
        print(f"{count:6} {line.expandtabs(32)}")
    lost = sum(count for line, count in told.items() if "NOT" in line)
    print(f"{told.total()} old pages: {lost} not noticed or not mended")
    return 1 if lost else 0


def _report(lines: Sequence[str]) -> int:
    for line, count in sorted(Counter(lines).items()):
        print(f"{count:6} {line.expandtabs(16)}")
    missed = sum("NOT NOTICED" in line for line in lines)
    left = sum("NOT MENDED" in line for line in lines)
    print(f"{len(lines)} flips: {missed} not noticed, {left} not mended")
    return 1 if missed or left * 100 > len(lines) else 0


def _is_there(journal: Path | None) -> bool:
    return journal is not None and journal.exists()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
