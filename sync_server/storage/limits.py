"""What a tenant may fill, and how often it may ask."""

from dataclasses import dataclass

import msgspec


@dataclass(frozen=True, slots=True)
class Room:
    """How much there may be of something: bytes, and how many of them."""

    bytes: int
    count: int


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """A plan: bytes and number of entries and of attachments, live devices, requests a second.

    ``rate`` is that of the whole tenant, ``device_rate`` that of each of its devices; 0: any.
    """

    log_bytes: int
    file_bytes: int
    devices: int
    entries: int = 10_000_000
    files: int = 1_000_000
    rate: float = 200
    device_rate: float = 100

    @property
    def log_room(self) -> Room:
        """What the log may hold."""
        return Room(self.log_bytes, self.entries)

    @property
    def file_room(self) -> Room:
        """What all attachments together may hold."""
        return Room(self.file_bytes, self.files)
