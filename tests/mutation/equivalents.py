"""Mutants that no test can notice, since the program does the same; each with the reason."""

EQUIVALENTS: dict[str, str] = {}
