"""The demo as whoever tries Swingtag runs it: the command itself, once, from its first line."""

import os
import re
import subprocess
import sys

from desktop.application.demo.disk import look_for

SECONDS = 240
PICTURES = {
    f"{who}-{what}.png"
    for who in ("artmatt", "begin")
    for what in ("cabinet", "grid", "table", "conflicts")
}


def run_demo(stage, pictures):
    call = "import sys; from desktop.application.main import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", call, "demo", "--output", str(pictures)],
        env=os.environ | {"TMPDIR": str(stage), "TEMP": str(stage)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_the_demo_shows_two_collectors_who_lose_nothing_and_tell_the_server_nothing(tmp_path):
    stage = tmp_path / "stage"
    stage.mkdir()
    ended = run_demo(stage, tmp_path / "pictures")
    report = ended.stdout
    assert ended.returncode == 0, report + ended.stderr
    digits = re.findall(r"\d{3} \d{3}(?=,|$)", report, re.MULTILINE)
    assert len(digits) == 2
    hashes = dict(re.findall(r"(artmatt|begin): content hash ([0-9a-f]{16})", report))
    assert len(set(hashes.values())) == len(hashes) == 2
    assert report.count("2 choices wait") == 2
    assert report.count("none found") == 2
    assert "a text planted there unsealed was found at once" in report
    pictures = {file.name: file.stat().st_size for file in (tmp_path / "pictures").iterdir()}
    assert set(pictures) == PICTURES
    assert min(pictures.values()) > 20_000
    assert list(stage.iterdir()) == [], "it leaves nothing behind"


def test_a_demo_that_cannot_be_played_ends_with_one_sentence(tmp_path):
    (tmp_path / "file").write_text("no folder")
    ended = run_demo(tmp_path, tmp_path / "file" / "pictures")
    assert ended.returncode == 1
    assert "FAILED" in ended.stdout.splitlines()[-1]
    assert ended.stderr == ""


def test_the_search_sees_every_file_and_both_encodings(tmp_path):
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "deep" / "vault.db-wal").write_bytes(b"\0\1Peanut's ear\2")
    (tmp_path / "deep" / "deeper" / "swap").write_bytes("xGrüße".encode("utf-16-le"))
    (tmp_path / "log").write_text("nothing of that kind")
    sight = look_for(["Peanut's ear", "Grüße", "Garcia"], [tmp_path / "deep", tmp_path / "log"])
    assert sight.files == 3
    assert sorted(text for text, _file in sight.found) == ["Grüße", "Peanut's ear"]
