"""Odd names, in fields and on the disk, and too little memory."""

import signal
import subprocess
import sys
import unicodedata
from pathlib import Path
from random import Random

import pytest

from desktop.vault.values import Query
from shared.domain.operations import PutMany
from shared.domain.schema import Kind
from tests.desktop.vault.household import Device, converge, rid

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


WRITE = """
import resource, sys
from pathlib import Path
from desktop.vault.errors import VaultError
from desktop.vault.vault import Surroundings, Vault
from shared.domain.operations import PutMany
from shared.domain.schema import Kind
from tests.desktop.vault.household import KEY, Clock, drawn, rid
folder, room = Path(sys.argv[1]), int(sys.argv[2])
vault = Vault.open_with_key(folder, KEY, Surroundings(Clock(), drawn(b"child")))
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + room * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    for step in range(3):
        ids = [rid(step * 2000 + number) for number in range(1, 2001)]
        texts = [f"{number} " + "bear " * 100 for number in range(2000)]
        vault.apply("Add", [PutMany(Kind.COPY, ids, ("notes",), (texts,))])
        print(step, flush=True)
except (MemoryError, VaultError):
    sys.exit(3)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="limits memory as Linux does")
@pytest.mark.parametrize(("room", "enough"), [(4, False), (200, True)])
def test_too_little_memory_ends_in_an_error_and_loses_nothing(tmp_path, room, enough):
    """F9: what was said to be saved is saved; nothing is half written. ``room`` is in MiB."""
    one = Device("one", tmp_path / "one.swingtag")
    one.vault.close()
    said = subprocess.run(
        [sys.executable, "-c", WRITE, str(one.folder), str(room)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    # One library (the encoder) dies of it instead of raising, which is no worse than a kill.
    assert said.returncode in ({0} if enough else {3, -signal.SIGSEGV}), said.stderr
    kept = len(said.stdout.split())
    one.open()
    assert one.vault.checkup.examine(None) == []
    assert one.vault.shelves.counts().copies in {2000 * kept, 2000 * (kept + 1)}
    one.vault.close()
