"""Odd names, in fields and on the disk, and too little memory."""

import os
import resource
import signal
import sys
import unicodedata
from pathlib import Path
from random import Random

import pytest

from desktop.vault.errors import VaultError
from desktop.vault.values import Query
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import Put, PutMany
from shared.domain.schema import Kind
from tests.desktop.vault.household import KEY, Clock, Device, converge, drawn, rid

PARTS = (
    *("Bärli", "Café", "ﬁn", "Ångström", "ßtar", "日本", "クマ", "한글", "हिंदी", "مرحبا", "שלום"),
    *("🧸", "👩\u200d👧", "🇩🇪", "\u202etxt.exe", "\u200b", "\ufeff", "a\u0301", "\ud800", "\x00"),
    *("CON", "x:stream", "trailing.", " lead", "../..", "%s", "<b>", "'; DROP", "\r\n", "\u2028"),
)


def odd_names(count: int) -> list[str]:
    """So many names, composed and decomposed, from what has broken other programs."""
    luck = Random(28)  # noqa: S311 - tests, not secrets
    forms = ("NFC", "NFD", "NFKC", "NFKD")
    plain = (" ".join(luck.choices(PARTS, k=luck.randint(1, 4))) for _ in range(count))
    return [unicodedata.normalize(luck.choice(forms), name) for name in plain]


def as_kept(name: str) -> str:
    return name.encode("utf-8", "replace").decode()  # a lone surrogate is no text


def test_500_odd_names_are_kept_found_and_the_same_on_another_device(tmp_path):
    """F28: ids never come from names; each comes back as it was typed."""
    one, two = (Device(name, tmp_path / f"{name}.swingtag") for name in ("one", "two"))
    names = odd_names(500)
    ids = [rid(number) for number in range(1, len(names) + 1)]
    fields = ("number", "notes", "condition")
    one.vault.apply("Add", [PutMany(Kind.COPY, ids, fields, (names, names, names))])
    converge([one, two])
    assert one.vault.log.content_hash() == two.vault.log.content_hash()
    for device in (one, two):
        for record, name in zip(ids, names, strict=True):
            assert set(device.get(record).values()) == {as_kept(name)}
    copy = rid(1000)
    one.put(copy, notes=unicodedata.normalize("NFD", "Bärli Ångström"))
    for form in ("NFC", "NFD"):
        assert copy in one.vault.shelves.find(Query(unicodedata.normalize(form, "bärli ångström")))
    for device in (one, two):
        device.vault.close()


ODD_PLACES = (
    "🧸 Mamas Bären \u202e",
    "dots...",
    " spaces ",
    "CON",
    unicodedata.normalize("NFD", "Bärli"),
    "/".join(["a long way down " * 8] * 3),
)


@pytest.mark.parametrize("place", ODD_PLACES)
def test_a_collection_may_lie_anywhere(tmp_path, place):
    """F29: emoji, more than 260 characters, trailing dots, names that Windows keeps for itself."""
    one = Device("one", tmp_path / place / "Beanies \U0001f9f8.swingtag")
    one.put(rid(1), notes="kept")
    one.vault.close()
    one.open()
    assert one.get(rid(1)) == {"notes": "kept"}
    one.vault.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on memory")
@pytest.mark.parametrize(("room", "enough"), [(2, False), (4, False), (200, True)])
def test_too_little_memory_ends_in_an_error_and_loses_nothing(tmp_path, room, enough):
    """F9: what was said to be saved is saved; nothing is half written. ``room`` is in MiB."""
    one = Device("one", tmp_path / "one.swingtag")
    one.vault.close()
    said = tmp_path / "said"
    child = os.fork()
    if not child:
        os._exit(_write_with(one.folder, said, room))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    # One library (the encoder) dies of it instead of raising, which is no worse than a kill.
    assert (status == 0) is enough
    assert status in {0, 1, -signal.SIGSEGV}
    kept = said.read_text().split() if said.exists() else []
    one.open()
    assert one.vault.checkup.examine(None) == []
    copies = one.vault.shelves.counts().copies
    assert copies in {2000 * len(kept), 2000 * (len(kept) + 1)}
    one.vault.close()


def _write_with(folder: Path, said: Path, room: int) -> int:
    """Be the child: write large steps with so much memory, and note each that was kept."""
    try:
        surroundings = Surroundings(Clock(), drawn(b"child"))
        vault = Vault.open_with_key(folder, KEY, surroundings)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + room * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        with said.open("a") as told:
            for step in range(3):
                ids = [rid(step * 2000 + number) for number in range(1, 2001)]
                texts = [f"{number} " + "bear " * 100 for number in range(2000)]
                vault.apply("Add", [PutMany(Kind.COPY, ids, ("notes",), (texts,))])
                told.write(f"{step}\n")
                told.flush()
            vault.apply("Last", [Put(Kind.MODEL, rid(1), {"name": "Peanut"})])
    except (MemoryError, VaultError):
        return 1
    return 0
