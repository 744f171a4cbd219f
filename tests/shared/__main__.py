"""``python3 dev.py campaign coverage``: every branch of crypto, chain, ledger and merge rules."""

import sys
from collections.abc import Sequence

import pytest

WHOLE = ("shared.crypto", "shared.envelope", "shared.membership", "shared.ledger")
RULES = "shared.domain.merge"


def main(arguments: Sequence[str]) -> int:
    """Run their tests; 1 if a line or a branch was not reached."""
    measured = [f"--cov={name}" for name in (*WHOLE, RULES)]
    options = ["--cov-branch", "--cov-report=term-missing:skip-covered", "--cov-fail-under=100"]
    return int(pytest.main(["tests/shared", "-q", *measured, *options, *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
