"""What waits for the collector's choice: two values, one number on two pieces, places in a circle.

Nothing of it blocks anything: the later value stands, both pieces keep the number, and the place
that was moved last lies in none until somebody chooses.
"""

from collections.abc import Callable, Mapping, Sequence

from desktop.collection.copies import Write
from desktop.collection.values import Choice, Circle, Conflict, SameNumber
from desktop.vault.vault import Records
from shared.domain.operations import Change, Put
from shared.domain.schema import Kind
from shared.ids import DeviceId, RecordId

Choose = Callable[[Mapping[int, Choice]], Change]


class Choices:
    """Each choice is a step that undo takes back. ``choose`` closes conflicts by number."""

    def __init__(self, records: Records, write: Write, choose: Choose) -> None:
        self._records = records
        self._write = write
        self._choose = choose

    @property
    def count(self) -> int:
        """How many choices wait."""
        return len(self._records.conflicts()) + self._records.clashes()

    def conflicts(self) -> list[Conflict]:
        """Return the fields of which two devices wrote different values."""
        return self._records.conflicts()

    def numbers(self) -> Sequence[SameNumber]:
        """Return the own numbers that stand on several pieces."""
        return self._records.same_numbers()

    def circles(self) -> Sequence[Circle]:
        """Return the places that were put into each other."""
        return self._records.circles()

    def settle(self, number: int, choice: Choice) -> Change:
        """Close one conflict."""
        return self._choose({number: choice})

    def take_all(self, device: DeviceId) -> Change:
        """Close all conflicts in which a device has a part, each as that device wrote it."""
        return self._choose(
            {
                each.number: Choice.STANDING if each.winner.device == device else Choice.OTHER
                for each in self._records.conflicts()
                if device in {each.winner.device, each.loser.device}
            }
        )

    def free_number(self, number: str) -> str:
        """Return the next number that no piece has."""
        return self._records.free_number(number)

    def renumber(self, copy: RecordId, number: str) -> Change:
        """Give a piece another own number."""
        return self._write(f"Number a piece {number}", [Put(Kind.COPY, copy, {"number": number})])

    def take_out(self, place: RecordId, name: str) -> Change:
        """Let a place lie in no other one, which opens the circle there."""
        put = Put(Kind.LOCATION, place, {"parent": None})
        return self._write(f"Take {name} out of its place", [put])
