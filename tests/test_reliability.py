"""The table of faults in docs/reliability.md names tests that are there, for every fault."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TABLE = (TESTS.parent / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (F\d+) \|.*?\|.*?\| (.*?) \|.*?\|$", TABLE, re.MULTILINE))


def test_every_fault_has_its_row():
    assert {f"F{number}" for number in range(1, 38)} <= set(ROWS)


@pytest.mark.parametrize("fault", ROWS)
def test_what_a_row_names_is_there(fault):
    """``file.py`` is a file of tests; ``some_words...`` begins the name of one that is in it."""
    proof, text = ROWS[fault], ""
    for named in re.findall(r"`([^`]+)`", proof):
        if named.endswith(".py"):
            text = (TESTS / named).read_text(encoding="utf-8")
        elif (words := re.sub(r"\[.*", "", named).removesuffix("...")) and text:
            assert re.search(rf"^def test_{re.escape(words)}", text, re.MULTILINE), named
    assert text or "simulation" in proof
