"""A server that lost part of the chain of devices gets it back, as far as its boxes are here."""

from collections.abc import Sequence
from itertools import takewhile

from desktop.sync.books import Books
from desktop.sync.chain import FalseChainError
from desktop.sync.courier import Courier
from desktop.sync.errors import SyncError
from shared.membership import InvalidChainError, LinkWithBoxes
from shared.protocol.messages import ChainRequest, LinkParcel
from shared.signing import sha256


class ChainLostError(SyncError):
    """The server has lost part of the list of your devices, and this device cannot restore it.

    Sync the device that was the first of the collection, or the one that added the others.
    """


def restore_chain(courier: Courier, books: Books) -> None:
    """Give the server the links that it lacks, as far as their boxes are here.

    Raises ChainLostError if that is not even the first of them, FalseChainError for others.
    """
    links = books.links
    held = tuple(parcel.link for parcel in courier.chain().links)
    if held != links[: len(held)]:
        raise FalseChainError
    missing = whole_links(links[len(held) :], books.founding)
    if not held or not missing:
        raise ChainLostError
    parcels = tuple(LinkParcel(made.link, made.boxes) for made in missing)
    courier.append_links(ChainRequest(sha256(held[-1]), parcels))


def whole_links(
    links: Sequence[bytes], founding: Sequence[LinkWithBoxes]
) -> tuple[LinkWithBoxes, ...]:
    """Return the first of these links with their boxes, up to one whose boxes are elsewhere."""
    boxes = {made.link: made.boxes for made in founding}
    return tuple(takewhile(is_whole, (LinkWithBoxes(at, boxes.get(at, ())) for at in links)))


def is_whole(made: LinkWithBoxes) -> bool:
    """Tell whether an accepted link has all of its boxes with it."""
    try:
        made.check()
    except InvalidChainError:
        return False
    return True
