"""Two devices of one collector find each other, and nobody else finds in."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crypto.devices import DeviceKeys
from shared.crypto.pairing import Code, Greeting, PairingError, Waiting, Welcome
from shared.crypto.sealing import seal
from shared.ids import PairId, TenantId
from shared.membership import Newcomer
from shared.signing import labelled, sha256
from tests.shared.worlds import stream

ARTMATT, BEGIN = TenantId(b"a" * 32), TenantId(b"b" * 32)
KEYS = DeviceKeys.generate(stream("new device"))
WELCOME = Welcome(ARTMATT, b"h" * 32, (b"link 1", b"link 2"), b"box", (b"h" * 64,))


def test_an_undisturbed_pairing() -> None:
    random = stream("pairing")
    waiting = Waiting.start(random)
    greeting = Greeting.answer(Code.parse(waiting.code.text), ARTMATT, random)
    met = waiting.meet(greeting.offer, KEYS, random)
    meeting = greeting.meet(met.reveal)
    assert met.digits == meeting.digits
    assert len(met.digits) == 6
    assert met.digits.isdecimal()
    assert met.tenant == ARTMATT
    assert meeting.newcomer == KEYS.introduce(ARTMATT)
    assert met.join(meeting.welcome(WELCOME, random)) == WELCOME
    assert max(len(greeting.offer), len(met.reveal)) < 8 * 1024


def test_a_code_survives_line_breaks_and_no_typing_error() -> None:
    code = Waiting.start(stream("code")).code
    assert Code.parse(f"  {code.text[:30]}\n {code.text[30:]}\t") == code
    assert str(code.secret) not in repr(code)
    for at in range(len(code.text)):
        letter = "A" if code.text[at] != "A" else "B"
        with pytest.raises(PairingError):
            Code.parse(code.text[:at] + letter + code.text[at + 1 :])
        with pytest.raises(PairingError):
            Code.parse(code.text[:at])


def test_the_bytes_of_a_code_are_read_again_and_no_others() -> None:
    code = Waiting.start(stream("code")).code
    assert Code.unpack(code.raw) == code
    for raw in (b"", code.raw[:-1], code.raw + b"\0", b"\2" + code.raw[1:]):
        with pytest.raises(PairingError):
            Code.unpack(raw)


@given(st.text(max_size=120))
def test_no_text_is_a_reason_to_raise_anything_else(text: str) -> None:
    with pytest.raises(PairingError):
        Code.parse(text)


def test_a_server_without_the_code_can_only_break_it_off() -> None:
    """A3: it carries all messages, and replaces them by those of its own pairings."""
    random = stream("server")
    waiting, own = Waiting.start(random), Waiting.start(random)
    forged_code = replace(waiting.code, secret=own.code.secret)
    with pytest.raises(PairingError):
        waiting.meet(Greeting.answer(forged_code, BEGIN, random).offer, KEYS, random)
    greeting = Greeting.answer(waiting.code, ARTMATT, random)
    met = waiting.meet(greeting.offer, KEYS, random)
    meeting = greeting.meet(met.reveal)
    welcome = meeting.welcome(WELCOME, random)
    own_met = own.meet(Greeting.answer(own.code, ARTMATT, random).offer, KEYS, random)
    for hostile in (b"", own_met.reveal, met.reveal[:-1], greeting.offer):
        with pytest.raises(PairingError):
            greeting.meet(hostile)
    for hostile in (b"", met.reveal, greeting.offer, welcome[:-1], welcome + b"\0"):
        with pytest.raises(PairingError):
            met.join(hostile)


@settings(max_examples=60)
@given(st.integers(0, 1503 * 8), st.sampled_from(["offer", "reveal", "welcome"]))
def test_a_flipped_bit_breaks_it_off(bit: int, which: str) -> None:
    random = stream("flips")
    waiting = Waiting.start(random)
    greeting = Greeting.answer(waiting.code, ARTMATT, random)
    met = waiting.meet(greeting.offer, KEYS, random)
    welcome = greeting.meet(met.reveal).welcome(WELCOME, random)
    messages: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
        "offer": (greeting.offer, lambda hostile: waiting.meet(hostile, KEYS, random)),
        "reveal": (met.reveal, greeting.meet),
        "welcome": (welcome, met.join),
    }
    message, take = messages[which]
    flipped = bytearray(message)
    flipped[bit // 8 % len(message)] ^= 1 << bit % 8
    with pytest.raises(PairingError):
        take(bytes(flipped))


def test_whoever_saw_the_code_cannot_become_the_new_device() -> None:
    """The commitment in the code holds the key: another one is refused."""
    random = stream("seen")
    waiting = Waiting.start(random)
    thief = replace(Waiting.start(random), code=waiting.code)
    greeting = Greeting.answer(waiting.code, ARTMATT, random)
    with pytest.raises(PairingError):
        greeting.meet(thief.meet(greeting.offer, KEYS, random).reveal)


def test_whoever_changed_the_code_is_seen_in_the_digits() -> None:
    """In the middle, with both secrets: the digits of the two screens agree only by luck."""
    random = stream("middle")
    agreed = 0
    for _ in range(150):
        victim, mallory = Waiting.start(random), Waiting.start(random)
        owner = Greeting.answer(mallory.code, ARTMATT, random)
        shown_by_owner = owner.meet(mallory.meet(owner.offer, KEYS, random).reveal).digits
        fake_owner = Greeting.answer(victim.code, ARTMATT, random)
        shown_by_victim = victim.meet(fake_owner.offer, KEYS, random).digits
        agreed += shown_by_owner == shown_by_victim
    assert agreed == 0


def test_a_welcome_to_another_tenant_is_refused() -> None:
    random = stream("tenants")
    waiting = Waiting.start(random)
    greeting = Greeting.answer(waiting.code, ARTMATT, random)
    met = waiting.meet(greeting.offer, KEYS, random)
    other = Welcome(BEGIN, b"h" * 32, (), b"box", ())
    with pytest.raises(PairingError):
        met.join(greeting.meet(met.reveal).welcome(other, random))


def test_a_hostile_owner_is_refused_by_the_new_device() -> None:
    """Somebody who has the code may send anything; it ends in PairingError all the same."""
    random = stream("hostile owner")
    waiting = Waiting.start(random)
    code = waiting.code
    for offered in (b"", b"short", bytes(32) + ARTMATT, b"k" * 65):
        offer = seal(code.secret, "pair/offer", code.pair, offered, random(24))
        with pytest.raises(PairingError):
            waiting.meet(offer, KEYS, random)
    met = waiting.meet(Greeting.answer(code, ARTMATT, random).offer, KEYS, random)
    genuine = msgspec.msgpack.encode(WELCOME)
    nested = bytes([genuine[0] + 1]) + genuine[1:] + b"\x91" * 100_000 + b"\x90"
    for content in (b"", b"\xc1", b"\x90", b"\x95\x01\x01\x01\x01\x01", nested):
        welcome = seal(met._session.key, "pair/welcome", code.pair, content, random(24))
        with pytest.raises(PairingError):
            met.join(welcome)


def test_a_hostile_new_device_is_refused_by_the_owner() -> None:
    random = stream("hostile newcomer")
    waiting = Waiting.start(random)
    code = waiting.code
    greeting = Greeting.answer(code, ARTMATT, random)
    session = waiting.meet(greeting.offer, KEYS, random)._session
    public = X25519PrivateKey.from_private_bytes(waiting._private).public_key().public_bytes_raw()
    unboxable = Newcomer.introduce(KEYS.signing, ARTMATT, KEYS.device, b"\xff" * 1216)
    for newcomer in (
        b"",
        KEYS.introduce(ARTMATT).encode()[:-1],
        KEYS.introduce(BEGIN).encode(),
        unboxable.encode(),
    ):
        inner = seal(session.key, "pair/newcomer", code.pair, newcomer, random(24))
        reveal = seal(code.secret, "pair/reveal", code.pair, public + inner, random(24))
        with pytest.raises(PairingError):
            greeting.meet(reveal)


def test_a_key_without_effect_is_refused_though_it_was_committed_to() -> None:
    """X25519 with a point of small order gives zeros to everybody."""
    random = stream("zeros")
    pair, secret = PairId(b"p" * 16), b"s" * 16
    code = Code(pair, sha256(labelled("pair/commitment", pair, bytes(32))), secret)
    greeting = Greeting.answer(code, ARTMATT, random)
    with pytest.raises(PairingError):
        greeting.meet(seal(secret, "pair/reveal", pair, bytes(32) + bytes(100), random(24)))
