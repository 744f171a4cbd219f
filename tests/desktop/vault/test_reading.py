"""Readers see what was last committed, whole, whatever is being written."""

from desktop.vault.archive import Archive
from desktop.vault.aside import derive
from shared.domain.operations import Put
from shared.domain.schema import Kind
from tests.desktop.vault.household import Device, rid

BEAR, MODEL = rid(5), rid(6)


def test_a_piece_is_never_seen_half_derived(tmp_path):
    """While a record is emptied and merged again, readers have the one from before."""
    one = Device("one", tmp_path / "one.swingtag")
    one.vault.apply("Add", [Put(Kind.MODEL, MODEL, {"name": "Garcia"})])
    one.put(BEAR, notes="mine", model=MODEL)
    one.put(BEAR, notes="late")
    late = one.vault.log.waiting()
    with one.vault._writer.transaction() as writing:
        spots = {(Kind.COPY.value, BEAR), (Kind.MODEL.value, MODEL)}
        derive(writing, Archive(writing.cursor, writing.moments), spots, {late})
        during = one.vault.records.detail(BEAR)
    after = one.vault.records.detail(BEAR)
    assert during.copy_fields["notes"] == "late"
    assert after.copy_fields["notes"] == "mine"
    assert during.model_fields == after.model_fields == {"name": "Garcia"}
    one.vault.close()
