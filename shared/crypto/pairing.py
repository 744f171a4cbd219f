"""A new device joins: one text carried by hand, three messages, six digits compared.

No networking here; each step takes what came and returns the next stage.

    new device                                   device of the owner
    Waiting.start(...)   -> code, by hand ->     Greeting.answer(code, ...)
    waiting.meet(offer)  <- offer                |
    |                       reveal ->            greeting.meet(reveal)
    met.digits           -- compared by the person --  meeting.digits
    met.join(welcome)    <- welcome              meeting.welcome(...)

The messages are sealed under the secret of the code, so a server that carries them learns
nothing. Should somebody have seen or changed the code on its way, he is in the middle of a key
exchange whose first key was committed to before the second was known: the six digits then
agree with a chance of one in a million.
"""

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from shared.crypto.boxes import takes_boxes
from shared.crypto.devices import DeviceKeys
from shared.crypto.randomness import Random
from shared.crypto.sealing import NotOpenedError, derive, open_sealed, seal
from shared.envelope.entries import SALT_BYTES
from shared.ids import PAIR_BYTES, TENANT_BYTES, PairId, TenantId
from shared.membership import Newcomer
from shared.signing import labelled, sha256

CODE_PREFIX = "swingtag-"
_VERSION = 1
_KEY_BYTES = 32
_SECRET_BYTES = 16
_CODE = struct.Struct(f">B{PAIR_BYTES}s32s{_SECRET_BYTES}s")
_CHECK_BYTES = 4
_DIGITS = 6


class PairingError(ValueError):
    """The two devices did not find each other. Make a new code on the new device and try again."""


@dataclass(frozen=True, slots=True)
class Code:
    """What the new device shows as text: where to meet, the promise of its key, a secret."""

    pair: PairId
    commitment: bytes
    secret: bytes = field(repr=False)

    @property
    def raw(self) -> bytes:
        """The 65 bytes that the text stands for."""
        return _CODE.pack(_VERSION, self.pair, self.commitment, self.secret)

    @classmethod
    def unpack(cls, raw: bytes) -> "Code":
        """Read the 65 bytes again, or raise PairingError."""
        try:
            version, pair, commitment, secret = _CODE.unpack(raw)
        except struct.error as error:
            raise PairingError from error
        if version != _VERSION:
            raise PairingError
        return cls(PairId(pair), commitment, secret)

    @property
    def text(self) -> str:
        """The text to carry to the owner's device."""
        checked = self.raw + sha256(self.raw)[:_CHECK_BYTES]
        return CODE_PREFIX + base64.urlsafe_b64encode(checked).decode()

    @classmethod
    def parse(cls, text: str) -> "Code":
        """Read a pasted text, blanks and line breaks allowed, or raise PairingError."""
        packed = "".join(text.split()).removeprefix(CODE_PREFIX)
        try:
            checked = base64.b64decode(packed, b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise PairingError from error
        raw, check = checked[:-_CHECK_BYTES], checked[-_CHECK_BYTES:]
        if check != sha256(raw)[:_CHECK_BYTES]:
            raise PairingError
        return cls.unpack(raw)


class Welcome(msgspec.Struct, frozen=True, array_like=True):
    """What the owner's device hands over at the end.

    ``head`` is the hash of the last link; ``links`` the whole chain, or empty if the new device
    shall fetch it from the server (it must then end in ``head``). ``box`` holds the epoch's
    key. ``heads`` is the last entry of each stream: device 16 | incarnation 8 | seq 8 | hash 32.

    What follows goes with ``links``. ``server`` is the collection's address, or empty; ``boxes``
    are those of the first links, as far as they are at hand; ``earlier`` are boxes for the new
    device with the key of each epoch before the last.
    """

    tenant: bytes
    head: bytes
    links: tuple[bytes, ...]
    box: bytes
    heads: tuple[bytes, ...]
    server: str = ""
    boxes: tuple[tuple[bytes, ...], ...] = ()
    earlier: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Session:
    """What both ends of an undisturbed exchange have in common, and nobody else."""

    key: bytes = field(repr=False)
    digits: str

    @classmethod
    def of(
        cls, private: X25519PrivateKey, their_public: bytes, code: Code, offered: bytes
    ) -> "_Session":
        """Agree on a key; ``offered`` is what the owner's device sent: its key and the tenant."""
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(their_public))
        except ValueError as error:
            raise PairingError from error
        transcript = labelled("pair/transcript", code.raw, offered)
        number = int.from_bytes(derive(shared, "pair/digits", transcript, length=8))
        key = derive(shared, "pair/session", transcript)
        return cls(key, f"{number % 10**_DIGITS:0{_DIGITS}}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The new device shows its code and waits for the offer."""

    code: Code
    _private: bytes = field(repr=False)

    @classmethod
    def start(cls, random: Random) -> "Waiting":
        """Make a new code. It is good for one pairing, and for ten minutes."""
        private = random(_KEY_BYTES)
        pair = PairId(random(PAIR_BYTES))
        commitment = _commitment(pair, _public(private))
        return cls(Code(pair, commitment, random(_SECRET_BYTES)), private)

    def meet(self, offer: bytes, keys: DeviceKeys, random: Random) -> "Met":
        """Take the owner's offer and present the device that owns ``keys``."""
        offered = _open(self.code.secret, "pair/offer", self.code.pair, offer)
        if len(offered) != _KEY_BYTES + TENANT_BYTES:
            raise PairingError
        tenant = TenantId(offered[_KEY_BYTES:])
        private = X25519PrivateKey.from_private_bytes(self._private)
        session = _Session.of(private, offered[:_KEY_BYTES], self.code, offered)
        newcomer = keys.introduce(tenant).encode()
        inner = seal(session.key, "pair/newcomer", self.code.pair, newcomer, random(SALT_BYTES))
        revealed = _public(self._private) + inner
        reveal = seal(self.code.secret, "pair/reveal", self.code.pair, revealed, random(SALT_BYTES))
        return Met(tenant, session.digits, reveal, self.code, session)


@dataclass(frozen=True, slots=True)
class Met:
    """The new device has sent ``reveal`` and shows ``digits``.

    ``join`` only after the person said that both screens show the same digits.
    """

    tenant: TenantId
    digits: str
    reveal: bytes
    _code: Code
    _session: _Session

    def join(self, welcome: bytes) -> Welcome:
        """Open the owner's last message, or raise PairingError. The chain is still unchecked."""
        raw = _open(self._session.key, "pair/welcome", self._code.pair, welcome)
        try:
            opened = msgspec.msgpack.decode(raw, type=Welcome)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise PairingError from error
        if opened.tenant != self.tenant:
            raise PairingError
        return opened


@dataclass(frozen=True, slots=True)
class Greeting:
    """The owner's device has sent ``offer`` and waits for the new device to reveal itself."""

    code: Code
    offer: bytes
    _private: bytes = field(repr=False)
    _offered: bytes
    _tenant: TenantId

    @classmethod
    def answer(cls, code: Code, tenant: TenantId, random: Random) -> "Greeting":
        """Answer a code that was carried here by hand."""
        private = random(_KEY_BYTES)
        offered = _public(private) + tenant
        offer = seal(code.secret, "pair/offer", code.pair, offered, random(SALT_BYTES))
        return cls(code, offer, private, offered, tenant)

    def meet(self, reveal: bytes) -> "Meeting":
        """Take the new device's answer; raise PairingError unless it is who made the code."""
        revealed = _open(self.code.secret, "pair/reveal", self.code.pair, reveal)
        public, inner = revealed[:_KEY_BYTES], revealed[_KEY_BYTES:]
        if not hmac.compare_digest(_commitment(self.code.pair, public), self.code.commitment):
            raise PairingError
        private = X25519PrivateKey.from_private_bytes(self._private)
        session = _Session.of(private, public, self.code, self._offered)
        raw = _open(session.key, "pair/newcomer", self.code.pair, inner)
        try:
            newcomer = Newcomer.parse(raw)
        except struct.error as error:
            raise PairingError from error
        if not newcomer.proves(self._tenant) or not takes_boxes(newcomer.box_public):
            raise PairingError
        return Meeting(newcomer, session.digits, self.code, session)


@dataclass(frozen=True, slots=True)
class Meeting:
    """The owner's device shows ``digits`` and knows who wants to join.

    Sign the link that adds ``newcomer`` only after the person said that the digits agree.
    """

    newcomer: Newcomer
    digits: str
    _code: Code
    _session: _Session

    def welcome(self, content: Welcome, random: Random) -> bytes:
        """Seal the last message for the new device."""
        raw = msgspec.msgpack.encode(content)
        return seal(self._session.key, "pair/welcome", self._code.pair, raw, random(SALT_BYTES))


def _public(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _commitment(pair: PairId, public: bytes) -> bytes:
    return sha256(labelled("pair/commitment", pair, public))


def _open(key: bytes, purpose: str, pair: PairId, sealed: bytes) -> bytes:
    try:
        return open_sealed(key, purpose, pair, sealed)
    except NotOpenedError as error:
        raise PairingError from error
