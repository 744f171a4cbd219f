"""Worlds of their own: rows that need an older server, a pairing, or a look at what is sent."""

import base64
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx
from msgspec import structs

from desktop.sync.errors import RefusedError
from desktop.sync.put_out import PutOutError
from desktop.vault.identity import Identity, read_identity
from shared.crypto import unlock
from shared.crypto.sealing import seal
from shared.envelope import HEADER_BYTES, Header, signed_message
from shared.ids import EntryHash
from shared.ledger.frame import encode_frame
from shared.protocol.messages import SyncReply
from tests.attacks.carrier import MaliciousServer, Said
from tests.attacks.entries import craft, is_of
from tests.attacks.houses import BelievedError
from tests.attacks.stage import Scene, Stage, put
from tests.attacks.tampering import flip, replaced
from tests.attacks.trials import luck_of
from tests.attacks.worlds import Holdings, Household, heal, hear, judge, move_in
from tests.simulation.machine_room import MachineRoom
from tests.simulation.template import KEY, NAMES, invite

Plot = Callable[[Stage, int], str]


@contextmanager
def _house(stage: Stage, row: str, seed: int) -> Iterator[tuple[Scene, Household, Random]]:
    luck = luck_of(f"world {row}", seed)
    name, other = luck.sample(NAMES, 2)
    with stage.scene(f"{row} {seed}") as scene:
        house = move_in(scene, name, other)
        try:
            yield scene, house, luck
        finally:
            house.close()


def a14_older_server(stage: Stage, seed: int) -> str:
    """Put the server back to an older state, unsaid: from long ago, or from a moment ago."""
    with _house(stage, "A14", seed) as (scene, house, luck):
        house.victim.sync()
        image = stage.folder / "older" / "server"
        if luck.random() < 0.5:
            image = scene.folder / "a moment ago"
            scene.room.copy_to(image)
            for machine in (house.first, house.victim, house.first, house.victim):
                put(machine, luck.randrange(9), f"{machine.name}, which the server forgets")
                machine.sync()
        before = Holdings.of(house.victim)
        with _older(stage, scene, image) as older:
            house.victim.wire.answer = older.answer
            told = hear(scene, house.victim)
        house.victim.wire.answer = scene.room.answer
        if Holdings.of(house.victim) != before:
            raise BelievedError("something went back here")
        if not told & {"RESTORED", "ChainLostError"}:
            raise BelievedError(f"the person was told {told}")
        judge(house, told)
        heal(scene, house)
    return ", ".join(sorted(told))


@contextmanager
def _older(stage: Stage, scene: Scene, image: Path) -> Iterator[MachineRoom]:
    folder = scene.folder / "older"
    shutil.copytree(image, folder)
    room = MachineRoom(folder, scene.time, scene.room.random, stage.loop)
    room.open()
    try:
        yield room
    finally:
        room.close()


def a17_old_to_a_newcomer(stage: Stage, seed: int) -> str:
    """Show a device that just joined only a part of what was there when it was let in."""
    with _house(stage, "A17", seed) as (scene, house, luck):
        house.first.sync()
        guest = scene.machine(f"{house.first.name[:-2]}-3")
        invite(house.first, guest)
        left, dropped = luck.randrange(4), luck.choice((1, 2, 100))

        def attack(_: MaliciousServer, said: Said) -> Said:
            if not isinstance(said, SyncReply):
                return said
            shown = said.entries[: max(left, len(said.entries) - dropped)]
            return structs.replace(said, entries=shown[: len(said.entries) - 1], heads=())

        server = MaliciousServer(scene.room.answer, attack, stage.loot[NAMES[0]], luck)
        guest.wire.answer = server.answer
        told = hear(scene, guest)
        guest.wire.answer = scene.room.answer
        try:
            if "WITHHELD" not in told:
                raise BelievedError(f"the person was told {told}")
            house.first.sync()
            newcomer = Household(guest, house.first, house.others)
            judge(newcomer, told)
            heal(scene, newcomer)
        finally:
            guest.close()
    return ", ".join(sorted(told))


def a20_same_traffic(stage: Stage, seed: int) -> str:
    """Let one entry fail in every way there is: what the device sends must be the same bytes."""
    sent = {kind: _sent_after(stage, seed, fail) for kind, fail in FAILURES.items()}
    first = next(iter(sent.values()))
    differ = [kind for kind, requests in sent.items() if requests != first]
    if differ or not first:
        raise BelievedError(f"the server can tell these failures: {differ}")
    return f"{len(sent)} failures alike"


def _sent_after(stage: Stage, seed: int, fail: "Failure") -> list[tuple[str, str, bytes, bytes]]:
    """Return what a device sends if one entry of the first device fails like this."""
    with _house(stage, "A20", seed) as (scene, house, luck):
        insider = read_identity(house.first.vault.secrets)
        place = luck.randrange(1, 4)

        def attack(server: MaliciousServer, said: Said) -> Said:
            if not isinstance(said, SyncReply) or not said.entries:
                return said
            own = [n for n, e in enumerate(said.entries) if is_of(e, insider.keys.device)]
            at = own[min(place, len(own) - 1)]
            false = fail(said.entries[at], insider, server)
            changed = (*said.entries[:at], false, *said.entries[at + 1 :])
            return structs.replace(said, entries=changed)

        loot, forging = stage.loot[house.first.name[:-2]], luck_of("forged", seed)
        server = MaliciousServer(scene.room.answer, attack, loot, forging)
        house.victim.wire.answer = server.answer
        hear(scene, house.victim)
        return [_bytes(request) for request in server.asked]


def _bytes(request: httpx.Request) -> tuple[str, str, bytes, bytes]:
    headers = b"\n".join(name + b": " + value for name, value in request.headers.raw)
    return request.method, str(request.url), headers, request.read()


Failure = Callable[[bytes, Identity, MaliciousServer], bytes]


def _signed(sealed: bytes, who: Identity) -> bytes:
    """Sign changed bytes anew, as an insider can."""
    message = signed_message(sealed[:HEADER_BYTES], sealed[HEADER_BYTES + 64 :])
    return replaced(sealed, HEADER_BYTES, who.keys.signing.sign(message))


def _crafted(
    sealed: bytes, who: Identity, server: MaliciousServer, body: bytes, **changes
) -> bytes:
    header = replace(Header.parse(sealed[:HEADER_BYTES]), **changes)
    return craft(header, body, who.keyring, who.keys.signing, server.luck)


def _badly_padded(sealed: bytes, who: Identity, server: MaliciousServer) -> bytes:
    """Seal a body whose padding is not zeros: the key's owner can, by sealing it by hand."""
    header = Header.parse(sealed[:HEADER_BYTES])
    key = who.keyring.space_key(header.epoch, header.space)
    padded = (9).to_bytes(4) + b"x" * 252
    salt = server.luck.randbytes(24)
    body = seal(key, header.kind.purpose, sealed[:HEADER_BYTES], padded, salt)
    return _signed(sealed[: HEADER_BYTES + 64] + body, who)


FAILURES: dict[str, Failure] = {
    "magic": lambda sealed, _, __: replaced(sealed, 0, b"XXXX"),
    "suite": lambda sealed, _, __: replaced(sealed, 4, b"\2"),
    "cut": lambda sealed, _, __: sealed[:-1],
    "tenant": lambda _, __, server: server.loot.foreign[0],
    "device": lambda sealed, _, server: replaced(sealed, 58, server.loot.stranger.device),
    "signature": lambda sealed, _, server: flip(sealed, server.luck, 154, 218),
    "commitment": lambda sealed, who, server: _signed(flip(sealed, server.luck, 242, 274), who),
    "tag": lambda sealed, who, server: _signed(flip(sealed, server.luck, len(sealed) - 16), who),
    "text": lambda sealed, who, server: _signed(flip(sealed, server.luck, 274), who),
    "padding": _badly_padded,
    "frame": lambda sealed, who, server: _crafted(sealed, who, server, b"no frame"),
    "heads": lambda sealed, who, server: _crafted(
        sealed, who, server, encode_frame({}, [b"edit"]), seen=bytes(32)
    ),
    "after its cut": lambda _, __, server: _late(server),
}
"""The ways in which an entry can fail, each as late as an insider can make it fail."""


def _late(server: MaliciousServer) -> bytes:
    thief = server.loot.thief
    own = [each for each in server.loot.own if is_of(each, thief.keys.device)]
    header = Header.parse(own[-1][:HEADER_BYTES])
    header = replace(header, seq=header.seq + 1, prev=EntryHash(server.luck.randbytes(32)))
    return craft(
        header, encode_frame({}, [b"edit"]), thief.keyring, thief.keys.signing, server.luck
    )


def a32_replayed(stage: Stage, seed: int) -> str:
    """Send what devices sent once more: nothing is written twice, a removed device is refused."""
    with _house(stage, "A32", seed) as (scene, house, luck):
        recorder = Recorder(scene.room.answer)
        house.victim.wire.answer = recorder.answer
        put(house.victim, 7, "sent once")
        house.victim.sync()
        before = house.first.network.about(house.first.vault)
        for request in luck.choices(recorder.asked, k=8):
            if request.method == "POST":
                scene.room.answer(request)
        if house.first.network.about(house.first.vault) != before:
            raise BelievedError("a replay was written down")
        thief = scene.opened(f"{house.first.name[:-2]}-2")
        thief.wire.answer = recorder.answer
        recorder.asked.clear()
        try:
            thief.sync()
        except RefusedError as error:
            posts = sum(request.method == "POST" for request in recorder.asked)
            if not isinstance(error, PutOutError) or posts > 1:
                raise BelievedError("a removed device is not refused at once") from error
        else:
            raise BelievedError("a removed device is served")
        finally:
            thief.close()
        again = scene.room.answer(recorder.asked[0])
        house.victim.wire.answer = scene.room.answer
        heal(scene, house)
    if again.status_code != httpx.codes.UNAUTHORIZED:
        raise BelievedError("a removed device is served")
    return "refused: revoked"


class Recorder:
    """Carries requests and keeps them."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.asked: list[httpx.Request] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)


def a33_nothing_of_the_password(stage: Stage, seed: int, wanted: int = 220) -> str:
    """Search all that two collectors send for anything that their password was turned into."""
    with _house(stage, "A33", seed) as (scene, house, luck):
        recorder = Recorder(scene.room.answer)
        for machine in (house.victim, house.first, *house.others):
            machine.wire.answer = recorder.answer
        guest = scene.machine(f"{house.first.name[:-2]}-3")
        guest.wire.answer = recorder.answer
        house.first.sync()
        invite(house.first, guest)
        while len(recorder.asked) < wanted:
            for machine in (house.victim, house.first, guest, *house.others):
                put(machine, luck.randrange(9), f"note {len(recorder.asked)}")
                machine.sync()
                machine.network.about(machine.vault)
        guest.close()
    needles = set(_needles(f"correct horse {seed}", luck))
    for request in recorder.asked:
        sent = _everything(request)
        if any(sent[at : at + 8] in needles for at in range(len(sent) - 7)):
            raise BelievedError("something made of the password was sent")
    return f"nothing in {len(recorder.asked)} requests"


def _needles(password: str, luck: Random) -> Iterator[bytes]:
    """Every eight bytes in a row of what a password becomes, plain and as text."""
    box = unlock.wrap(password, KEY, luck.randbytes)
    stretched = unlock._stretch(password, box[13:29], unlock.FLOOR)
    for secret in (password.encode(), stretched, KEY, box):
        forms: Iterable[bytes] = (secret, secret.hex().encode(), *_as_base64(secret))
        for form in forms:
            yield from (form[at : at + 8] for at in range(len(form) - 7))


def _as_base64(secret: bytes) -> Iterator[bytes]:
    """What a secret looks like within base64, wherever in it it begins."""
    for shift in range(3):
        for letters in (base64.b64encode, base64.urlsafe_b64encode):
            yield letters(bytes(shift) + secret)[4:-4]


def _everything(request: httpx.Request) -> bytes:
    """All bytes of a request, with what its header says in base64."""
    raw = b"".join(_bytes(request)[2:]) + str(request.url).encode()
    credential = request.headers.get("authorization", "")
    return raw + (base64.urlsafe_b64decode(credential.split()[1]) if credential else b"")


PLOTS: dict[str, Plot] = {
    "A14": a14_older_server,
    "A17": a17_old_to_a_newcomer,
    "A20": a20_same_traffic,
    "A32": a32_replayed,
    "A33": a33_nothing_of_the_password,
}
"""Rows that are told to real clients in a way of their own."""
