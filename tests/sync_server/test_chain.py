"""The chain of devices at the server: compare and swap, boxes, the way back with paper."""

import os
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from shared.membership import Newcomer, Role, Signer, admit, verify_chain
from sync_server.storage import link_shelf
from tests.sync_server.collector import Device, Keys, granted, refused
from tests.sync_server.conftest import Households


def test_a_device_that_was_added_finds_the_chain_and_all_boxes(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    links = second.chain().links
    chain = verify_chain([parcel.link for parcel in links], first.collector.tenant)
    assert chain == first.collector.membership
    assert links == tuple(first.collector.parcels)


def test_each_device_finds_its_box_of_a_rotation_and_the_key_before_however_many_there_are(
    households: Households, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = households.artmatt
    second = first.add()
    made = first.collector.rotation()
    granted(first.post_links(made))
    first.collector.take(made)
    previous, *boxes = made.boxes
    order = sorted(first.collector.membership.devices)
    for device in (first, second):
        assert device.sync(links=3).links[0].boxes == made.boxes
    monkeypatch.setattr(link_shelf, "SPARE_BYTES", 0)
    for device in (first, second):
        (parcel,) = device.sync(links=3).links
        mine = boxes[order.index(device.keys.device)]
        assert parcel.boxes == (previous, mine)


def test_of_two_changes_at_once_one_is_told_to_look_again(households: Households) -> None:
    first = households.artmatt
    made = [first.collector.admission(Keys()) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(first.post_links, made))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert refused(loser) == (409, "chain_moved")
    assert len(first.chain().links) == 3


def test_a_link_that_is_there_already_is_fine(households: Households) -> None:
    first = households.artmatt
    before = first.collector.membership.head
    one = first.collector.admission(Keys())
    granted(first.post_links(one))
    granted(first.post_links(one, head=before))
    first.collector.take(one)
    two = first.collector.admission(Keys())
    granted(first.post_links(two))
    first.collector.take(two)
    granted(first.post_links(one, two, head=before))
    granted(first.post_links(one, head=before))
    assert len(first.chain().links) == 4


def test_links_are_checked_and_all_or_none_is_stored(households: Households) -> None:
    first, begin = households.artmatt, households.begin
    good = first.collector.admission(Keys())
    foreign = begin.collector.admission(Keys())
    assert refused(first.post_links(foreign)) == (422, "links_refused")
    assert refused(first.post_links(good, foreign)) == (422, "links_refused")
    stripped = type(good)(good.link, ())
    assert refused(first.post_links(stripped)) == (422, "links_refused")
    huge = type(good)(good.link, (bytes(5000),))
    assert refused(first.post_links(huge)) == (413, "too_large")
    assert len(first.chain().links) == 2
    granted(first.post_links(good))


def test_the_paper_key_brings_a_new_device_in(households: Households) -> None:
    first = households.artmatt
    collector = first.collector
    entry = first.write()
    first.sync(entry)
    paper = Device(first.http, collector, collector.paper)
    links = [parcel.link for parcel in paper.chain().links]
    chain = verify_chain(links, collector.tenant)
    assert paper.chain().links[1].boxes == collector.parcels[1].boxes
    keys = Keys()
    newcomer = Newcomer.introduce(keys.signing, collector.tenant, keys.device, keys.box_public)
    made = admit(
        chain,
        Signer(paper.keys.device, paper.keys.signing),
        newcomer,
        Role.OWNER,
        os.urandom(1168),
    )
    granted(paper.post_links(made))
    collector.take(made)
    restored = Device(first.http, collector, keys)
    assert restored.sync().entries == (entry,)


def test_a_removed_device_is_out_at_once(households: Households) -> None:
    first = households.artmatt
    second = first.add()
    second.sync()
    made = first.collector.revocation(second.keys)
    granted(first.post_links(made))
    first.collector.take(made)
    granted(first.post_links(later := first.collector.rotation()))
    first.collector.take(later)
    for method, path in (("POST", "/v1/sync"), ("POST", "/v1/chain"), ("GET", "/v1/about")):
        assert refused(second.call(method, path)) == (401, "revoked")
    shown = second.chain().links
    assert [each.link for each in shown] == [each.link for each in first.collector.parcels[:-1]]
    assert shown[-1].link == made.link
    assert not any(each.boxes for each in shown)
    assert len(households.begin.chain().links) == 2, "untouched"
    assert msgspec.json.decode(first.call("GET", "/v1/about").content)["links"] == 5
