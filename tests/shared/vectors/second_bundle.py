"""A whole collection out of a bundle and 24 words, read a second time from docs/format.md alone."""

import struct

from tests.shared.vectors import second_snapshots as snapshots
from tests.shared.vectors.second_comparing import counting, secret_of
from tests.shared.vectors.second_reader import (
    Bad,
    Chain,
    Log,
    attachment,
    derive,
    label,
    need,
    open_box,
    read_chain,
    sha,
    unseal,
)
from tests.shared.vectors.second_records import Records, read_edit

SEALED_CHUNK = 262_144 + 16


def parts_of(raw: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return whose bundle it is and its parts by name."""
    need(raw[:5] == b"SWBN\1")
    at, parts = 37, {}
    while length := int.from_bytes(raw[at : at + 2], "big"):
        name, at = raw[at + 2 : at + 2 + length].decode(), at + 2 + length
        size = int.from_bytes(raw[at : at + 8], "big")
        parts[name] = raw[at + 8 : at + 8 + size]
        at += 8 + size
    return raw[5:37], parts


def keys_of(words: list[str], chain: Chain, links: list[bytes], parts: dict[str, bytes]) -> dict:
    """Open the keys of all epochs by the paper device."""
    secret, keys = secret_of(words), {}
    device = derive(secret, "paper/device", length=16)
    seed = derive(secret, "paper/box", length=96)
    need(chain.members.get(device, {}).get("live"))

    def opened(epoch: int, name: bytes) -> bytes:
        info = label("box/epoch", chain.tenant, struct.pack(">I", epoch), device)
        return open_box(seed, parts[f"boxes/{name.hex()}"], info)

    for link in links:
        kind, body = link[5], link[122:]
        if kind == 2 and body[:16] == device:
            epoch, name = int.from_bytes(body[1329:1333], "big"), body[1365:]
            keys[epoch] = opened(epoch, name)
        rotation = {3: 18 + 48 * int.from_bytes(body[16:18], "big"), 4: 0, 6: 1328}
        if kind in rotation:
            rest = body[rotation[kind] :]
            epoch, _, before, _ = struct.unpack(">I32s32sH", rest[:70])
            rows = {rest[at : at + 16]: rest[at + 16 : at + 48] for at in range(70, len(rest), 48)}
            keys[epoch] = opened(epoch, rows[device])
            context = label("box/previous", chain.tenant, struct.pack(">I", epoch))
            box = parts[f"boxes/{before.hex()}"]
            keys[epoch - 1] = unseal(keys[epoch], "box/previous", context, box)
    for epoch, commitment in enumerate(chain.commitments, 1):
        need(derive(keys[epoch], "epoch/commitment", struct.pack(">I", epoch)) == commitment)
    return keys


class Bundle:
    """Reads everything at once; ``records`` are what came of it."""

    def __init__(self, raw: bytes, words: list[str]) -> None:
        self.tenant, self.parts = parts_of(raw)
        named = sorted(name for name in self.parts if name.startswith("links/"))
        links = [self.parts[name] for name in named]
        self.chain = read_chain(self.tenant, links)
        self.keys = keys_of(words, self.chain, links, self.parts)
        self.log, self.records = Log(self.chain, self.keys), Records()
        self.from_snapshot = self._begin()
        self._read_entries()

    @property
    def heads(self) -> list[bytes]:
        """The heads that count, as lines."""
        last = {stream: (len(all_), all_[-1]) for stream, all_ in self.log.hashes.items() if all_}
        return counting(self.chain, last)

    def chunks(self, file: bytes) -> list[bytes]:
        joined = self.parts[f"files/{file.hex()[:2]}/{file.hex()}"]
        return [joined[at : at + SEALED_CHUNK] for at in range(0, len(joined), SEALED_CHUNK)]

    def picture(self, photo: bytes, prefix: str = "") -> bytes:
        names = ("file", "key", "root", "size")
        held = self.records.fields("photo", photo)
        file, key, root, size = (held[prefix + name] for name in names)
        return attachment(self.tenant, file, key, self.chunks(file), size=size, root=root)

    def _begin(self) -> bool:
        """Start from the newest snapshot, if there is one."""
        found = [raw for name, raw in self.parts.items() if name.startswith("snapshots/")]
        if not found:
            return False
        newest = max(found, key=lambda raw: raw[82:90])
        prefix = f"approvals/{sha(newest).hex()}-"
        approvals = {
            bytes.fromhex(name.removeprefix(prefix)): raw
            for name, raw in self.parts.items()
            if name.startswith(prefix)
        }
        objects = {sha(raw): raw for name, raw in self.parts.items() if name.startswith("objects/")}
        state, past = snapshots.take(newest, approvals, objects, self.chain, self.keys)
        _, body = snapshots.open_object(newest, 2, self.chain, self.keys)
        _, heads, seen, *_ = snapshots.array(body)
        self.log.begin(heads, seen)
        self.records.begin(state, past)
        return True

    def _read_entries(self) -> None:
        """Take entries in after those that their writers had seen."""
        names = sorted(name for name in self.parts if name.startswith("entries/"))
        waiting = [name for name in names if not self._is_known(name)]
        while waiting:
            left = [name for name in waiting if not self._took(self.parts[name])]
            need(len(left) < len(waiting))
            waiting = left

    def _is_known(self, name: str) -> bool:
        _, device, life, number = name.split("/")
        return int(number, 16) <= len(self.log.hashes.get(bytes.fromhex(device + life), []))

    def _took(self, sealed: bytes) -> bool:
        try:
            _, edits = self.log.take(sealed)
        except Bad:
            return False
        for edit in edits:
            self.records.merge(read_edit(edit, sealed[58:74]))
        return True
