"""How a demo ends that did not show what it should."""


class DemoError(Exception):
    """The demo did not show what it should. Its message says what was missing."""


def see(*, that: bool, otherwise: str) -> None:
    """Go on if something is so; raise DemoError with a sentence if not."""
    if not that:
        raise DemoError(otherwise)
