"""A check notices what SQLite and SQLCipher do not: an old page put back."""

from collections.abc import Callable
from pathlib import Path

from desktop.vault.database import Database
from desktop.vault.errors import DamagedVaultError
from desktop.vault.opening import DATABASE
from desktop.vault.repairing import repair
from desktop.vault.search import Speaker
from desktop.vault.vault import Surroundings
from shared.domain.operations import Put
from shared.domain.schema import Kind
from tests.desktop.vault.household import KEY, Clock, Device, drawn, rid

PAGE, FLIPS = 4096, 25
UNSEALED = ("edit",)
"""Tables with edits that are in no entry yet: an old page of these takes them away."""
MakeDevice = Callable[[str], Device]


def grow(device: Device, first: int, copies: int) -> None:
    puts = [
        Put(
            Kind.COPY,
            rid(number),
            {"notes": f"bear number {number} " * 9, "paid": number * 256, "x:aa": f"own {number}"},
        )
        for number in range(first, first + copies)
    ]
    for start in range(0, copies, 20):
        device.vault.apply("Add", puts[start : start + 20])
    for number in range(0, first + copies, 20):
        device.put(rid(number), notes=f"other words {first} {number}")


def file_of(device: Device) -> Path:
    return device.folder / DATABASE


def saved(device: Device) -> bytes:
    device.vault.close()
    return file_of(device).read_bytes()


def grown(device: Device) -> tuple[bytes, bytes]:
    """Return an old and the newest state of a collection's file; it is closed."""
    grow(device, 0, 60)
    device.seal()
    old = saved(device)
    device.open()
    grow(device, 60, 60)
    device.put(rid(8), notes="the last word")
    return old, saved(device)


def says(device: Device, content: bytes) -> list[tuple[str, list[tuple[object, ...]]]] | None:
    """Return every row of every table; None if they cannot be read."""
    file_of(device).write_bytes(content)
    database = Database(file_of(device), KEY, Speaker().functions)
    try:
        with database.reading() as cursor:
            sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage ORDER BY name"
            tables = [name for (name,) in cursor.execute(sql).fetchall()]
            return [(t, cursor.execute("SELECT * FROM " + t).fetchall()) for t in tables]  # noqa: S608 - names of our own tables
    except DamagedVaultError:
        return None
    finally:
        database.close()


def notices(device: Device, content: bytes) -> bool:
    """Tell whether a file is refused, or found to be damaged."""
    file_of(device).write_bytes(content)
    try:
        device.open()
    except DamagedVaultError:
        return True
    try:
        return bool(device.vault.checkup.examine(None))
    finally:
        device.vault.close()


def mended(device: Device, content: bytes) -> bytes | None:
    """Repair a file and return what the collection then holds; None if that cannot be done."""
    file_of(device).write_bytes(content)
    try:
        repair(device.folder, KEY, None, Surroundings(Clock(), drawn(b"repair")))
    except DamagedVaultError:
        return None
    device.open()
    assert device.vault.checkup.examine(None) == []
    try:
        return device.vault.log.content_hash()
    finally:
        device.vault.close()


def test_sound_collections_are_found_sound(device: MakeDevice) -> None:
    laptop, phone = device("laptop"), device("phone")
    grow(laptop, 0, 60)
    phone.take(laptop)
    phone.put(rid(3), notes="from the phone")
    laptop.put(rid(3), notes="from the laptop")
    laptop.take(phone)
    laptop.delete(rid(4))
    for each in (laptop, phone):
        assert each.vault.checkup.examine(None) == []


def test_every_old_page_is_noticed_and_records_are_told_again(device: MakeDevice) -> None:
    laptop = device("laptop")
    old, new = grown(laptop)
    file_of(laptop).write_bytes(new)
    laptop.open()
    holds = laptop.vault.log.content_hash()
    new = saved(laptop)
    stale = [
        page
        for page in range(1, min(len(old), len(new)) // PAGE)
        if old[page * PAGE :][:PAGE] != new[page * PAGE :][:PAGE]
    ]
    spliced = {
        page: new[: page * PAGE] + old[page * PAGE :][:PAGE] + new[(page + 1) * PAGE :]
        for page in stale
    }
    assert len(stale) >= 15
    silent = [page for page in stale if not notices(laptop, spliced[page])]
    # A page may differ only in bytes that no row uses any more.
    assert [page for page in silent if says(laptop, spliced[page]) != says(laptop, new)] == []
    assert len(stale) - len(silent) >= 15
    told = {page for page in stale if mended(laptop, spliced[page]) == holds}
    assert len(stale) - len(told) <= len(UNSEALED)  # what is not sealed yet stands nowhere else
    file_of(laptop).write_bytes(new)
    laptop.open()


def test_every_flipped_bit_is_noticed(device: MakeDevice) -> None:
    laptop = device("laptop")
    grow(laptop, 0, 60)
    laptop.seal()
    holds = laptop.vault.log.content_hash()
    whole = saved(laptop)
    places = range(5, len(whole), len(whole) // FLIPS)
    hurt = [whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :] for at in places]
    assert [
        at for at, content in zip(places, hurt, strict=True) if not notices(laptop, content)
    ] == []
    file_of(laptop).write_bytes(whole)
    laptop.open()
    assert laptop.vault.log.content_hash() == holds
