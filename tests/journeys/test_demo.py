"""The demo as whoever tries Swingtag runs it: the command itself, once, from its first line."""

import os
import re
import subprocess
import sys

SECONDS = 240
PICTURES = {
    f"{who}-{what}.png"
    for who in ("artmatt", "begin")
    for what in ("cabinet", "grid", "table", "conflicts")
}


def test_the_demo_shows_two_collectors_who_lose_nothing_and_tell_the_server_nothing(tmp_path):
    stage = tmp_path / "stage"
    stage.mkdir()
    call = "import sys; from desktop.application.main import main; sys.exit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", call, "demo", "--output", str(tmp_path / "pictures")],
        env=os.environ | {"TMPDIR": str(stage), "TEMP": str(stage)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
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
