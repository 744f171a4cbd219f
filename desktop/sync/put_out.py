"""A server's word that this device was removed: believed once the signed list shows it."""

from desktop.sync.books import Books
from desktop.sync.chain import Chain, ChainDoor, FalseChainError
from desktop.sync.errors import RefusedError
from desktop.sync.refusal import Refusal


class PutOutError(RefusedError):
    """Another of your devices removed this one from the collection, and signed it.

    What this one holds can still be read and exported here.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.words = ""


class UnprovenRemovalError(RefusedError):
    """The server says that this device was removed, and shows no list signed by you that says so.

    Look at your devices on another one. If this one is still among them, do not trust this server.
    Edits stay here.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.words = ""


def judge_removal(door: ChainDoor, books: Books, refusal: Refusal) -> RefusedError:
    """Ask for the signed list up to the link that put this device out; say what it proves.

    Raises SyncError if the server cannot be asked.
    """
    try:
        there = Chain.fetch(door, books.membership.tenant)
    except (FalseChainError, RefusedError):
        return UnprovenRemovalError(refusal)
    me = there.membership.devices.get(books.identity.keys.device)
    is_proven = me is not None and not me.live
    return PutOutError(refusal) if is_proven else UnprovenRemovalError(refusal)
