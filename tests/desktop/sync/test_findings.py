"""What a sync found out stays until the person has read it, and what holds longer stays longer."""

import shutil
from pathlib import Path

from desktop.sync.findings import Findings, Source, dismiss, findings
from desktop.sync.folder.traffic import FolderNotice
from desktop.sync.notices import Notice
from desktop.vault.vault import Secrets
from tests.desktop.sync.conftest import World
from tests.desktop.sync.test_rounds import put_back


def said(secrets: Secrets) -> list[str]:
    return [each.sentence for each in findings(secrets)]


def test_what_a_server_lost_is_told_until_it_was_read(world: World, tmp_path: Path) -> None:
    """It outlives later rounds, their failure and a restart; the neighbour hears nothing."""
    laptop = world.artmatt.laptop
    shutil.copytree(world.server.folder, tmp_path / "backup")
    laptop.add(notes="lost")
    world.artmatt.sync()
    with put_back(world, tmp_path / "backup", new_log=True):
        laptop.sync()
        assert said(laptop.vault.secrets) == [Notice.RESTORED.value]
        laptop.add(notes="the next edit")
        laptop.sync()
        assert laptop.session.notices == ()
        laptop.reopen()
        (found,) = findings(laptop.vault.secrets)
        assert found.sentence == Notice.RESTORED.value
        assert 0 <= laptop.hand.millis() - found.millis < 600_000
        dismiss(laptop.vault.secrets, found.sentence)
        laptop.sync()
        assert said(laptop.vault.secrets) == []
        world.begin.sync()
        assert said(world.begin.laptop.vault.secrets) == []


def test_an_alarm_that_holds_cannot_be_dismissed_and_an_event_is_told_once(world: World) -> None:
    laptop, begin = world.artmatt.laptop.vault.secrets, world.begin.laptop.vault.secrets
    now = [1_000]
    server = Findings(laptop, Source.SERVER, lambda: now[0])
    folder = Findings(laptop, Source.FOLDER, lambda: now[0])
    both = (FolderNotice.LATE, FolderNotice.REFUSED)
    for notice in (Notice.LATE, Notice.WITHHELD):
        server.found(notice)
    server.settle([Notice.LATE, Notice.WITHHELD])
    now[0] = 2_000
    for notice in both:
        folder.found(notice)
    folder.settle(both)
    alarm, event = findings(laptop)
    assert (alarm.sentence, alarm.holds) == (FolderNotice.REFUSED.value, True), "the gravest first"
    assert (event.sentence, event.holds, event.millis) == (Notice.LATE.value, False, 2_000)
    for each in (alarm, event):
        dismiss(laptop, each.sentence)
    assert findings(laptop) == (alarm,)
    for notice in both:  # the same files lie there still
        folder.found(notice)
    folder.settle(both)
    assert findings(laptop) == (alarm,)
    folder.settle()
    (past,) = findings(laptop)
    assert not past.holds
    dismiss(laptop, past.sentence)
    assert findings(laptop) == ()
    now[0] = 3_000
    folder.found(FolderNotice.LATE)
    assert [each.millis for each in findings(laptop)] == [3_000], "this one is new"
    assert findings(begin) == ()
