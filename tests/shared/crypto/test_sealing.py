"""What is sealed opens in its own place only, under one key only, and whole."""

import importlib
import itertools

import cryptography
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

import shared.crypto
from shared.crypto.boxes import BoxKey, close_box, close_epoch_box, open_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring, close_previous, commitment_of, open_previous
from shared.crypto.floor import OutdatedCryptographyError, demand
from shared.crypto.padding import BadPaddingError, pad, padded_length, unpad
from shared.crypto.randomness import BrokenRandomnessError, check_random
from shared.crypto.sealing import NotOpenedError, derive, open_sealed, seal
from shared.ids import TenantId
from tests.shared.crypto.two_keys import one_ciphertext_for_two_keys
from tests.shared.worlds import stream

ARTMATT, BEGIN = TenantId(b"a" * 32), TenantId(b"b" * 32)
KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
SALT = bytes(range(24))


@given(st.binary(max_size=500), st.binary(max_size=40))
def test_sealed_bytes_open_in_their_place(plain: bytes, context: bytes) -> None:
    sealed = seal(KEY, "entry", context, plain, SALT)
    assert open_sealed(KEY, "entry", context, sealed) == plain
    for key, purpose, place in (
        (OTHER, "entry", context),
        (KEY, "unlock", context),
        (KEY, "entry", context + b"\0"),
    ):
        with pytest.raises(NotOpenedError):
            open_sealed(key, purpose, place, sealed)


@settings(max_examples=300)
@given(st.data())
def test_no_changed_byte_opens(data: st.DataObject) -> None:
    sealed = seal(KEY, "entry", b"header", b"an edit", SALT)
    at = data.draw(st.integers(0, len(sealed) - 1))
    byte = data.draw(st.integers(1, 255))
    changed = sealed[:at] + bytes([sealed[at] ^ byte]) + sealed[at + 1 :]
    for hostile in (changed, sealed[:at], sealed + bytes([byte])):
        with pytest.raises(NotOpenedError):
            open_sealed(KEY, "entry", b"header", hostile)


def test_one_ciphertext_opens_under_two_keys_only_without_commitment() -> None:
    """A12: AES-GCM alone takes it twice (the control); sealed, it opens under neither or one."""
    first, second = one_time(KEY), one_time(OTHER)
    forged = one_ciphertext_for_two_keys(first[:2], second[:2], b"header")
    for key, nonce, _ in (first, second):
        assert AESGCM(key).decrypt(nonce, forged, b"header")
    assert open_sealed(KEY, "entry", b"header", SALT + first[2] + forged)
    for key, commitment in ((OTHER, first[2]), (KEY, second[2]), (KEY, bytes(32))):
        with pytest.raises(NotOpenedError):
            open_sealed(key, "entry", b"header", SALT + commitment + forged)


def one_time(key: bytes) -> tuple[bytes, bytes, bytes]:
    """Key, nonce and commitment as docs/format.md derives them."""
    made = derive(key, "entry", b"header", salt=SALT, length=76)
    return made[:32], made[32:44], made[44:]


@given(st.integers(0, 1 << 22))
def test_padding_tells_little_and_costs_little(length: int) -> None:
    padded = padded_length(length)
    assert padded == max(padded, length, 256)
    assert padded <= 256 or padded <= length * 1.12
    assert padded_length(padded) == padded
    bits = padded.bit_length()
    assert padded % (1 << (bits - 1 - (bits - 1).bit_length())) == 0


def test_there_are_few_lengths() -> None:
    assert len({padded_length(length) for length in range(0, 1 << 20, 61)}) < 300


@given(st.binary(max_size=3000), st.data())
def test_padding_comes_off_exactly(body: bytes, data: st.DataObject) -> None:
    padded = pad(body)
    assert unpad(padded) == body
    at = data.draw(st.integers(len(body) + 4, len(padded)))
    for hostile in (padded[:at], padded + b"\0", padded[:at] + b"\1" + padded[at + 1 :]):
        if hostile != padded:
            with pytest.raises(BadPaddingError):
                unpad(hostile)


def test_an_absurd_length_is_refused() -> None:
    for hostile in (b"", b"\0\0\0", b"\xff" * 256, (300).to_bytes(4) + bytes(252)):
        with pytest.raises(BadPaddingError):
            unpad(hostile)


def test_an_epoch_key_reaches_its_device_and_no_other() -> None:
    """A1, A6: hash and commitment stand in the link; tenant, epoch and device in the box."""
    random = stream("boxes")
    mine, other = DeviceKeys.generate(random), DeviceKeys.generate(random)
    commitment = commitment_of(KEY, 1)
    where = {"tenant": ARTMATT, "epoch": 1, "device": mine.device}
    box = close_epoch_box(mine.box.public, KEY, **where)
    assert len(box) == 1168
    assert open_epoch_box(mine.box, box, commitment, **where) == KEY
    with pytest.raises(NotOpenedError):
        open_epoch_box(other.box, box, commitment, **where)
    for wrong in ({"tenant": BEGIN}, {"epoch": 2}, {"device": other.device}):
        with pytest.raises(NotOpenedError):
            open_epoch_box(mine.box, box, commitment, **{**where, **wrong})
    swapped = close_epoch_box(mine.box.public, OTHER, **where)
    with pytest.raises(NotOpenedError):
        open_epoch_box(mine.box, swapped, commitment, **where)


def test_every_damaged_byte_of_a_box_is_noticed() -> None:
    mine = BoxKey.generate(stream("boxes"))
    box = close_box(mine.public, KEY, b"info")
    for at in range(0, len(box), 7):
        with pytest.raises(NotOpenedError):
            mine.open(box[:at] + bytes([box[at] ^ 1]) + box[at + 1 :], b"info")
        with pytest.raises(NotOpenedError):
            mine.open(box[:at], b"info")
    with pytest.raises(NotOpenedError):
        mine.open(box[:1088] + bytes(32) + box[1120:], b"info")  # a point of small order


def test_what_is_no_key_gets_no_box() -> None:
    good = BoxKey.generate(stream("boxes")).public
    for public in (b"", good[:-1], b"\xff" * 1216, good[:1184] + bytes(32)):
        with pytest.raises(NotOpenedError):
            close_box(public, KEY, b"info")


def test_the_key_before_lies_under_the_new_one() -> None:
    box = close_previous(OTHER, 2, KEY, ARTMATT, SALT)
    assert open_previous(OTHER, 2, box, ARTMATT, commitment_of(KEY, 1)) == KEY
    for key, epoch, tenant, commitment in (
        (KEY, 2, ARTMATT, commitment_of(KEY, 1)),
        (OTHER, 3, ARTMATT, commitment_of(KEY, 2)),
        (OTHER, 2, BEGIN, commitment_of(KEY, 1)),
        (OTHER, 2, ARTMATT, commitment_of(OTHER, 1)),
    ):
        with pytest.raises(NotOpenedError):
            open_previous(key, epoch, box, tenant, commitment)


def test_keys_of_tenants_epochs_and_spaces_differ() -> None:
    keys = {
        Keyring(tenant, {epoch: KEY}).space_key(epoch, space)
        for tenant in (ARTMATT, BEGIN)
        for epoch in (1, 2)
        for space in (bytes(16), b"s" * 16)
    }
    assert len(keys) == 8
    assert str(KEY) not in repr(Keyring(ARTMATT, {1: KEY}))


def test_keys_of_a_wrong_length_are_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(ARTMATT, {1: KEY[:-1]})
    with pytest.raises(ValueError, match="95"):
        BoxKey.from_seed(bytes(95))


def test_keys_show_no_secret() -> None:
    keys = DeviceKeys.generate(stream("repr"))
    assert str(keys.signing.seed) not in repr(keys)
    assert repr(keys.box) == "BoxKey()"


def test_the_same_seed_is_the_same_key() -> None:
    keys = BoxKey.generate(stream("one"))
    assert keys == BoxKey.from_seed(keys.seed) != BoxKey.generate(stream("other"))


@pytest.mark.parametrize("broken", [bytes, lambda n: b"x" * n, lambda n: b"abc"[: min(n, 3)]])
def test_broken_randomness_is_noticed(broken: object) -> None:
    """A13: constant or short."""
    with pytest.raises(BrokenRandomnessError):
        check_random(broken)  # type: ignore[arg-type]
    check_random(stream("fine"))


def test_randomness_that_changes_but_stays_the_same_within_is_broken() -> None:
    draws = itertools.count(1)
    with pytest.raises(BrokenRandomnessError):
        check_random(lambda count: bytes([next(draws)]) * count)


@pytest.mark.parametrize("version", ["43.0.3", "50.0.1", "50", "49.9.9", "50.0.2rc1"])
def test_the_floor_of_cryptography(version: str) -> None:
    if version.startswith("50.0.2"):
        demand(version)
    else:
        with pytest.raises(OutdatedCryptographyError, match="Install Swingtag again"):
            demand(version)


def test_nothing_of_crypto_loads_below_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cryptography, "__version__", "49.0.0")
    with pytest.raises(OutdatedCryptographyError):
        importlib.reload(shared.crypto)


def test_later_versions_of_cryptography_are_fine() -> None:
    for version in ("50.0.2", "50.1", "51.0.0.dev1"):
        demand(version)
