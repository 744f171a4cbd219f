"""A server that lost part of the chain of devices gets it back, as far as its boxes are here."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import takewhile

from desktop.sync.books import Books
from desktop.sync.chain import FalseChainError
from desktop.sync.courier import Courier
from desktop.sync.errors import SyncError
from shared.membership import InvalidChainError, LinkWithBoxes, find_fork
from shared.protocol.messages import ChainRequest, LinkParcel
from shared.signing import sha256


class ChainLostError(SyncError):
    """The server has lost part of the list of your devices, and this device cannot restore it.

    Sync the device that was the first of the collection, or the one that added the others.
    """


class ForkedChainError(SyncError):
    """Your devices were changed in two places that did not know of each other.

    This device and the server have different lists, both signed by you. Nothing is lost: edits stay
    here. Add and remove no device until you know which list is right, then let the devices of the
    other list join anew.
    """


def look_for_fork(courier: Courier, books: Books) -> None:
    """Raise ForkedChainError if the server's chain parts from ours and is as valid as ours is."""
    theirs = tuple(parcel.link for parcel in courier.chain().links)
    with suppress(InvalidChainError):
        if find_fork(books.links, theirs, books.membership.tenant) is not None:
            raise ForkedChainError


def restore_chain(courier: Courier, books: Books) -> None:
    """Give the server the links that it lacks, as far as their boxes are here.

    Raises ChainLostError if that is not even the first of them, and ForkedChainError.
    """
    links = books.links
    held = tuple(parcel.link for parcel in courier.chain().links)
    if held != links[: len(held)]:
        look_for_fork(courier, books)
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
    return tuple(takewhile(_is_whole, (LinkWithBoxes(at, boxes.get(at, ())) for at in links)))


def _is_whole(made: LinkWithBoxes) -> bool:
    try:
        made.check()
    except InvalidChainError:
        return False
    return True
