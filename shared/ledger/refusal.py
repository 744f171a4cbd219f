"""The one way in which the ledger says no."""

from enum import Enum


class Code(Enum):
    """Which check an entry failed, in the order of the checks. For the person, not the server.

    Of snapshots: PIECE is one that is not in its list, STATE pieces that do not add up to what was
    signed, BASE one that lacks what is known here already.
    """

    MALFORMED = "malformed"
    TENANT = "tenant"
    DEVICE = "device"
    SIGNATURE = "signature"
    SEQUENCE = "sequence"
    EQUIVOCATION = "equivocation"
    CUT = "cut"
    STREAMS = "streams"
    SEAL = "seal"
    PADDING = "padding"
    FRAME = "frame"
    HEADS = "heads"
    PIECE = "piece"
    STATE = "state"
    BASE = "base"
    FORK = "fork"

    @property
    def stops_stream(self) -> bool:
        """Whether this proves that a device wrote, or was shown, two different histories."""
        return self in {Code.EQUIVOCATION, Code.FORK}


class Refused(Exception):  # noqa: N818 - the word of the specification, read as "is refused"
    """What the server sent was not written by one of your devices, or was changed. It was ignored.

    Nothing has changed here. If it keeps happening, do not trust this server.
    """

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
