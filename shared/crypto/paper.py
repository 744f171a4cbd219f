"""The paper device: 24 words that are a whole device, kept away from any computer."""

from mnemonic import Mnemonic

from shared.crypto.boxes import BOX_SEED_BYTES, BoxKey
from shared.crypto.devices import DeviceKeys
from shared.crypto.sealing import derive
from shared.ids import DEVICE_BYTES, DeviceId
from shared.signing import SigningKey

PAPER_BYTES = 32
WORDS = 24


class WrongWordsError(ValueError):
    """These are not the 24 words of an emergency kit. Compare each with the printed sheet."""


def words_of(secret: bytes) -> tuple[str, ...]:
    """Return the 24 English words (BIP 39) of 32 secret bytes; the last holds a checksum."""
    if len(secret) != PAPER_BYTES:
        raise ValueError(len(secret))
    return tuple(Mnemonic("english").to_mnemonic(secret).split())


def secret_of(text: str) -> bytes:
    """Read 24 words as a person types them, or raise WrongWordsError.

    Case, line breaks and numbers in front of the words do not matter; the first four letters
    of each word are enough.
    """
    wordlist = Mnemonic("english")
    typed = [word.strip(".,;:").lower() for word in text.split()]
    typed = [word for word in typed if word and not word.isdecimal()]
    full = " ".join(wordlist.expand_word(word) for word in typed)
    if len(typed) != WORDS or not wordlist.check(full):
        raise WrongWordsError
    return bytes(wordlist.to_entropy(full))


def paper_device(secret: bytes) -> DeviceKeys:
    """Return the device that the words stand for: always the same id and keys."""
    return DeviceKeys(
        DeviceId(derive(secret, "paper/device", length=DEVICE_BYTES)),
        SigningKey.from_seed(derive(secret, "paper/signing")),
        BoxKey.from_seed(derive(secret, "paper/box", length=BOX_SEED_BYTES)),
    )
