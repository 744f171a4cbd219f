import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from desktop.system.keychain import KeychainClosedError, SystemKeychain, find_keychain


class Drawer(KeyringBackend):
    """A keychain in memory that can be locked."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.locked = False
        self.texts = {}

    def get_password(self, service, username):
        self._check()
        return self.texts.get((service, username))

    def set_password(self, service, username, password):
        self._check()
        self.texts[service, username] = password

    def delete_password(self, service, username):
        self._check()
        if self.texts.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _check(self):
        if self.locked:
            raise KeyringLocked


def test_secrets_are_kept_by_name_and_apart():
    keychain = SystemKeychain(Drawer())
    keychain.keep("artmatt", b"\x00\xff" * 16)
    keychain.keep("begin", b"two")
    assert keychain.fetch("artmatt") == b"\x00\xff" * 16
    keychain.drop("artmatt")
    keychain.drop("artmatt")
    assert keychain.fetch("artmatt") is None
    assert keychain.fetch("begin") == b"two"


def test_what_another_program_put_there_is_no_secret_of_ours():
    drawer = Drawer()
    drawer.set_password("Swingtag", "artmatt", "not base 64!")
    assert SystemKeychain(drawer).fetch("artmatt") is None


def test_a_locked_keychain_says_so():
    drawer = Drawer()
    drawer.locked = True
    keychain = SystemKeychain(drawer)
    for attempt in (
        lambda: keychain.keep("artmatt", b""),
        lambda: keychain.fetch("artmatt"),
        lambda: keychain.drop("artmatt"),
    ):
        with pytest.raises(KeychainClosedError):
            attempt()


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring(), Drawer()])
def test_where_nothing_encrypts_there_is_no_keychain(backend):
    assert find_keychain(lambda: backend) is None
