"""Plans: named sets of limits. Every tenant has one; the operator may define more."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from typing_extensions import override

from shared.protocol.limits import MIB
from sync_server.storage.books import Books
from sync_server.storage.limits import Limits

GIB = 1024 * MIB
STANDARD: Final = "standard"
SMALL: Final = "small"
LARGE: Final = "large"
Plans = Mapping[str, Limits]
PLANS: Final[Plans] = {
    SMALL: Limits(
        log_bytes=256 * MIB, file_bytes=2 * GIB, devices=8, entries=1_000_000, files=20_000
    ),
    STANDARD: Limits(log_bytes=2 * GIB, file_bytes=50 * GIB, devices=32, files=500_000),
    LARGE: Limits(
        log_bytes=16 * GIB,
        file_bytes=500 * GIB,
        devices=128,
        entries=100_000_000,
        files=5_000_000,
        rate=1000,
        device_rate=500,
    ),
}
"""Those that come with the server; its operator can define others under their names."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class NoSuchPlanError(Exception):
    """There is no plan of this name. ``swingtag-server plan list`` shows all."""


class BadPlanError(Exception):
    """A plan's name has 1 to 32 letters a-z, digits and hyphens; its limits are not negative."""


class PlanInUseError(Exception):
    """Tenants or invitations are on this plan. Put them on another one first."""


class PlanBook(Plans):
    """The plans that come with the server, and over them those that its operator defined.

    They are read each time: another process may have defined one.
    """

    def __init__(self, books: Books, built_in: Plans = PLANS) -> None:
        self._books = books
        self._built_in = built_in

    @override
    def __getitem__(self, name: str) -> Limits:
        return self._all()[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    @override
    def __len__(self) -> int:
        return len(self._all())

    def find(self, name: str) -> Limits:
        """Return a plan, or raise NoSuchPlanError."""
        found = self._all().get(name)
        if found is None:
            raise NoSuchPlanError
        return found

    def define(self, name: str, limits: Limits) -> bool:
        """Define a plan, or define it anew; tell whether that changed anything."""
        if not _NAME.fullmatch(name) or min(msgspec.structs.astuple(limits)) < 0:
            raise BadPlanError
        if self._all().get(name) == limits:
            return False
        self._books.define_plan(name, msgspec.json.encode(limits))
        return True

    def remove(self, name: str) -> None:
        """Forget a plan that was defined; one that comes with the server is as it came again."""
        self._books.remove_plan(name)

    def is_built_in(self, name: str) -> bool:
        """Tell whether a plan comes with the server."""
        return name in self._built_in

    def _all(self) -> dict[str, Limits]:
        defined = self._books.plans()
        return {
            **self._built_in,
            **{name: msgspec.json.decode(raw, type=Limits) for name, raw in defined.items()},
        }
