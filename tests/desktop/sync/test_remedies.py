"""What a round does when the two sides do not agree: new keys, lost chains, servers that lie."""

import secrets
import shutil
from pathlib import Path

import pytest
from msgspec import structs

from desktop.sync.chain import Chain, append
from desktop.sync.errors import RefusedError, SyncError, UnreachableError
from desktop.sync.notices import Notice
from desktop.sync.put_out import PutOutError
from desktop.sync.restoring import ChainLostError
from desktop.vault.identity import keep_server, read_identity
from shared.crypto.boxes import close_epoch_box
from shared.crypto.epochs import close_previous, commitment_of
from shared.crypto.sealing import KEY_BYTES
from shared.domain.operations import PutMany
from shared.domain.schema import Kind
from shared.envelope import HEADER_BYTES, Header
from shared.envelope.entries import SALT_BYTES
from shared.ids import RECORD_BYTES, DeviceId, RecordId
from shared.membership import LinkWithBoxes, Membership, NextEpoch, revoke, rotate
from shared.protocol.messages import SyncReply, decode, encode
from shared.protocol.problems import Code
from tests.desktop.sync.conftest import World, pair
from tests.desktop.sync.desk import Desk, open_desk
from tests.desktop.sync.test_rounds import put_back
from tests.sync_server.serving import running


def next_epoch(desk: Desk, now: Membership, without: DeviceId | None = None) -> NextEpoch:
    """Make a new tenant key and the boxes for everybody who stays."""
    keyring = read_identity(desk.vault.secrets).keyring
    key, number = secrets.token_bytes(KEY_BYTES), now.epoch + 1
    old = keyring.epoch_keys[now.epoch]
    previous = close_previous(key, number, old, now.tenant, secrets.token_bytes(SALT_BYTES))
    boxes = {
        member.device: close_epoch_box(
            member.box_public, key, tenant=now.tenant, epoch=number, device=member.device
        )
        for member in now.live
        if member.device != without
    }
    return NextEpoch(commitment_of(key, number), previous, boxes)


def change_keys(desk: Desk, put_out: Desk | None = None) -> None:
    """Start a new epoch at the server, with or without a device that is put out."""
    signer = read_identity(desk.vault.secrets).keys.signer

    def make(chain: Chain) -> LinkWithBoxes:
        now = chain.membership
        if put_out is None:
            return rotate(now, signer, next_epoch(desk, now))
        gone = put_out.vault.device
        return revoke(now, signer, gone, {}, next_epoch(desk, now, gone))

    append(desk.session._courier, Chain.held(desk.vault.log.state()), make)


def test_edits_sealed_under_an_old_key_are_sealed_again(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    taken = tablet.add(notes="taken, though the reply was lost")
    tablet.line.lost_replies = 1
    with pytest.raises(UnreachableError):
        tablet.sync()
    stale = tablet.add(notes="sealed too early")
    tablet.line.cut = True
    with pytest.raises(UnreachableError):
        tablet.sync()
    change_keys(laptop)
    tablet.line.cut = False
    tablet.sync()
    assert tablet.session.notices == ()
    world.artmatt.sync()
    assert laptop.hash == tablet.hash
    assert laptop.read(taken)
    assert laptop.read(stale)
    keyring = read_identity(laptop.vault.secrets).keyring
    assert set(keyring.epoch_keys) == {1, 2}
    assert keyring == read_identity(tablet.vault.secrets).keyring


def test_a_newcomer_reads_what_was_written_under_older_keys(world: World, tmp_path: Path) -> None:
    laptop = world.artmatt.laptop
    bears = [laptop.add(notes="under the first key")]
    laptop.sync()
    for number in range(2):
        change_keys(laptop)
        laptop.sync()
        bears.append(laptop.add(notes=f"after {number}"))
        laptop.sync()
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        assert all(phone.read(bear) for bear in bears)
        assert phone.hash == laptop.hash


def test_a_device_that_was_put_out_is_told_and_keeps_what_it_has(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    bear = laptop.add(notes="before")
    world.artmatt.sync()
    change_keys(laptop, put_out=tablet)
    with pytest.raises(RefusedError) as caught:
        tablet.sync()
    assert isinstance(caught.value, PutOutError)
    assert tablet.read(bear)
    laptop.add(notes="after")
    laptop.sync()
    assert laptop.vault.log.waiting() == 0
    world.begin.sync()


def test_a_wiped_server_gets_everything_back(world: World, tmp_path: Path) -> None:
    laptop, tablet = world.artmatt.desks
    with (
        pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone,
        running(tmp_path / "new server") as server,
    ):
        desks = (laptop, tablet, phone)
        bears = [desk.add(notes="kept") for desk in desks]
        for desk in desks * 2:
            desk.sync()
        for desk in desks:
            keep_server(desk.vault.secrets, server.address)
            desk.restart()
        with pytest.raises(RefusedError) as caught:
            laptop.sync()
        assert caught.value.refusal.code is Code.NOT_ADMITTED
        laptop.network.sign_up(laptop.vault, server.address, "artmatt")
        for desk in desks * 2:
            desk.sync()
            assert all(desk.read(bear) for bear in bears)
        assert laptop.hash == tablet.hash == phone.hash
        assert phone.session.notices == ()


def test_a_chain_that_only_another_device_can_restore(world: World) -> None:
    tablet = world.artmatt.tablet

    def forget(path: str, body: bytes) -> bytes:
        if not path.endswith("/sync"):
            return body
        reply = decode(body, SyncReply)
        return encode(structs.replace(reply, chain=1))

    tablet.line.alter = forget
    with pytest.raises(ChainLostError):
        tablet.sync()


@pytest.mark.parametrize("code", [Code.ENTRY_GAP, Code.ENTRY_TAKEN, Code.EPOCH_STALE])
def test_a_server_that_never_agrees_is_given_up_for_now(world: World, code: Code) -> None:
    laptop = world.artmatt.laptop
    laptop.add(notes="not lost")
    laptop.line.refuse = lambda _method, path: code if path.endswith("/sync") else None
    given_up(laptop)
    laptop.line.refuse = lambda _method, _path: None
    world.artmatt.sync()
    assert laptop.hash == world.artmatt.tablet.hash
    assert laptop.vault.log.waiting() == 0


def test_a_server_with_ever_new_logs_is_given_up_for_now(world: World) -> None:
    laptop = world.artmatt.laptop
    laptop.add(notes="not lost")

    def renew(path: str, body: bytes) -> bytes:
        if not path.endswith("/sync"):
            return body
        log = secrets.token_bytes(16)
        return encode(structs.replace(decode(body, SyncReply), log=log, stale=True))

    laptop.line.alter = renew
    given_up(laptop)
    laptop.line.alter = None
    world.artmatt.sync()
    assert laptop.hash == world.artmatt.tablet.hash


def given_up(desk: Desk) -> None:
    with pytest.raises(SyncError):
        desk.sync()
    assert len(desk.line.asked) < 20
    assert desk.vault.log.waiting() == 1


def test_what_others_need_and_never_comes_is_called_withheld(world: World, tmp_path: Path) -> None:
    """The server leaves out edits of the laptop that the tablet had seen when it wrote."""
    laptop, tablet = world.artmatt.desks
    with pair(laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        missing = laptop.add(notes="held back")
        world.artmatt.sync(rounds=1)
        later = tablet.add(notes="written in the knowledge of it")
        tablet.sync()

        def hold_back(path: str, body: bytes) -> bytes:
            if not path.endswith("/sync"):
                return body
            reply = decode(body, SyncReply)
            shown = [
                entry
                for entry in reply.entries
                if Header.parse(entry[:HEADER_BYTES]).device != laptop.vault.device
            ]
            return encode(structs.replace(reply, entries=tuple(shown)))

        phone.line.alter = hold_back
        phone.sync()
        assert phone.session.notices == ()
        assert not phone.read(later)
        phone.hand.ahead += 11 * 60 * 1000
        phone.sync()
        assert phone.session.notices == (Notice.WITHHELD.value,)
        phone.line.alter = None
        phone.sync()
        assert phone.session.notices == ()
        assert phone.read(missing)
        assert phone.read(later)


def test_two_histories_of_one_stream_stop_that_stream_only(world: World, tmp_path: Path) -> None:
    """A copy of the laptop writes to a server that was put back, under the same numbers."""
    laptop, tablet = world.artmatt.desks
    key, copy = laptop.vault.key, tmp_path / "copy.swingtag"
    laptop.reopen(lambda: shutil.copytree(laptop.vault.folder, copy))
    shutil.copytree(world.server.folder, tmp_path / "backup")
    known = laptop.add(notes="the history that the tablet knows")
    world.artmatt.sync(rounds=1)
    with (
        put_back(world, tmp_path / "backup", new_log=False) as address,
        open_desk(copy, key, address) as twin,
    ):
        other = twin.add(notes="another history")
        twin.sync()
        tablet.sync()
        assert tablet.session.notices == (Notice.FORKED.value,)
        assert tablet.read(known)
        assert not tablet.read(other)
        tablet.add(notes="goes on")
        tablet.sync()
        assert tablet.vault.log.waiting() == 0
        twin.sync()
        assert Notice.FORKED.value in twin.session.notices


def test_thousands_of_records_go_in_few_requests(world: World) -> None:
    laptop, tablet = world.artmatt.desks
    count = 20_000
    records = [RecordId(secrets.token_bytes(RECORD_BYTES)) for _ in range(count)]
    notes = [f"piece {n}, from the attic" for n in range(count)]
    laptop.vault.apply("Import", [PutMany(Kind.COPY, records, ("notes",), (notes,))])
    laptop.line.asked.clear()
    told: list[tuple[int, int]] = []
    laptop.session.sync(lambda done, total: told.append((done, total)))
    tablet.sync()
    assert tablet.hash == laptop.hash
    assert len(laptop.line.asked) <= 2
    assert tablet.read(records[-1])["notes"] == notes[-1]
