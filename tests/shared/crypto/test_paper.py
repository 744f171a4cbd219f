"""24 words are a device."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from shared.crypto.paper import WrongWordsError, paper_device, secret_of, words_of


@given(st.binary(min_size=32, max_size=32))
def test_words_give_the_secret_again(secret: bytes) -> None:
    words = words_of(secret)
    assert len(words) == 24
    assert secret_of(" ".join(words)) == secret
    typed = "\n".join(f"{n}. {word[:4].upper()}" for n, word in enumerate(words, 1))
    assert secret_of(typed) == secret


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bear",
        "zoo " * 24,
        "abandon " * 24,
        "abandon " * 23 + "<b>",
        "abandon " * 25,
        "\ud800 " * 24,
    ],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(WrongWordsError):
        secret_of(text)


def test_what_stands_between_the_words_does_not_matter() -> None:
    words = words_of(bytes(32))
    assert set(words) == {"abandon", "art"}
    assert secret_of(" , ".join(words)) == bytes(32)
    assert secret_of(" ; ".join(f"{word}." for word in words)) == bytes(32)
    boxed = (Mnemonic("english").wordlist.index("box") << 256 - 11).to_bytes(32)
    assert secret_of(" ".join(words_of(boxed))) == boxed, "only signs fall off, no letter"


def test_words_are_made_of_32_bytes() -> None:
    with pytest.raises(ValueError, match="16"):
        words_of(bytes(16))


def test_two_words_swapped_are_noticed() -> None:
    words = list(words_of(bytes(range(32))))
    words[0], words[1] = words[1], words[0]
    with pytest.raises(WrongWordsError):
        secret_of(" ".join(words))


def test_the_same_words_are_always_the_same_device() -> None:
    first, again, other = paper_device(b"a" * 32), paper_device(b"a" * 32), paper_device(b"b" * 32)
    assert first == again
    assert {first.device, first.signing.public, first.box.public}.isdisjoint(
        {other.device, other.signing.public, other.box.public}
    )
