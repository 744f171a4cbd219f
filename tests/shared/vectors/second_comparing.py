"""What two sides compare, read a second time from docs/format.md and docs/protocol.md alone."""

import struct
from typing import Any

from mnemonic import Mnemonic

from tests.shared.vectors.second_reader import Chain, label, need, sha

BIP_39 = Mnemonic("english").wordlist


def counting(chain: Chain, heads: dict[bytes, tuple[int, bytes]]) -> list[bytes]:
    """Return the lines of the heads that count, by stream: number and hash of the last entry."""
    lines = []
    for stream, head in heads.items():
        cuts: Any = chain.members[stream[:16]]["cuts"]
        cut = head if cuts is None else cuts.get(stream[16:])
        if cut is not None:
            seq, last = min(head, cut, key=lambda each: each[0])
            lines.append(stream + struct.pack(">Q", seq) + last)
    return sorted(lines)


def digest(lines: list[bytes]) -> bytes:
    return sha(label("heads", *sorted(lines)))


def words_of(raw: bytes, count: int) -> list[str]:
    bits = bin(int.from_bytes(b"\1" + raw, "big"))[3:]
    return [BIP_39[int(bits[n * 11 : n * 11 + 11], 2)] for n in range(count)]


def six_words(tenant: bytes, last_link: bytes, lines: list[bytes]) -> list[str]:
    return words_of(sha(label("compare", tenant, last_link, digest(lines))), 6)


def mark(tenant: bytes, last_link: bytes, links: int) -> str:
    return "-".join([str(links), *words_of(sha(label("kit/mark", tenant, last_link)), 3)])


def possession(challenge: bytes, chunks: list[bytes]) -> bytes:
    return sha(label("possession", challenge) + b"".join(chunks))


def solves(proof: bytes) -> bool:
    bits = proof[8]
    return len(proof) == 33 and int.from_bytes(sha(proof), "big") < 1 << 256 - bits


def record_id(kind: str, *names: str) -> bytes:
    made = bytearray(sha(label("record", kind.encode(), *(name.encode() for name in names)))[:16])
    made[6] = 0x80 | made[6] & 0x0F
    made[8] = 0x80 | made[8] & 0x3F
    return bytes(made)


def secret_of(words: list[str]) -> bytes:
    """Return the 32 bytes behind 24 words."""
    bits = "".join(f"{BIP_39.index(word):011b}" for word in words)
    raw = int(bits, 2).to_bytes(33, "big")
    need(raw[32] == sha(raw[:32])[0])
    return raw[:32]
