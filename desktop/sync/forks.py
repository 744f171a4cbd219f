"""Two valid lists of one collection's devices: kept, shown, and joined once a person has chosen.

A server's list only grows, and every device that met it holds it: so it is the trunk. The choice is
whether what was changed on this side is done again on top of it. A device that was let in on this
side is let in again either way, with the keys that it has.
"""

from collections.abc import Callable

from desktop.sync.books import Books
from desktop.sync.chain import Chain, ChainDoor, MissingKeyError, admission, append
from desktop.sync.kit_change import kit_link
from desktop.sync.removal import wish, wish_role
from desktop.sync.two_lists import (
    Choice,
    EntangledForkError,
    ForkedChainError,
    chosen,
    forget_theirs,
    keep_theirs,
    why_not_followed,
)
from desktop.vault.identity import Identity, add_founding
from desktop.vault.vault import Secrets
from shared.crypto.epochs import Keyring
from shared.crypto.randomness import Random
from shared.domain.operations import Change
from shared.domain.schema import Kind
from shared.ids import RecordId
from shared.membership import (
    Fork,
    InvalidChainError,
    Link,
    LinkWithBoxes,
    Membership,
    Role,
    find_fork,
)
from shared.membership.bodies import Admission, Recovery, Revocation, RoleChange, parse_body

_LABEL = "Two lists of devices"
_Make = Callable[[Chain], LinkWithBoxes]


class Forks:
    """Looks for the other list and follows it when that was chosen. One thread uses it."""

    def __init__(
        self,
        books: Books,
        courier: ChainDoor,
        secrets: Secrets,
        random: Random,
        changed: Callable[[Change], None],
    ) -> None:
        self._books = books
        self._courier = courier
        self._secrets = secrets
        self._random = random
        self._changed = changed

    def meet(self) -> bool:
        """Look at the server's list; true if this device follows it from now on.

        Raises ForkedChainError if a person is to choose first, and EntangledForkError,
        UnnamedByForkError, PutOutByForkError if it cannot be followed from here.
        """
        theirs = Chain.read(self._courier.chain().links, self._books.membership.tenant)
        try:
            fork = find_fork(self._books.links, theirs.links, theirs.membership.tenant)
        except InvalidChainError:
            return False
        if fork is None:
            self.forget()
            return False
        if keep_theirs(self._secrets, theirs.links):
            self._announce()
        in_the_way = why_not_followed(theirs.membership, self._books.identity.keys.device)
        if in_the_way is not None:
            raise in_the_way
        choice = chosen(self._secrets)
        if choice is None:
            raise ForkedChainError
        self._follow(fork, theirs, choice)
        self.forget()
        return True

    def forget(self) -> None:
        """Show no other list any more: there is only one."""
        if forget_theirs(self._secrets):
            self._announce()

    def _announce(self) -> None:
        devices = frozenset(RecordId(device) for device in self._books.membership.devices)
        self._changed(Change(_LABEL, {Kind.DEVICE: devices}, remote=True))

    def _follow(self, fork: Fork, chain: Chain, choice: Choice) -> None:
        keys, keyring = self._books.identity.keys, self._books.identity.keyring
        common = {e: key for e, key in keyring.epoch_keys.items() if e <= fork.common.epoch}
        opened = chain.open_keys(keys, Keyring(keyring.tenant, common))
        if not opened.has(chain.membership.epoch):
            raise MissingKeyError
        identity = Identity(keys, opened)
        if chain.membership.devices[keys.device].may_manage:
            chain, identity = self._do_again(fork, chain, identity, choice)
        if self._books.is_entangled(chain.membership, fork.common.epoch):
            raise EntangledForkError
        add_founding(self._secrets, chain.whole)
        self._changed(self._books.follow(chain, identity, fork.common))

    def _do_again(
        self, fork: Fork, chain: Chain, identity: Identity, choice: Choice
    ) -> tuple[Chain, Identity]:
        """Let in again whom this side had let in; wish again for all else that it had done."""
        for raw in fork.ours:
            make = self._again(raw, chain.membership, identity, choice)
            if make is not None:
                chain, made = append(self._courier, chain, make)
                add_founding(self._secrets, (made,))
                opened = chain.open_keys(identity.keys, identity.keyring)
                identity = Identity(identity.keys, opened)
        return chain, identity

    def _again(
        self, raw: bytes, now: Membership, identity: Identity, choice: Choice
    ) -> _Make | None:
        body = parse_body(Link.parse(raw))
        match body:
            case Admission(newcomer) if newcomer.device not in now.devices:
                return lambda at: admission(at.membership, identity, newcomer)
            case Recovery(paper) if choice is Choice.AGAIN and paper.device not in now.devices:
                return lambda at: kit_link(at.membership, identity, paper, self._random)
            case Revocation(device) if choice is Choice.AGAIN and device in now.devices:
                wish(self._secrets, device)
            case RoleChange(device, role) if choice is Choice.AGAIN and device in now.devices:
                if device != identity.keys.device and now.devices[device].role is not role:
                    wish_role(self._secrets, device, Role(role))
            case _:
                pass
        return None
