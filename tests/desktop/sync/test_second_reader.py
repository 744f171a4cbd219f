"""A reader written from the texts alone sees in real collections what the app shows."""

import random as seeded
import re
from pathlib import Path
from random import Random

import pytest

from desktop.collection.collection import Collection
from desktop.collection.values import Draft, Query
from desktop.sync.comparison import stream_heads
from desktop.sync.removal import wish
from shared.domain.dates import DateNotation, Order, format_date
from shared.domain.money import Money, MoneyNotation, format_money
from shared.domain.operations import Put
from shared.domain.schema import FieldType, Kind, Value
from shared.ids import RecordId
from shared.membership import verify_chain
from shared.protocol.heads import digest_of_heads
from shared.protocol.possession import proof_of
from tests.desktop.sync.conftest import Household, World, pair
from tests.desktop.sync.desk import Desk
from tests.desktop.sync.folder.household import save_bundle
from tests.desktop.sync.test_catalogues_meet import catalogue, collection_of
from tests.desktop.sync.test_compaction import compact
from tests.shared.vectors import second_comparing as comparing
from tests.shared.vectors import second_records as second
from tests.shared.vectors.second_bundle import Bundle
from tests.shared.vectors.second_reader import Bad

CURRENCIES = ("USD", "EUR", "JPY", "KWD", "DEM", "ITL")
DATES = (19970000, 19970500, 103, 19930103, 20000229, 229)
PLACES = ("Attic", "Attic / Box 3", "Cabinet / Top shelf", "Cabinet")
PLAIN = MoneyNotation(group="", symbol_first=False)
ISO = DateNotation(Order.YEAR_FIRST)


def amount(luck: Random) -> int:
    return Money(luck.randrange(-(10**6), 10**9), luck.choice(CURRENCIES)).pack()


def some_fields(luck: Random) -> dict[str, Value]:
    every: dict[str, Value] = {
        "paid": luck.choice([amount(luck), None]),
        "value": amount(luck),
        "acquired": luck.choice([*DATES, None]),
        "status": luck.choice(["owned", "trade", "sold", "on the moon"]),
        "notes": luck.choice(["Bärchen", "two\nlines", ""]),
        "number": str(luck.randrange(5)),
    }
    return {name: every[name] for name in luck.sample(sorted(every), 3)}


def one_step(collection: Collection, luck: Random) -> None:
    """Do something that a collector does."""
    copies = list(collection.find(Query()).ids)
    if len(copies) < 3 or luck.random() < 0.2:
        model = {"name": luck.choice(["Peanut", "Grandma's bear", "Ümläut"])}
        tags = tuple(luck.sample(["Gifts", "Favourites"], luck.randrange(3)))
        draft = Draft(some_fields(luck), model, location=luck.choice(PLACES), tags=tags)
        collection.copies.add(draft)
    else:
        luck.choice(DEEDS)(collection, luck.choice(copies), luck)


def edit(collection: Collection, copy: RecordId, luck: Random) -> None:
    others = list(collection.find(Query()).ids)[: luck.randrange(3)]
    collection.copies.edit([*{copy, *others}], some_fields(luck))


def name(collection: Collection, copy: RecordId, luck: Random) -> None:
    collection.copies.edit_model(copy, {"name": f"Renamed {luck.randrange(100)}"})


def tag(collection: Collection, copy: RecordId, luck: Random) -> None:
    collection.copies.tag([copy], luck.choice(["Gifts", "Rare"]))


def delete(collection: Collection, copy: RecordId, _luck: Random) -> None:
    collection.copies.delete([copy])


def restore(collection: Collection, _copy: RecordId, _luck: Random) -> None:
    collection.copies.restore(list(collection.find(Query(shelf="trash")).ids)[:1])


def nest(collection: Collection, _copy: RecordId, luck: Random) -> None:
    """Put one place into another, or into itself."""
    one, other = (luck.choice(collection.words.locations()).location for _ in range(2))
    collection.write("Move", [Put(Kind.LOCATION, one, {"parent": other})])


def insure(collection: Collection, copy: RecordId, luck: Random) -> None:
    """Fill in an own field."""
    fields = collection.words.fields() or (
        collection.words.add_field("Insured for", FieldType.MONEY),
    )
    collection.copies.edit([copy], {fields[0].field.name: amount(luck)})


def settle(collection: Collection, _copy: RecordId, luck: Random) -> None:
    """Choose between two values, if two wait."""
    for conflict in collection.conflicts()[:1]:
        collection.settle(conflict.number, keep_loser=luck.random() < 0.5)


def pictured(collection: Collection, copy: RecordId, luck: Random) -> None:
    """Add pictures, one of them of several chunks, and arrange them."""
    added = [
        collection.photos.add(copy, b"PIC" + luck.randbytes(size)) for size in (300, 300_000, 9)
    ]
    collection.photos.move(copy, added[1], None)
    if luck.random() < 0.5:
        collection.photos.make_cover(copy, added[0])
    if luck.random() < 0.3:
        collection.photos.remove(added[0])


DEEDS = (edit, edit, edit, name, tag, delete, restore, nest, insure, settle, pictured)


def live(house: Household, luck: Random, steps: int) -> None:
    """Let both devices work apart, then meet."""
    for desk in house.desks:
        collection = collection_of(desk)
        for _ in range(steps):
            one_step(collection, luck)
    house.sync()


def shown_by(collection: Collection) -> dict[bytes, second.Piece]:
    """Return what the app shows, in the second reader's form."""
    own = {each.field.name: each.label for each in collection.words.fields()}
    pieces = {}
    for row in collection.rows(collection.find(Query()).ids):
        detail = collection.detail(row.copy)
        assert detail is not None
        pieces[row.copy] = second.Piece(
            name=row.name,
            variant=row.variant,
            status=row.status,
            paid=figures(row.paid),
            value=figures(row.value),
            acquired=iso(row.acquired),
            place=row.location,
            tags=sorted(tag.name for tag in detail.tags),
            own={n: (own[n], value) for n, value in detail.copy_fields.items() if n in own},
            photos=[photo.photo for photo in detail.photos],
            cover=row.thumbnail,
        )
    return pieces


def figures(packed: int | None) -> tuple[str, str] | None:
    if packed is None:
        return None
    money = second.money(packed)
    assert money is not None
    assert Money(int(money[0].replace(".", "")), money[1]).pack() == packed
    return re.sub(r"[^0-9.-]", "", format_money(packed, PLAIN)), money[1]


def iso(packed: int | None) -> str:
    if packed is None:
        return ""
    if packed >= 10_000:
        return format_date(packed, ISO)
    return f"--{packed // 100:02}-{packed % 100:02}"


def agree(bundle: Bundle, desk: Desk) -> None:
    """See that a bundle says to the second reader what a device shows."""
    collection = collection_of(desk)
    assert second.shown(bundle.records) == shown_by(collection)
    losers = {(each.record, each.field, each.loser.value) for each in collection.conflicts()}
    overruled = {record for record, field, _ in losers if field == "deleted"}
    assert bundle.records.choices() == {each for each in losers if each[1] != "deleted"}
    assert bundle.records.flagged() == overruled
    state = desk.vault.log.state()
    membership = verify_chain(state.links, state.tenant)
    assert comparing.digest(bundle.heads) == digest_of_heads(stream_heads(state.heads, membership))
    words = comparing.six_words(bundle.tenant, bundle.chain.head, bundle.heads)
    assert tuple(words) == collection.roster.words()
    mark = comparing.mark(bundle.tenant, bundle.chain.head, bundle.chain.links)
    assert mark == collection.kit.mark


def bundle_of(desk: Desk, folder: Path, words: tuple[str, ...]) -> Bundle:
    path = folder / f"{desk.vault.folder.name}.swingbundle"
    save_bundle(desk, path)
    return Bundle(path.read_bytes(), list(words))


def test_the_second_reader_sees_what_the_app_shows(world: World, tmp_path: Path) -> None:
    """Of two collectors: from entries alone, and from a snapshot with what follows it."""
    luck = seeded.Random(1)  # noqa: S311 - tests, not secrets
    artmatt, begin = world.artmatt, world.begin
    for house in (artmatt, begin):
        collection = collection_of(house.laptop)
        pictured(collection, collection.copies.add(catalogue(collection, "peanut")), luck)
        for _ in range(6):
            live(house, luck, 4)
    theirs = begin.laptop.hash
    compact(artmatt)
    live(artmatt, luck, 3)
    with pair(artmatt.laptop, tmp_path / "phone.swingtag", world.server.address) as phone:
        phone.sync()
        wish(artmatt.laptop.vault.secrets, artmatt.tablet.vault.device)
        artmatt.laptop.sync()
        for _ in range(4):
            one_step(collection_of(artmatt.laptop), luck)
        for _ in range(2):
            artmatt.laptop.sync()
            phone.sync()
        late = bundle_of(phone, tmp_path, artmatt.words)
        assert late.from_snapshot
        assert len(late.keys) == 2
        agree(late, phone)
    whole = bundle_of(artmatt.laptop, tmp_path, artmatt.words)
    other = bundle_of(begin.laptop, tmp_path, begin.words)
    assert not whole.from_snapshot
    for bundle, desk in ((whole, artmatt.laptop), (other, begin.laptop)):
        agree(bundle, desk)
        pictures_agree(bundle, desk, luck)
    with pytest.raises(Bad):
        bundle_of(begin.laptop, tmp_path, artmatt.words)
    assert begin.laptop.hash == begin.tablet.hash == theirs


def pictures_agree(bundle: Bundle, desk: Desk, luck: Random) -> None:
    """Of those that are on the device; others are in no bundle of its."""
    photos = collection_of(desk).photos
    every = [photo for piece in second.shown(bundle.records).values() for photo in piece.photos]
    here = [
        each.photo for each in desk.vault.records.photos(list(map(RecordId, every))) if each.here
    ]
    assert here
    for photo in here:
        assert bundle.picture(photo) == photos.original(photo)
        assert bundle.picture(photo, "thumb_") == photos.thumbnail(photo)
        chunks = bundle.chunks(bundle.records.fields("photo", photo)["file"])
        challenge = luck.randbytes(32)
        assert comparing.possession(challenge, chunks) == proof_of(challenge, chunks)
