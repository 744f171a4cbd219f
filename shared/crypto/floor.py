"""The oldest ``cryptography`` that Swingtag trusts its keys to."""

import re

FLOOR = (50, 0, 2)
"""The first release that this suite was checked with; older ones have no hybrid HPKE."""


class OutdatedCryptographyError(ImportError):
    """The installed "cryptography" package is too old to be trusted. Install Swingtag again."""


def demand(version: str) -> None:
    """Raise OutdatedCryptographyError unless ``version``, as in ``50.0.2``, is new enough."""
    found = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if found < FLOOR:
        wanted = ".".join(str(number) for number in FLOOR)
        raise OutdatedCryptographyError(
            f"Swingtag needs cryptography {wanted} or newer, but {version} is installed. "
            "Install Swingtag again."
        )
