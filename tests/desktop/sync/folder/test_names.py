"""Names tell what they name, nothing else is taken for one; a bundle is a folder in one file."""

import struct
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from desktop.sync.folder.names import (
    Listing,
    approval_name,
    box_name,
    entry_name,
    file_name,
    link_name,
    object_name,
    snapshot_name,
)
from shared.domain.stamps import Origin
from shared.envelope import MAX_SEQ
from shared.ids import DeviceId, EntryHash, FileId, Incarnation
from tests.desktop.sync.folder.household import Household, exchange, save_bundle, shelf

hashes = st.binary(min_size=32, max_size=32).map(EntryHash)
devices = st.binary(min_size=16, max_size=16).map(DeviceId)
streams = st.builds(Origin, devices, st.binary(min_size=8, max_size=8).map(Incarnation))
numbers = st.integers(1, MAX_SEQ) | st.sampled_from([1, 0xFFFFFFFF, 0x1_0000_0000, MAX_SEQ])


@given(stream=streams, number=numbers, name=hashes, device=devices)
def test_each_name_is_read_as_it_was_written(
    stream: Origin, number: int, name: EntryHash, device: DeviceId
) -> None:
    file = FileId(device)
    written = [
        link_name(number, name),
        box_name(name),
        entry_name(stream, number),
        snapshot_name(name),
        approval_name(name, device),
        object_name(name),
        file_name(file),
    ]
    listing = Listing.of(written)
    assert listing.links == {number: {name}}
    assert listing.entries == {stream: {number}}
    assert listing.approvals == {name: {device}}
    assert listing.boxes == listing.snapshots == listing.objects == {name}
    assert listing.files == {file}
    for known in written:
        for other in (known.upper(), f"{known} (1)", f"../{known}", known[:-9], f"{known}/x", ""):
            assert other == known or Listing.of([other]) == Listing()


def parts_of(bundle: bytes) -> Iterator[tuple[str, bytes]]:
    """Read a bundle as docs/format.md tells."""
    at = 37
    while length := struct.unpack_from(">H", bundle, at)[0]:
        name = bundle[at + 2 : at + 2 + length].decode("ascii")
        (size,) = struct.unpack_from(">Q", bundle, at + 2 + length)
        start = at + 10 + length
        yield name, bundle[start : start + size]
        at = start + size
    assert at + 2 == len(bundle)


def test_a_bundle_holds_what_a_folder_would(
    artmatt: Household, stick: Path, tmp_path: Path
) -> None:
    laptop, tablet = artmatt.desks
    bear = laptop.add(notes="the same either way")
    exchange(laptop, stick)
    path = tmp_path / "whole.swingbundle"
    save_bundle(laptop, path)
    bundle = path.read_bytes()
    assert bundle[:37] == b"SWBN\x01" + laptop.vault.tenant
    here = shelf(laptop, stick)
    kept = {p.relative_to(here).as_posix(): p.read_bytes() for p in here.rglob("*") if p.is_file()}
    assert dict(parts_of(bundle)) == kept
    unpacked = tmp_path / "unpacked"
    for name, content in parts_of(bundle):
        target = shelf(laptop, unpacked) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    assert exchange(tablet, unpacked).edits_in == 1
    assert tablet.read(bear)["notes"] == "the same either way"
