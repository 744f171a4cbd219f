"""What a name looks like to somebody who reads fast; names that can be mistaken look the same.

A name has only ``a-z0-9-``: other alphabets and ``xn--`` are refused before. So a few rules do.
"""

import re

_PAIRS = ((re.compile("rn"), "m"), (re.compile("vv"), "w"), (re.compile("c[l1]"), "d"))
_SINGLE = str.maketrans("01l5", "oiis")


def skeleton(name: str) -> str:
    """Return what names are compared by: the same for ``artmatt`` and ``art-rnatt``."""
    looks = name.replace("-", "")
    for pair, letter in _PAIRS:
        looks = pair.sub(letter, looks)
    return looks.translate(_SINGLE)
