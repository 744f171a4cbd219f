"""The sentences that errors carry: a class's docstring is what the person reads."""

from inspect import cleandoc


def sentence(error: BaseException) -> str:
    """Return what an expected error says to the person, and what to do next."""
    return " ".join(cleandoc(type(error).__doc__ or "").split())
