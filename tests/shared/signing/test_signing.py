"""Nothing but the signed bytes, by the owner of the key, ever verifies."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ids import DeviceId, TenantId
from shared.signing import (
    Credential,
    InvalidCredentialError,
    RequestSummary,
    SigningKey,
    Verdict,
    labelled,
    sign_request,
    verify,
)
from shared.signing.keys import _WEAK_KEYS
from shared.signing.requests import WINDOW_MILLIS

KEY = SigningKey.from_seed(bytes(range(32)))
ARTMATT, BEGIN = TenantId(b"a" * 32), TenantId(b"b" * 32)
DEVICE = DeviceId(b"d" * 16)
NOW = 1_790_000_000_000
REQUEST = RequestSummary.of("POST", "/v1/log?after=3", "Artmatt.Beanie.ty:8443", b"body")

parts = st.lists(st.binary(max_size=6), max_size=4)


@given(st.sampled_from(["a", "ab", "entry"]), parts, st.sampled_from(["a", "ab", "entry"]), parts)
def test_different_things_never_share_their_bytes(
    purpose: str, first: list[bytes], other: str, second: list[bytes]
) -> None:
    same = (purpose, first) == (other, second)
    assert (labelled(purpose, *first) == labelled(other, *second)) is same


@given(st.binary(max_size=100), st.integers(0, 64 * 8 - 1))
def test_a_flipped_bit_of_a_signature_or_message_is_noticed(message: bytes, bit: int) -> None:
    signature = KEY.sign(message)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert verify(KEY.public, signature, message)
    assert not verify(KEY.public, bytes(flipped), message)
    assert not verify(KEY.public, signature, message + b"\0")


@pytest.mark.parametrize("weak", sorted(_WEAK_KEYS))
@pytest.mark.parametrize("sign_bit", [0, 0x80])
def test_keys_of_small_order_verify_nothing(weak: bytes, sign_bit: int) -> None:
    """OpenSSL takes (identity, 0) as a signature of every second message under such a key."""
    key = weak[:-1] + bytes([weak[-1] | sign_bit])
    identity = b"\1" + bytes(31)
    tries = [
        verify(key, point + bytes(32), bytes([n])) for n in range(16) for point in (identity, weak)
    ]
    assert not any(tries)


@given(st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=10))
def test_hostile_bytes_are_no_reason_to_raise(
    public: bytes, signature: bytes, message: bytes
) -> None:
    assert verify(public, signature, message) is False


def test_secrets_stay_out_of_repr() -> None:
    assert str(KEY.seed) not in repr(KEY)


def test_a_request_is_good_for_its_tenant_device_and_time() -> None:
    header = sign_request(KEY, ARTMATT, DEVICE, REQUEST, NOW)
    credential = Credential.parse(header)
    assert (credential.tenant, credential.device, credential.millis) == (ARTMATT, DEVICE, NOW)
    assert credential.header == header
    same = RequestSummary.of("post", "/v1/log?after=3", "artmatt.beanie.TY:8443", b"body")
    assert credential.check(same, KEY.public, NOW + WINDOW_MILLIS) is Verdict.GOOD
    assert credential.check(same, KEY.public, NOW + WINDOW_MILLIS + 1) is Verdict.WRONG_TIME
    assert credential.check(same, KEY.public, NOW - WINDOW_MILLIS - 1) is Verdict.WRONG_TIME


@pytest.mark.parametrize(
    "request_seen",
    [
        RequestSummary.of("GET", "/v1/log?after=3", "artmatt.beanie.ty:8443", b"body"),
        RequestSummary.of("POST", "/v1/log?after=4", "artmatt.beanie.ty:8443", b"body"),
        RequestSummary.of("POST", "/v1/log?after=3", "begin.beanie.ty:8443", b"body"),
        RequestSummary.of("POST", "/v1/log?after=3", "artmatt.beanie.ty", b"body"),
        RequestSummary.of("POST", "/v1/log?after=3", "artmatt.beanie.ty:8443", b"bodY"),
    ],
)
def test_a_signature_serves_no_other_request(request_seen: RequestSummary) -> None:
    credential = Credential.parse(sign_request(KEY, ARTMATT, DEVICE, REQUEST, NOW))
    assert credential.check(request_seen, KEY.public, NOW) is Verdict.FORGED


def test_a_signature_serves_no_other_tenant_device_or_time() -> None:
    good = Credential.parse(sign_request(KEY, ARTMATT, DEVICE, REQUEST, NOW))
    for changed in (
        Credential(BEGIN, DEVICE, NOW, good.signature),
        Credential(ARTMATT, DeviceId(b"e" * 16), NOW, good.signature),
        Credential(ARTMATT, DEVICE, NOW + 1, good.signature),
    ):
        assert changed.check(REQUEST, KEY.public, NOW) is Verdict.FORGED


@settings(max_examples=200)
@given(
    st.text(max_size=220)
    | st.binary(max_size=150).map(lambda raw: f"Swingtag {base64.urlsafe_b64encode(raw).decode()}")
)
def test_an_unreadable_header_is_one_error(header: str) -> None:
    try:
        credential = Credential.parse(header)
    except InvalidCredentialError:
        return
    assert credential.check(REQUEST, KEY.public, NOW) is Verdict.FORGED


@pytest.mark.parametrize("text", ["!" * 160, "A" * 158 + "==", "A" * 159, "ä" * 160, "=" * 160])
def test_a_header_of_the_wrong_letters_or_length_is_refused(text: str) -> None:
    with pytest.raises(InvalidCredentialError):
        Credential.parse(f"Swingtag {text}")


def test_another_scheme_is_refused() -> None:
    header = sign_request(KEY, ARTMATT, DEVICE, REQUEST, NOW)
    assert Credential.parse(header.replace("Swingtag", "swingtag"))
    with pytest.raises(InvalidCredentialError):
        Credential.parse(header.replace("Swingtag", "Bearer"))
