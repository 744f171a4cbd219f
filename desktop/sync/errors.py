"""What the world can do to a sync. Each class says its sentence to the person, whole."""

from inspect import cleandoc

from desktop.sync.refusal import Refusal
from shared.protocol.problems import Code


class SyncError(Exception):
    """The sync did not work this time. Your edits are safe here; Swingtag tries again."""

    retry_after = 0.0
    """Seconds for which the server asked to be left alone."""
    words = ""
    """The sentence, where it is not the same for the whole class."""
    passing = False
    """Whether it is likely to be over soon, without anybody doing anything."""

    @property
    def sentence(self) -> str:
        """What to show, with what to do next."""
        return self.words or _docstring(self)


class UnreachableError(SyncError):
    """The server does not answer. Your edits are safe here; Swingtag tries again by itself."""

    passing = True


class SilentProxyError(UnreachableError):
    """The proxy that is set on this computer does not answer. Your edits are safe here.

    Swingtag tries again by itself. In another network, take the proxy out of the settings.
    """


class ProxyError(SyncError):
    """The proxy of this network does not let Swingtag through. Check the proxy settings."""


class UnusableProxyError(ProxyError):
    """Swingtag cannot use the kind of proxy that is set on this computer, as SOCKS is one.

    Set an HTTP proxy (HTTPS_PROXY), or none for the server (NO_PROXY). Your edits are safe here.
    """


class CertificatesError(SyncError):
    """The list of trusted certificates cannot be read, so no secure connection can be made.

    Put SSL_CERT_FILE in this computer's settings right, or remove it. Your edits are safe here.
    """


class UntrustedServerError(SyncError):
    """The connection to the server is not secure: its certificate is not valid for this address.

    Nothing was sent. Check the address and this computer's date; on a strange network, sign in
    to it with a browser first.
    """


class NoSecureLineError(UntrustedServerError):
    """No secure connection to the server comes about, so nothing was sent. Check the address.

    On a strange network, sign in to it with a browser first.
    """


class NotASwingtagServerError(SyncError):
    """What answers at this address is not a Swingtag server, perhaps the network's sign-in page.

    Open a web page to sign in to the network, or check the server address.
    """


class ServerTroubleError(SyncError):
    """The server has a problem of its own. Your edits are safe here; Swingtag tries again."""

    passing = True

    def __init__(self, retry_after: float = 0.0) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class HiddenChangeError(SyncError):
    """The server says that your devices have a new key, and keeps back the change that made it.

    It may be hiding that a device was removed. Your edits stay here and nothing is sent under the
    old key. Compare your devices; if this stays, do not trust this server.
    """


class UnreadableReplyError(SyncError):
    """The server's answer cannot be read. Swingtag or the server needs an update."""


class RefusedError(SyncError):
    """The server said no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal
        self.retry_after = refusal.retry_after
        self.words = refusal.sentence
        self.passing = refusal.code in {Code.TOO_MANY, Code.UNAVAILABLE}


class HarmedPictureError(SyncError):
    """A photo that was not sent yet is damaged on this disk. Add it again, if you still have it."""


class DoorError(SyncError):
    """Large pictures could not be sent or fetched this time. Swingtag tries again by itself."""


class DoorAwayError(DoorError):
    """The place where the server keeps pictures does not answer. They follow by themselves."""

    passing = True


class DoorShutError(DoorError):
    """The place where the server keeps pictures refuses them. Tell the server's operator."""


class UnfitDoorError(DoorError):
    """The server names a place for pictures that is not secure, or in your own network.

    Swingtag does not go there. Tell the server's operator.
    """


class InvalidAddressError(SyncError):
    """There can be no server at such an address. Write it as beanie.ty or https://beanie.ty."""


def said(error: BaseException) -> str:
    """Return what an expected error of any layer says to the person."""
    if isinstance(error, SyncError):
        return error.sentence
    return _docstring(error)


def _docstring(error: BaseException) -> str:
    return " ".join(cleandoc(type(error).__doc__ or "").split())
