"""Before a link is signed: the server's list, which must go on from the one that is here.

A link signed on top of anything else would be no part of this device's list, and a list that is
none opens nothing any more.
"""

from desktop.sync.books import Books
from desktop.sync.chain import Chain
from desktop.sync.courier import Courier
from desktop.sync.restoring import ChainLostError, restore_chain
from desktop.sync.two_lists import ForkedChainError, keep_theirs
from desktop.vault.vault import Secrets


def fetch_trunk(courier: Courier, books: Books, secrets: Secrets) -> Chain:
    """Fetch the server's list; what it has lost of ours it is given back first.

    Raises ForkedChainError if it parts from ours: then the other one is kept, to be chosen
    between. Raises ChainLostError, FalseChainError, and what Courier raises.
    """
    tenant, ours = books.membership.tenant, Chain(books.membership, books.links, ())
    there = Chain.fetch(courier, tenant)
    if ours.goes_on_from(there) and there.links != ours.links:
        restore_chain(courier, books)
        there = Chain.fetch(courier, tenant)
    if there.goes_on_from(ours):
        return there
    if ours.goes_on_from(there):
        raise ChainLostError
    keep_theirs(secrets, there.links)
    raise ForkedChainError
