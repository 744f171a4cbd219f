"""A second reader of pairings by files, written from docs/format.md alone, with nothing of ours."""

import hmac
import struct
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tests.shared.vectors.second_reader import (
    ZEROS,
    Chain,
    derive,
    label,
    need,
    open_box,
    read_chain,
    sha,
    unseal,
)

HEAD = struct.Struct(">4sBB16sQ32sI")
MOST = 8 * 1024 * 1024


class Joined(NamedTuple):
    digits: str
    chain: Chain
    keys: dict[int, bytes]
    server: str


def message(raw: bytes, part: int, pair: bytes, before: bytes) -> bytes:
    """What a file holds, if it is the next one of a pair."""
    need(HEAD.size + 32 <= len(raw) <= MOST)
    need(sha(raw[:-32]) == raw[-32:])
    magic, version, number, whose, _, answers, length = HEAD.unpack_from(raw)
    inner = raw[HEAD.size : -32]
    need((magic, version, number, whose) == (b"SWPR", 1, part, pair))
    need(length == len(inner))
    need(answers == (sha(before) if before else ZEROS))
    return inner


def join(files: list[bytes], private: list[bytes], device: bytes, box_seed: bytes) -> Joined:
    """Go through four files with the private keys of both sides."""
    pair = files[0][6:22]
    code = message(files[0], 1, pair, b"")
    version, named, commitment, secret = struct.unpack(">B16s32s16s", code)
    need((version, named) == (1, pair))
    offer = message(files[1], 2, pair, code)
    offered = unseal(secret, "pair/offer", pair, offer)
    reveal = message(files[2], 3, pair, offer)
    revealed = unseal(secret, "pair/reveal", pair, reveal)
    need(sha(label("pair/commitment", pair, revealed[:32])) == commitment)
    sessions = [
        session(key, other, code, offered)
        for key, other in zip(private, (offered[:32], revealed[:32]), strict=True)
    ]
    need(sessions[0] == sessions[1])
    key, digits = sessions[0]
    newcomer = unseal(key, "pair/newcomer", pair, revealed[32:])
    need(hmac.compare_digest(newcomer[:16], device))
    tenant = offered[32:]
    sealed = message(files[3], 4, pair, reveal)
    welcome: list[Any] = msgspec.msgpack.decode(unseal(key, "pair/welcome", pair, sealed))
    named, head, links, box, _, server, _, earlier = welcome
    need(named == tenant)
    chain = read_chain(tenant, links)
    need(sha(links[-1]) == head)
    keys = {}
    for epoch, one in enumerate((*earlier, box), 1):
        info = label("box/epoch", tenant, struct.pack(">I", epoch), device)
        keys[epoch] = open_box(box_seed, one, info)
        made = derive(keys[epoch], "epoch/commitment", struct.pack(">I", epoch))
        need(made == chain.commitments[epoch - 1])
    return Joined(digits, chain, keys, server)


def session(private: bytes, public: bytes, code: bytes, offered: bytes) -> tuple[bytes, str]:
    theirs = X25519PublicKey.from_public_bytes(public)
    shared = X25519PrivateKey.from_private_bytes(private).exchange(theirs)
    transcript = label("pair/transcript", code, offered)
    number = int.from_bytes(derive(shared, "pair/digits", transcript, length=8), "big")
    return derive(shared, "pair/session", transcript), f"{number % 1_000_000:06}"
