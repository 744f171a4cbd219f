"""What keeps pictures from going across in one round, while everything else goes on."""

from dataclasses import dataclass, field

from desktop.sync.errors import DoorAwayError, DoorError, RefusedError, SyncError
from shared.ids import FileId
from shared.protocol.problems import Code

_NOT_THIS_ONE = {Code.QUOTA, Code.CHUNK_DIFFERS, Code.TOO_LARGE, Code.FILE_INCOMPLETE}
"""Refusals that say something of one file, and nothing of the next."""


@dataclass(slots=True)
class Setbacks:
    """One for all that moves pictures. ``sentence``: what to tell of it; empty if all went well.

    ``out_of_reach``: no picture can be had or brought just now. ``refused``: not to be sent again
    in this round.
    """

    sentence: str = ""
    out_of_reach: bool = False
    refused: set[FileId] = field(default_factory=set)

    def begin(self) -> None:
        """Begin a round: what was refused in the last one may be tried again."""
        self.sentence = ""
        self.out_of_reach = False
        self.refused.clear()

    def refuse(self, file: FileId, sentence: str) -> None:
        """Leave a file alone until the next round, and say why."""
        self.refused.add(file)
        self.sentence = sentence

    def bear(self, error: SyncError) -> None:
        """Keep what concerns pictures only as a sentence; raise everything else."""
        code = error.refusal.code if isinstance(error, RefusedError) else None
        if isinstance(error, DoorAwayError) or code is Code.FILES_AWAY:
            self.out_of_reach = True
        elif not isinstance(error, DoorError) and code not in _NOT_THIS_ONE:
            raise error
        self.sentence = error.sentence
