"""A server that lost part of the chain of devices gets it back, as far as its boxes are here."""

from desktop.sync.books import Books
from desktop.sync.chain import FalseChainError
from desktop.sync.courier import Courier
from desktop.sync.errors import SyncError
from shared.protocol.messages import ChainRequest, LinkParcel
from shared.signing import sha256


class ChainLostError(SyncError):
    """The server has lost part of the list of your devices, and this device cannot restore it.

    Sync the device that was the first of the collection, or the one that added the others.
    """


def restore_chain(courier: Courier, books: Books) -> None:
    """Give the server the links that it lacks; raise ChainLostError if it does not take them."""
    links = books.links
    held = tuple(parcel.link for parcel in courier.chain().links)
    if held != links[: len(held)]:
        raise FalseChainError
    boxes = {sha256(made.link): made.boxes for made in books.founding}
    missing = tuple(LinkParcel(link, boxes.get(sha256(link), ())) for link in links[len(held) :])
    if not held or not missing:
        raise ChainLostError
    courier.append_links(ChainRequest(sha256(held[-1]), missing))
