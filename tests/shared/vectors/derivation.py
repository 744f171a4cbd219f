"""Known answers of suite 1, made again from fixed bytes.

``python -m tests.shared.vectors.derivation`` writes vectors.json; the test only compares.
Boxes for devices take randomness inside OpenSSL, so those of vectors.json are kept and used again.
A new release of zstandard may compress otherwise; then the bodies change, and only they.
"""

import json
from pathlib import Path
from typing import Any

from shared.crypto.attachments import FileSecret, Root, seal_chunks
from shared.crypto.boxes import close_epoch_box
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring, close_previous, commitment_of
from shared.crypto.padding import pad, padded_length
from shared.crypto.pair_files import PairingFile, Part
from shared.crypto.pairing import Code, Greeting, Waiting, Welcome
from shared.crypto.paper import paper_device, words_of
from shared.crypto.randomness import Salts
from shared.crypto.sealing import derive, seal
from shared.crypto.unlock import wrap
from shared.domain.stamps import Origin
from shared.ids import DeviceId, FileId, Incarnation, TenantId
from shared.ledger import Author, Ledger, LedgerState, SealedEntry, rebuild, seen_hash
from shared.ledger.making import Press
from shared.membership import (
    Cut,
    LinkWithBoxes,
    Membership,
    NextEpoch,
    Role,
    admit,
    begin_chain,
    change_recovery,
    change_role,
    extend,
    found,
    revoke,
    rotate,
)
from shared.signing import (
    NO_HASH,
    RequestSummary,
    SigningKey,
    labelled,
    sha256,
    sign_request,
)
from tests.shared.vectors import comparing
from tests.shared.vectors.refusals import Reader, refused_entries, refused_links
from tests.shared.vectors.snapshots import snapshot
from tests.shared.vectors.trash import cases
from tests.shared.worlds import stream

PATH = Path(__file__).with_name("vectors.json")
KEY = bytes(range(32))
Vector = dict[str, Any]


def device(name: str) -> DeviceKeys:
    return DeviceKeys.generate(stream(f"vector device {name}"))


FIRST, SECOND, THIRD = (device(name) for name in ("first", "second", "third"))
PAPER_SECRET, NEW_PAPER_SECRET = KEY, bytes(range(100, 132))
PAPER, NEW_PAPER = paper_device(PAPER_SECRET), paper_device(NEW_PAPER_SECRET)
EPOCH_KEYS = {epoch: stream(f"vector epoch {epoch}")(32) for epoch in (1, 2, 3, 4)}
LIVES = {name: Incarnation(stream(f"vector life {name}")(8)) for name in ("1", "1 again", "2", "3")}


class Boxes:
    """Hands out the recorded box of a device, or makes one if there is none yet."""

    def __init__(self, recorded: list[Vector]) -> None:
        self._recorded = {(v["device"], v["epoch"], v["tenant"]): v["box"] for v in recorded}
        self.vectors: list[Vector] = []

    def box(self, keys: DeviceKeys, epoch: int, tenant: TenantId) -> bytes:
        name = (keys.device.hex(), epoch, tenant.hex())
        if name in self._recorded:
            box = bytes.fromhex(self._recorded[name])
        else:
            where: Any = {"tenant": tenant, "epoch": epoch, "device": keys.device}
            box = close_epoch_box(keys.box.public, EPOCH_KEYS[epoch], **where)
        row = {"device": name[0], "epoch": epoch, "tenant": name[2], "seed": keys.box.seed.hex()}
        self.vectors.append({**row, "box": box.hex(), "key": EPOCH_KEYS[epoch].hex()})
        return box

    def next_epoch(self, membership: Membership, keys: list[DeviceKeys]) -> NextEpoch:
        epoch, tenant = membership.epoch + 1, membership.tenant
        key, before = EPOCH_KEYS[epoch], EPOCH_KEYS[epoch - 1]
        previous = close_previous(key, epoch, before, tenant, stream(f"previous {epoch}")(24))
        boxes = {one.device: self.box(one, epoch, tenant) for one in keys}
        return NextEpoch(commitment_of(key, epoch), previous, boxes)


def vectors(recorded: list[Vector]) -> dict[str, Any]:
    """Derive everything; ``recorded`` are the boxes of the file."""
    boxes = Boxes(recorded)
    chain, membership, entries, snapshots = history(boxes)
    by_files = pairing_by_files(boxes, chain, membership)
    return {
        "labelled": labels(),
        "signing": signing(),
        "requests": requests(),
        "derived": derived(),
        "sealed": sealed(),
        "padded_lengths": [[n, padded_length(n)] for n in LENGTHS],
        "padded": [{"body": body.hex(), "padded": pad(body).hex()} for body in (b"", b"bear")],
        "paper": [paper(PAPER_SECRET), paper(NEW_PAPER_SECRET)],
        "epochs": epochs(membership.tenant),
        "boxes": boxes.vectors,
        "unlock": [unlock()],
        "chain": chain,
        "entries": entries,
        "snapshots": snapshots,
        "trash": [case.vector() for case in cases()],
        "refusals": refusals(chain, entries),
        "attachments": [attachment(n) for n in (0, 1000, 600_000)],
        "heads": comparing.heads(membership.tenant, membership.head),
        "marks": comparing.marks(
            membership.tenant, [bytes.fromhex(row["link"]) for row in chain["links"]]
        ),
        "possession": comparing.possession(),
        "puzzles": comparing.puzzles(),
        "record_ids": comparing.record_ids(),
        "amounts": comparing.amounts(),
        "dates": comparing.dates(),
        "positions": comparing.positions(),
        "edits": comparing.edits(),
        "pairing": [pairing()],
        "pairing_by_files": [by_files],
    }


def refusals(chain: Vector, entries: list[Vector]) -> list[Vector]:
    """Change every part of every entry and link, and say which check refuses it."""
    tenant, keys = TenantId(bytes.fromhex(chain["tenant"])), (FIRST, SECOND, THIRD)
    links = [bytes.fromhex(row["link"]) for row in chain["links"]]
    sealed = [bytes.fromhex(row["sealed"]) for row in entries]
    keyring = Keyring(tenant, EPOCH_KEYS)
    signing: dict[bytes, SigningKey] = {each.device: each.signing for each in keys}
    return [
        *refused_entries(sealed, lambda: Reader(tenant, links, keyring), signing),
        *refused_links(links, tenant),
    ]


LENGTHS = [0, 1, 255, 256, 257, 264, 1000, 4097, 65_537, 999_999, 1_048_580, 16_777_217]


def labels() -> list[Vector]:
    cases: list[tuple[str, tuple[bytes, ...]]] = [
        ("entry", ()),
        ("entry", (b"",)),
        ("seen", (b"a", b"bc")),
        ("seen", (b"ab", b"c")),
    ]
    return [
        {
            "purpose": purpose,
            "parts": [part.hex() for part in parts],
            "bytes": labelled(purpose, *parts).hex(),
        }
        for purpose, parts in cases
    ]


def signing() -> list[Vector]:
    made = []
    for seed, message in ((KEY, b""), (KEY[::-1], b"swing tag")):
        key = SigningKey.from_seed(seed)
        row = {
            "seed": seed,
            "public": key.public,
            "message": message,
            "signature": key.sign(message),
        }
        made.append({name: value.hex() for name, value in row.items()})
    return made


def requests() -> list[Vector]:
    key, tenant, who = SigningKey.from_seed(KEY), TenantId(b"t" * 32), DeviceId(b"d" * 16)
    made = []
    for method, target, authority, body in (
        ("GET", "/v1/about", "artmatt.beanie.ty", b""),
        ("post", "/v1/sync?wait=1", "Begin.Beanie.ty:8443", b"\x93\x01\x02\x03"),
    ):
        request = RequestSummary.of(method, target, authority, body)
        header = sign_request(key, tenant, who, request, 1_790_000_000_123)
        made.append(
            {
                "seed": KEY.hex(),
                "tenant": tenant.hex(),
                "device": who.hex(),
                "millis": 1_790_000_000_123,
                "method": method,
                "target": target,
                "authority": authority,
                "body": body.hex(),
                "authorization": header,
            }
        )
    return made


def derived() -> list[Vector]:
    cases: list[tuple[str, tuple[bytes, ...], bytes, int]] = [
        ("space", (), b"", 32),
        ("paper/box", (), b"", 96),
        ("entry", (b"context", b"more"), bytes(24), 76),
    ]
    return [
        {
            "key": KEY.hex(),
            "purpose": purpose,
            "parts": [part.hex() for part in parts],
            "salt": salt.hex(),
            "derived": derive(KEY, purpose, *parts, salt=salt, length=length).hex(),
        }
        for purpose, parts, salt, length in cases
    ]


def sealed() -> list[Vector]:
    made = []
    for purpose, context, plain in (("entry", b"", b""), ("unlock", b"head", KEY)):
        salt = stream(purpose)(24)
        row = {"key": KEY, "context": context, "plain": plain, "salt": salt}
        row["sealed"] = seal(KEY, purpose, context, plain, salt)
        made.append({"purpose": purpose, **{name: value.hex() for name, value in row.items()}})
    return made


def paper(secret: bytes) -> Vector:
    keys = paper_device(secret)
    return {
        "secret": secret.hex(),
        "words": " ".join(words_of(secret)),
        "device": keys.device.hex(),
        "signing_seed": keys.signing.seed.hex(),
        "box_seed": keys.box.seed.hex(),
        "box_public": keys.box.public.hex(),
    }


def epochs(tenant: TenantId) -> list[Vector]:
    return [
        {
            "tenant": tenant.hex(),
            "epoch": epoch,
            "key": key.hex(),
            "commitment": commitment_of(key, epoch).hex(),
            "space_key": Keyring(tenant, {epoch: key}).space_key(epoch, bytes(16)).hex(),
        }
        for epoch, key in EPOCH_KEYS.items()
    ]


def unlock() -> Vector:
    password = "Bärchen \ufb01 2026"
    box = wrap(password, KEY, stream("vector unlock"))
    return {"password": password, "box": box.hex(), "database_key": KEY.hex()}


def history(boxes: Boxes) -> tuple[Vector, Membership, list[Vector], list[Vector]]:
    """One tenant's whole life: every kind of link, and entries before and after a revocation."""
    first = FIRST.signer
    genesis = found(FIRST.signing, FIRST.device, FIRST.box.public, commitment_of(EPOCH_KEYS[1], 1))
    links = [LinkWithBoxes(genesis)]
    membership = begin_chain(genesis)
    tenant = membership.tenant

    def append(link: LinkWithBoxes) -> None:
        nonlocal membership
        membership = extend(membership, link.link)
        links.append(link)

    for keys, role in ((PAPER, Role.PAPER), (SECOND, Role.OWNER), (THIRD, Role.EDITOR)):
        box = boxes.box(keys, 1, tenant)
        append(admit(membership, first, keys.introduce(tenant), role, box))
    entries = Pages(membership, [one.link for one in links])
    entries.before_revocation()
    cut = entries.heads[Origin(THIRD.device, LIVES["3"])]
    cuts = {LIVES["3"]: Cut(*cut)}
    append(change_role(membership, first, THIRD.device, Role.VIEWER, cuts))
    epoch = boxes.next_epoch(membership, [FIRST, PAPER, SECOND])
    append(revoke(membership, PAPER.signer, THIRD.device, {}, epoch))
    append(rotate(membership, SECOND.signer, boxes.next_epoch(membership, [FIRST, PAPER, SECOND])))
    epoch = boxes.next_epoch(membership, [FIRST, NEW_PAPER, SECOND])
    append(change_recovery(membership, first, NEW_PAPER.introduce(tenant), epoch))
    entries.relink([one.link for one in links])
    entries.after_revocation()
    chain = {
        "tenant": tenant.hex(),
        "head": membership.head.hex(),
        "epoch": membership.epoch,
        "live": [member.device.hex() for member in membership.live],
        "links": [
            {"link": one.link.hex(), "boxes": [box.hex() for box in one.boxes]} for one in links
        ],
    }
    return chain, membership, entries.vectors, [entries.snapshot(membership)]


class Pages:
    """Entries of three devices, all written on one ledger."""

    def __init__(self, membership: Membership, links: list[bytes]) -> None:
        self._salts = Salts(stream("vector salts"))
        self._keyring = Keyring(membership.tenant, EPOCH_KEYS)
        self._state = LedgerState(membership.tenant, tuple(links), {})
        self._stored: dict[tuple[Origin, int], SealedEntry] = {}
        self.vectors: list[Vector] = []
        self._open()

    def _open(self) -> None:
        stored = self._stored
        self._ledger = Ledger(
            self._state,
            self._keyring,
            lambda origin, seq: stored[origin, seq].hash if (origin, seq) in stored else None,
        )

    @property
    def heads(self) -> dict[Origin, Any]:
        return dict(self._ledger.state.heads)

    def relink(self, links: list[bytes]) -> None:
        state = self._ledger.state
        self._state = LedgerState(state.tenant, tuple(links), state.heads, state.seen)
        self._open()

    def before_revocation(self) -> None:
        self.write(FIRST, "1", [b"first edit"])
        self.write(SECOND, "2", [b"second edit", b"third edit"])
        self.write(FIRST, "1", [b"bear " * 200])
        self.write(THIRD, "3", [])
        self.write(THIRD, "3", [bytes(range(256)) * 3])

    def after_revocation(self) -> None:
        self.write(SECOND, "2", [b"after the new keys"])
        self.write(FIRST, "1 again", [b"restored from a backup"], before="1")

    def snapshot(self, membership: Membership) -> Vector:
        """Put everything so far into one, with the revoked device put back to its cut."""
        presses = [
            Press(
                membership,
                self._keyring,
                Author(Origin(keys.device, LIVES[life]), keys.signing),
                self._salts,
            )
            for keys, life in ((FIRST, "1 again"), (SECOND, "2"))
        ]
        return snapshot(*presses, self._ledger.state)

    def write(self, keys: DeviceKeys, life: str, edits: list[bytes], before: str = "") -> None:
        previous = Origin(keys.device, LIVES[before]) if before else None
        author = Author(Origin(keys.device, LIVES[life]), keys.signing, previous)
        entry = self._ledger.seal(edits, author, self._salts)
        self._stored[entry.origin, entry.seq] = entry
        seen = {o: head for o, head in self.heads.items() if o != entry.origin}
        self.vectors.append(
            {
                "sealed": rebuild(entry, self._keyring).hex(),
                "body": entry.body.hex(),
                "hash": entry.hash.hex(),
                "seen": seen_hash(seen).hex(),
                "edits": [edit.hex() for edit in edits],
            }
        )


def attachment(size: int) -> Vector:
    secret = FileSecret(TenantId(b"t" * 32), FileId(b"f" * 16), KEY)
    content = stream("vector photo")(size)
    root = Root()
    chunks = list(seal_chunks(secret, size, [content]))
    for chunk in chunks:
        root.add(chunk)
    small = {"content": content.hex(), "chunks": [chunk.hex() for chunk in chunks]}
    return {
        "tenant": secret.tenant.hex(),
        "file": secret.file.hex(),
        "key": secret.key.hex(),
        "size": size,
        "root": root.digest.hex(),
        **(small if size < 10_000 else {"content": "first bytes of SHAKE-256('vector photo')"}),
    }


def pairing() -> Vector:
    tenant = TenantId(b"t" * 32)
    waiting = Waiting.start(stream("vector new device"))
    greeting = Greeting.answer(Code.parse(waiting.code.text), tenant, stream("vector owner"))
    met = waiting.meet(greeting.offer, SECOND, stream("vector reveal"))
    meeting = greeting.meet(met.reveal)
    content = Welcome(tenant, b"h" * 32, (), b"box", (b"l" * 64,))
    return {
        "private_keys": [stream("vector new device")(32).hex(), stream("vector owner")(32).hex()],
        "code": waiting.code.text,
        "offer": greeting.offer.hex(),
        "reveal": met.reveal.hex(),
        "digits": met.digits,
        "welcome": meeting.welcome(content, stream("vector welcome")).hex(),
    }


def pairing_by_files(boxes: Boxes, chain: Vector, membership: Membership) -> Vector:
    """Bring a newcomer in by four files; the welcome tells it everything."""
    tenant = membership.tenant
    newcomer = device("by files")
    waiting = Waiting.start(stream("vector asking"))
    greeting = Greeting.answer(waiting.code, tenant, stream("vector answering"))
    met = waiting.meet(greeting.offer, newcomer, stream("vector reveal by files"))
    meeting = greeting.meet(met.reveal)
    box = boxes.box(newcomer, membership.epoch, tenant)
    made = admit(membership, SECOND.signer, meeting.newcomer, Role.OWNER, box)
    links = (*(bytes.fromhex(row["link"]) for row in chain["links"]), made.link)
    content = Welcome(
        tenant,
        sha256(made.link),
        links,
        box,
        (b"l" * 64,),
        "https://sync.example.org",
        (),
        tuple(boxes.box(newcomer, epoch, tenant) for epoch in range(1, membership.epoch)),
    )
    welcome = meeting.welcome(content, stream("vector welcome by files"))
    messages = (waiting.code.raw, greeting.offer, met.reveal, welcome)
    answers = (NO_HASH, *map(sha256, messages))
    made_millis = 1_764_000_000_000
    files = [
        PairingFile(part, waiting.code.pair, made_millis + part, answers[n], message).encode()
        for n, (part, message) in enumerate(zip(Part, messages, strict=True))
    ]
    keys = (stream("vector asking")(32), stream("vector answering")(32))
    return {
        "private_keys": [key.hex() for key in keys],
        "digits": met.digits,
        "files": [file.hex() for file in files],
        "box_seed": newcomer.box.seed.hex(),
        "device": newcomer.device.hex(),
    }


def read() -> dict[str, Any]:
    """Return what the file says."""
    return json.loads(PATH.read_text()) if PATH.exists() else {"boxes": []}  # type: ignore[no-any-return] - JSON


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(read()["boxes"]), indent=1, ensure_ascii=False) + "\n")
