"""A check finds sound collections sound, and notices bits that flip; see ``tests/rot``."""

from collections.abc import Callable
from pathlib import Path

from desktop.vault.errors import DamagedVaultError
from desktop.vault.opening import DATABASE
from shared.domain.operations import Put
from shared.domain.schema import Kind
from tests.desktop.vault.household import Device, rid

FLIPS = 25
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
