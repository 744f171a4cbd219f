"""Places in an order that several devices may change: texts that always leave room between.

A position is a fraction written in hexadecimal digits after the point, never ending in 0.
"""

_DIGITS = "0123456789abcdef"
_BASE = len(_DIGITS)


def between(low: str, high: str) -> str:
    """Return a position after ``low`` and before ``high``; "" stands for the very ends.

    ``low`` must sort before ``high``, as ``str`` compares.
    """
    made = ""
    while True:
        at = len(made)
        floor = _digit(low, at, 0)
        ceiling = _digit(high, at, _BASE) if high else _BASE
        if floor == ceiling:
            made += _DIGITS[floor]
            continue
        middle = (floor + ceiling) // 2
        if middle > floor:
            return made + _DIGITS[middle]
        made += _DIGITS[floor]
        high = ""  # below the ceiling already: whatever follows fits


def _digit(position: str, at: int, missing: int) -> int:
    return max(_DIGITS.find(position[at]), 0) if at < len(position) else missing
