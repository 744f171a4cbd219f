"""Hashes as words: the words of BIP 39, from the first bits."""

from mnemonic import Mnemonic

from shared.crypto.spoken import spoken

WORDS = Mnemonic("english").wordlist


def test_the_first_bits_choose_the_words():
    digest = (0b00000000001_00000000010_11111111111 << 256 - 33).to_bytes(32)
    assert spoken(digest, 3) == (WORDS[1], WORDS[2], WORDS[2047])
    assert spoken(digest) == (WORDS[1], WORDS[2], WORDS[2047], WORDS[0], WORDS[0], WORDS[0])


def test_what_comes_after_them_does_not_count():
    assert spoken(b"\x12" * 9 + b"\0" * 23) == spoken(b"\x12" * 9 + b"\xff" * 23)
    assert spoken(b"\x12" * 32) != spoken(b"\x13" * 32)
