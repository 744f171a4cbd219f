"""The password opens the collection, at no less than the agreed cost a guess."""

import pytest

from shared.crypto.unlock import (
    CEILING,
    FLOOR,
    UNLOCK_BYTES,
    Cost,
    DamagedUnlockError,
    NewerUnlockError,
    UnacceptableCostError,
    WrongPasswordError,
    calibrate,
    change_password,
    unwrap,
    wrap,
)
from shared.signing import sha256
from tests.shared.worlds import stream

KEY = bytes(range(32))
BOX = wrap("Ünïque Bärchen ﬁ", KEY, stream("unlock"))


def repaired(box: bytes) -> bytes:
    """What an attacker does after a change: put the right hash behind it."""
    return box[:-32] + sha256(box[:-32])


def test_the_password_opens_however_it_is_composed() -> None:
    assert len(BOX) == UNLOCK_BYTES
    assert unwrap("U\u0308ni\u0308que Ba\u0308rchen fi", BOX) == KEY


@pytest.mark.parametrize("password", ["", "ünïque Bärchen ﬁ", "Ünïque Bärchen ﬁ ", "\ud800"])
def test_no_other_password_opens(password: str) -> None:
    with pytest.raises(WrongPasswordError):
        unwrap(password, BOX)


def test_a_password_change_keeps_the_key() -> None:
    changed = change_password(BOX, "Ünïque Bärchen ﬁ", "new", stream("change"))
    assert unwrap("new", changed) == KEY
    with pytest.raises(WrongPasswordError):
        unwrap("Ünïque Bärchen ﬁ", changed)


@pytest.mark.parametrize("at", range(0, UNLOCK_BYTES, 11))
def test_damage_is_told_from_a_wrong_password(at: int) -> None:
    with pytest.raises(DamagedUnlockError):
        unwrap("x", BOX[:at] + bytes([BOX[at] ^ 4]) + BOX[at + 1 :])
    with pytest.raises(DamagedUnlockError):
        unwrap("x", BOX[:at])


@pytest.mark.parametrize(
    ("memory_kib", "passes"),
    [
        (8, 3),
        (FLOOR.memory_kib - 1, 3),
        (FLOOR.memory_kib, 1),
        (FLOOR.memory_kib, 0),
        (64 * 1024 * 1024, 3),
        (2**32 - 1, 2**32 - 1),
        (CEILING.memory_kib, CEILING.passes + 1),
    ],
)
def test_a_cheap_or_absurd_cost_is_refused_before_any_work(memory_kib: int, passes: int) -> None:
    """A18: even the right password does nothing then."""
    head = BOX[:5] + memory_kib.to_bytes(4) + passes.to_bytes(4)
    with pytest.raises(UnacceptableCostError):
        unwrap("Ünïque Bärchen ﬁ", repaired(head + BOX[13:]))
    with pytest.raises(ValueError, match="bounds"):
        wrap("x", KEY, stream("x"), Cost(memory_kib, passes))


def test_the_cost_is_authenticated() -> None:
    """A higher cost within the bounds derives another key: it does not open either."""
    higher = BOX[:9] + (4).to_bytes(4) + BOX[13:]
    with pytest.raises(WrongPasswordError):
        unwrap("Ünïque Bärchen ﬁ", repaired(higher))


@pytest.mark.parametrize("start", [b"SWUM\1", b"SWUM\2", b"SWUN\0"])
def test_a_foreign_file_is_called_damaged(start: bytes) -> None:
    with pytest.raises(DamagedUnlockError):
        unwrap("Ünïque Bärchen ﬁ", repaired(start + BOX[5:]))


def test_a_newer_file_is_called_newer() -> None:
    for newer in (BOX[:4] + b"\2" + BOX[5:], b"SWUN\x09 all else unknown"):
        with pytest.raises(NewerUnlockError):
            unwrap("Ünïque Bärchen ﬁ", newer)


def test_a_database_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        wrap("x", KEY[:-1], stream("x"))


@pytest.mark.parametrize("at", [13, 20, 40, 60, 100])
def test_a_skilled_change_opens_nothing(at: int) -> None:
    changed = repaired(BOX[:at] + bytes([BOX[at] ^ 1]) + BOX[at + 1 :])
    with pytest.raises(WrongPasswordError):
        unwrap("Ünïque Bärchen ﬁ", changed)


def test_the_cost_grows_with_the_computer_but_never_shrinks() -> None:
    assert calibrate(lambda _: 99.0) == FLOOR
    assert calibrate(lambda cost: cost.memory_kib / (128 * 1024)) == Cost(128 * 1024)
    assert calibrate(lambda _: 0.0) == Cost(256 * 1024)
    assert calibrate(lambda _: 1.0) == Cost(256 * 1024), "one second is still fine"


def test_the_bounds_themselves_are_acceptable() -> None:
    for memory_kib in (FLOOR.memory_kib, CEILING.memory_kib):
        for passes in (FLOOR.passes, CEILING.passes):
            assert Cost(memory_kib, passes).acceptable
    assert not Cost(CEILING.memory_kib + 1).acceptable
