"""A second reader of suite 1, written from docs/format.md alone. Imports nothing of ours.

It only reads, and only raises ``Bad``. What it and the program disagree on is a defect in one
of them, or in the text.
"""

import hashlib
import hmac
import struct
import unicodedata

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

ZEROS = bytes(32)


class Bad(Exception):  # noqa: N818 - short for the one thing that can happen
    pass


def need(condition: object) -> None:
    if not condition:
        raise Bad


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def label(purpose: str, *parts: bytes) -> bytes:
    pieces = [b"swingtag/1/" + purpose.encode(), *parts]
    return b"".join(struct.pack(">I", len(piece)) + piece for piece in pieces)


def extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.new(salt or ZEROS, secret, "sha256").digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    out, block, n = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([n]), "sha256").digest()
        out, n = out + block, n + 1
    return out[:length]


def derive(key: bytes, purpose: str, *parts: bytes, salt: bytes = b"", length: int = 32) -> bytes:
    return expand(extract(salt, key), label(purpose, *parts), length)


def signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def unseal(secret: bytes, purpose: str, context: bytes, sealed: bytes) -> bytes:
    salt, commitment, ciphertext = sealed[:24], sealed[24:56], sealed[56:]
    made = derive(secret, purpose, context, salt=salt, length=76)
    need(made[44:] == commitment)
    try:
        return AESGCM(made[:32]).decrypt(made[32:44], ciphertext, context)
    except InvalidTag as error:
        raise Bad from error


def padded_length(n: int) -> int:
    if n <= 256:
        return 256
    e = n.bit_length() - 1
    step = 2 ** (e - (e.bit_length()))
    return -(-n // step) * step


def unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:4], "big")
    need(len(padded) == padded_length(4 + length))
    need(set(padded[4 + length :]) <= {0})
    return padded[4 : 4 + length]


def open_box(seed: bytes, box: bytes, info: bytes) -> bytes:
    """HPKE base mode; the KEM is X-Wing, number 0x647a."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:64])
    x25519 = X25519PrivateKey.from_private_bytes(seed[64:])
    theirs = box[1088:1120]
    shared = hashlib.sha3_256(
        mlkem.decapsulate(box[:1088])
        + x25519.exchange(X25519PublicKey.from_public_bytes(theirs))
        + theirs
        + x25519.public_key().public_bytes_raw()
        + b"\\.//^\\"
    ).digest()
    suite = b"HPKE" + bytes.fromhex("647a 0001 0002")

    def lextract(salt: bytes, name: bytes, secret: bytes) -> bytes:
        return extract(salt, b"HPKE-v1" + suite + name + secret)

    def lexpand(prk: bytes, name: bytes, context: bytes, length: int) -> bytes:
        head = struct.pack(">H", length) + b"HPKE-v1" + suite + name
        return expand(prk, head + context, length)

    context = b"\0" + lextract(b"", b"psk_id_hash", b"") + lextract(b"", b"info_hash", info)
    secret = lextract(shared, b"secret", b"")
    key, nonce = lexpand(secret, b"key", context, 32), lexpand(secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, box[1120:], b"")


def unlock(password: str, box: bytes) -> bytes:
    magic, version, memory, passes, salt = struct.unpack(">4sBII16s", box[:29])
    need((magic, version) == (b"SWUN", 1))
    need(sha(box[:-32]) == box[-32:])
    argon2 = Argon2id(salt=salt, length=32, iterations=passes, lanes=4, memory_cost=memory)
    stretched = argon2.derive(unicodedata.normalize("NFKC", password).encode())
    return unseal(stretched, "unlock", box[:29], box[29:-32])


class Chain:
    """The rules of links, kept as plainly as the text has them."""

    def __init__(self, tenant: bytes) -> None:
        self.tenant, self.links = tenant, 0
        self.head, self.epoch = ZEROS, 1
        self.members: dict[bytes, dict[str, object]] = {}
        self.commitments: list[bytes] = []

    def live(self) -> set[bytes]:
        return {device for device, member in self.members.items() if member["live"]}

    def take(self, raw: bytes) -> None:
        need(122 <= len(raw) <= 65_536)
        magic, suite, kind, n, prev, signer = struct.unpack(">4sBBI32s16s", raw[:58])
        signature, body = raw[58:122], raw[122:]
        need((magic, suite, n, prev) == (b"SWTL", 1, self.links + 1, self.head))
        if n == 1:
            need(kind == 1)
            need(sha(raw) == self.tenant)
            need(body[:16] == signer)
            public = body[16:48]
        else:
            need(kind in {2, 3, 4, 5, 6})
            need(signer in self.live())
            need(self.members[signer]["role"] in {1, 4})
            public = self.members[signer]["signing"]  # type: ignore[assignment] - bytes by construction
        need(signed(public, signature, label("link", raw[:58], sha(body))))
        {
            1: self.genesis,
            2: self.add,
            3: self.revoke,
            4: self.rotate,
            5: self.role,
            6: self.recover,
        }[kind](body)
        need((self.members[body[:16]]["role"] == 4) if n == 2 else True)
        need(any(self.members[device]["role"] == 1 for device in self.live()))
        self.links, self.head = n, sha(raw)

    def newcomer(self, raw: bytes, role: int, tenant: bytes) -> None:
        device, signing, box, proof = raw[:16], raw[16:48], raw[48:1264], raw[1264:1328]
        known = self.members.values()
        need(device not in self.members)
        need(all(signing != member["signing"] and box != member["box"] for member in known))
        need(signed(signing, proof, label("member", tenant, device, signing, box)))
        cuts = None if role in {1, 2} else {}
        member = {"role": role, "signing": signing, "box": box, "live": True, "cuts": cuts}
        self.members[device] = member

    def genesis(self, body: bytes) -> None:
        need(len(body) == 1397)
        need(body[1328:1333] == b"\1\0\0\0\1")
        need(body[1365:] == ZEROS)
        self.commitments.append(body[1333:1365])
        self.newcomer(body, 1, ZEROS)

    def add(self, body: bytes) -> None:
        need(len(body) == 1397)
        role = body[1328]
        need(role in {1, 2, 3, 4})
        need((role == 4) == (self.links == 1))
        need(int.from_bytes(body[1329:1333], "big") == self.epoch)
        need(body[1333:1365] == self.commitments[-1])
        need(body[1365:] != ZEROS)
        self.newcomer(body, role, self.tenant)

    def revoke(self, body: bytes) -> None:
        member = self.target(body[:16])
        cuts, rest = self.cuts(body[16:])
        member["live"] = False
        if member["cuts"] is None:
            member["cuts"] = cuts
        self.rotate(rest)

    def role(self, body: bytes) -> None:
        member, role = self.target(body[:16]), body[16]
        cuts, rest = self.cuts(body[17:])
        need(not rest)
        need(role in {1, 2, 3} - {member["role"]})
        need(not (cuts and role in {1, 2}))
        member["role"], member["cuts"] = role, None if role in {1, 2} else cuts

    def recover(self, body: bytes) -> None:
        for member in self.members.values():
            if member["role"] == 4:
                member["live"] = False
        self.newcomer(body, 4, self.tenant)
        self.rotate(body[1328:])

    def rotate(self, body: bytes) -> None:
        epoch, commitment, before, count = struct.unpack(">I32s32sH", body[:70])
        rows = [body[at : at + 48] for at in range(70, len(body), 48)]
        devices = [row[:16] for row in rows]
        need(len(rows) == count)
        need(all(len(row) == 48 and row[16:] != ZEROS for row in rows))
        need(epoch == self.epoch + 1)
        need(commitment not in self.commitments)
        need(before != ZEROS)
        need(devices == sorted(self.live()))
        self.epoch = epoch
        self.commitments.append(commitment)

    def target(self, device: bytes) -> dict[str, object]:
        need(device in self.live())
        need(self.members[device]["role"] != 4)
        return self.members[device]

    def cuts(self, raw: bytes) -> tuple[dict[bytes, tuple[int, bytes]], bytes]:
        count = int.from_bytes(raw[:2], "big")
        end = 2 + 48 * count
        rows = [struct.unpack(">8sQ32s", raw[at : at + 48]) for at in range(2, end, 48)]
        need([row[0] for row in rows] == sorted({row[0] for row in rows}))
        return {life: (seq, last) for life, seq, last in rows}, raw[end:]


def read_chain(tenant: bytes, links: list[bytes]) -> Chain:
    chain = Chain(tenant)
    for link in links:
        chain.take(link)
    return chain


class Log:
    """Opens entries that come in order; says what was in them."""

    def __init__(self, chain: Chain, epoch_keys: dict[int, bytes]) -> None:
        self.chain, self.keys = chain, epoch_keys
        self.hashes: dict[bytes, list[bytes]] = {}
        self.seen: dict[bytes, dict[bytes, tuple[int, bytes]]] = {}

    def begin(self, heads: list, seen: list) -> None:
        """Go on from a snapshot: of the entries that it stands for only the last has a hash."""
        for device, life, seq, tip in heads:
            self.hashes[device + life] = [*[b""] * (seq - 1), tip]
            self.seen[device + life] = {}
        for n, others in seen:
            stream = b"".join(heads[n][:2])
            self.seen[stream] = {device + life: (seq, tip) for device, life, seq, tip in others}

    def take(self, raw: bytes) -> tuple[list[bytes], list[bytes]]:
        """Return the changed heads as lines, and the edits."""
        need(546 <= len(raw) <= 1_081_634)
        layout = ">4sBB32s16sI16s8sQ32s32s"
        magic, suite, kind, tenant, space, epoch, device, life, seq, prev, seen = struct.unpack(
            layout, raw[:154]
        )
        need((magic, suite, kind, tenant) == (b"SWTG", 1, 1, self.chain.tenant))
        need(space == bytes(16))
        need(device in self.chain.members)
        member, stream = self.chain.members[device], device + life
        message = label("entry", raw[:154], sha(raw[218:]))
        need(signed(member["signing"], raw[154:218], message))  # type: ignore[arg-type] - bytes by construction
        mine = self.hashes.setdefault(stream, [])
        need(seq == len(mine) + 1)
        need(seq == 1 or prev == mine[-1])
        need(1 <= epoch <= self.chain.epoch)
        if member["cuts"] is not None:
            last, at = member["cuts"].get(life, (0, ZEROS))  # type: ignore[attr-defined] - a dict
            need(seq < last or (seq, sha(raw)) == (last, at))
        else:
            need(mine or sum(other[:16] == device for other in self.seen) < 1_000)
        key = derive(self.keys[epoch], "space", tenant, struct.pack(">I", epoch), space)
        lines, edits = self.frame(unpad(unseal(key, "entry", raw[:154], raw[218:])))
        self.heads(stream, lines, seen)
        own = [tip for other, (_, tip) in self.seen[stream].items() if other[:16] == device]
        need(seq > 1 or (prev in own if own else prev == ZEROS))
        mine.append(sha(raw))
        return lines, edits

    def frame(self, body: bytes) -> tuple[list[bytes], list[bytes]]:
        need(len(body) <= 1 << 20)
        try:
            version, heads, edits = msgspec.msgpack.decode(zstandard.decompress(body))
        except (zstandard.ZstdError, msgspec.DecodeError, ValueError, TypeError) as error:
            raise Bad from error
        need(version == 1)
        lines = [struct.pack(">16s8sQ32s", *head) for head in heads]
        need(lines == sorted(lines))
        return lines, edits

    def heads(self, stream: bytes, lines: list[bytes], seen: bytes) -> None:
        full = dict(self.seen.get(stream, {}))
        for line in lines:
            other, seq, tip = line[:24], int.from_bytes(line[24:32], "big"), line[32:]
            need(other != stream)
            need(other[:16] in self.chain.members)
            need(full.get(other, (0, b""))[0] < seq)
            need(self.hashes.get(other, [])[seq - 1 : seq] in ([tip], [b""]))
            full[other] = seq, tip
        whole = [other + struct.pack(">Q", seq) + tip for other, (seq, tip) in sorted(full.items())]
        need(sha(label("seen", *whole)) == seen)
        self.seen[stream] = full


def attachment(
    tenant: bytes, file: bytes, key: bytes, chunks: list[bytes], *, size: int, root: bytes
) -> bytes:
    total = padded_length(8 + size)
    count = -(-total // 262_144)
    aead = AESGCM(derive(key, "attachment", tenant, file))
    plain = b""
    need(len(chunks) == count)
    for n, chunk in enumerate(chunks):
        nonce = n.to_bytes(11, "big") + bytes([n == count - 1])
        try:
            plain += aead.decrypt(nonce, chunk, file + struct.pack(">QQ", n, count))
        except InvalidTag as error:
            raise Bad from error
    need(sha(b"".join(map(sha, chunks))) == root)
    need(len(plain) == total)
    need(plain[:8] == struct.pack(">Q", size))
    need(not any(plain[8 + size :]))
    return plain[8 : 8 + size]
