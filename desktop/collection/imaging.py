"""The seam to whoever can decode pictures; desktop.drawing implements it."""

from dataclasses import dataclass
from typing import Protocol


class NotAPictureError(ValueError):
    """That file is not a picture Swingtag can read. Use a JPEG, PNG, WebP or GIF."""


class BrokenPictureError(ValueError):
    """That picture is incomplete or damaged. Copy it from the camera again."""


class HugePictureError(ValueError):
    """That picture has over 40 megapixels (20 at 16 bits a colour) or 20 MiB. Shrink it first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture fit to keep.

    ``original`` has lost its location and camera data and kept its pixels, date and rotation;
    ``thumbnail`` is small, upright, of ``thumbnail_type``.
    """

    original: bytes
    media_type: str
    thumbnail: bytes
    thumbnail_type: str


class Imaging(Protocol):
    """Decodes what is added. Called on any thread."""

    def prepare(self, data: bytes) -> Prepared:
        """Check a picture and make it fit to keep.

        Raise NotAPictureError, BrokenPictureError or HugePictureError.
        """
