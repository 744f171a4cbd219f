"""The keychain of the operating system, where there is one.

Everything works without it. Who asks gets an honest answer, so that the screen can say what is
then not possible: opening without a password, and noticing that a whole folder was put back.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Protocol

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

_TRUSTED_MODULES = (
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.macOS",
)
"""Those that encrypt. Others write secrets into a plain file, or nowhere."""
SERVICE = "Swingtag"


class KeychainClosedError(OSError):
    """The computer's keychain did not open. Unlock it, or type your password instead."""


class Keychain(Protocol):
    """Keeps small secrets by name."""

    def keep(self, name: str, secret: bytes) -> None:
        """Store a secret, in place of one of that name; raise KeychainClosedError."""

    def fetch(self, name: str) -> bytes | None:
        """Return the secret of that name, if there is one; raise KeychainClosedError."""

    def drop(self, name: str) -> None:
        """Remove the secret of that name, if there is one; raise KeychainClosedError."""


class SystemKeychain:
    """The operating system's own."""

    def __init__(self, backend: KeyringBackend, service: str = SERVICE) -> None:
        self._backend = backend
        self._service = service

    def keep(self, name: str, secret: bytes) -> None:
        """Store a secret, in place of one of that name."""
        text = base64.b64encode(secret).decode("ascii")
        try:
            self._backend.set_password(self._service, name, text)
        except KeyringError as error:
            raise KeychainClosedError from error

    def fetch(self, name: str) -> bytes | None:
        """Return the secret of that name; None if there is none or it is not one of ours."""
        try:
            text = self._backend.get_password(self._service, name)
        except KeyringError as error:
            raise KeychainClosedError from error
        try:
            return None if text is None else base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return None

    def drop(self, name: str) -> None:
        """Remove the secret of that name, if there is one."""
        try:
            self._backend.delete_password(self._service, name)
        except PasswordDeleteError:
            return
        except KeyringError as error:
            raise KeychainClosedError from error


def find_keychain(
    detect: Callable[[], KeyringBackend] = keyring.get_keyring,
) -> SystemKeychain | None:
    """Return the system's keychain, or None where there is none that encrypts."""
    backend = detect()
    for candidate in getattr(backend, "backends", None) or [backend]:
        if type(candidate).__module__.startswith(_TRUSTED_MODULES):
            return SystemKeychain(candidate)
    return None
