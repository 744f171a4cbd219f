"""Two computers and a stick, no server anywhere: real widgets, real files, a real folder."""

import pytest
from PySide6.QtWidgets import QCheckBox, QFileDialog

from desktop.application.main import grant
from desktop.collection.library import Wish
from desktop.collection.photos_here import PhotoPolicy
from desktop.collection.values import Query, SyncPhase
from desktop.drawing.portraits import portrait
from desktop.sync.books import Books
from desktop.sync.chain import Chain, admission
from desktop.sync.joined import Joined
from desktop.ui.devices.exchange_page import ExchangePage
from desktop.ui.first_run.beginnings import Begun
from desktop.ui.inspector.stage import Stage
from desktop.vault.identity import Identity, read_identity
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.protocol.messages import LinkParcel
from tests.journeys.hands import PASSWORD, add, begin_collection, named, names, press
from tests.journeys.test_by_files import says

PATIENCE = 30_000


class Drive:
    """Chooses the folder, and the files, in the dialogs of all computers."""

    def __init__(self, monkeypatch, folder):
        self.folder, self.bundle = folder, folder / "matt"
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(self.folder))
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(self.bundle), ""))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(self.bundle), ""))


@pytest.fixture
def drive(monkeypatch, tmp_path):
    folder = tmp_path / "A stick with a \u201clong\u201d name"
    folder.mkdir()
    return Drive(monkeypatch, folder)


def let_in(owner, computer):
    """Let a computer in as two files do; the journey of those is told elsewhere."""
    keeper = computer.desk._keeper.result()
    vault, random = owner.live.collection._vault, keeper._machine.surroundings.random
    books, keys = Books(vault, random), DeviceKeys.generate(random)
    made = admission(books.membership, read_identity(vault.secrets), keys.introduce(vault.tenant))
    books.grow((LinkParcel(made.link, made.boxes),))
    chain = Chain.held(vault.log.state())
    keyring = Chain(chain.membership, chain.links, made.boxes).open_keys(
        keys, Keyring(vault.tenant, {})
    )
    joined = Joined("", Identity(keys, keyring), chain.links)
    computer.desk._open(Begun(keeper._library.join(joined, Wish("mine, too", PASSWORD))))
    return computer.window


def show_page(window):
    window.commands["devices"].trigger()
    press(window, "Exchange folder and bundles")
    page = window.pages._shown
    assert isinstance(page, ExchangePage)
    return page


def rest(qtbot, window):
    qtbot.waitUntil(lambda: window.exchange.labour is None, timeout=PATIENCE)


def test_two_computers_exchange_by_stick_and_by_bundle(qtbot, computer, drive):
    laptop = begin_collection(qtbot, computer("artmatt"), "artmatt", "Art Matt")
    other = begin_collection(qtbot, computer("begin"), "begin", "Begin")
    tablet = let_in(laptop, computer("artmatt-tablet"))
    add(laptop, "peanut")
    for window in (laptop, tablet):
        page = show_page(window)
        assert says(page, "No exchange folder is chosen")
        press(page, "Choose a folder\u2026")
        rest(qtbot, window)
        assert says(page, "Last exchange:")
        assert says(page, str(drive.folder))
    assert says(tablet.pages._shown, "changes came")
    assert tablet.live.collection.status.phase is SyncPhase.SAVED
    tablet.pages.show_list()
    qtbot.waitUntil(lambda: len(names(tablet)) == 1, timeout=PATIENCE)
    add(tablet, "patti")
    assert tablet.live.collection.status.phase is SyncPhase.WAITING
    tablet.exchange.look()
    rest(qtbot, tablet)
    laptop.commands["sync"].trigger()
    rest(qtbot, laptop)
    qtbot.waitUntil(lambda: len(laptop.live.collection.find(Query()).ids) == 2, timeout=PATIENCE)
    _an_original_on_request(qtbot, laptop, tablet)
    _by_bundle(qtbot, laptop, tablet, other, drive)


def _an_original_on_request(qtbot, laptop, tablet):
    """On a device of small pictures a click brings an original out of the folder."""
    copy, *_ = tablet.panels.list.copies
    photo = laptop.live.collection.photos.add(copy, portrait("Peanut", "Elephant", "", 1))
    tablet.live.collection.photos_here.keep(PhotoPolicy.SMALL)
    for window in (laptop, tablet):
        window.exchange.exchange()
        rest(qtbot, window)
    tablet.panels.list.shelf.opened.emit(copy)
    stage = tablet.panels.inspector.findChild(Stage)
    qtbot.waitUntil(lambda: stage._words == "Click to fetch the original", timeout=PATIENCE)
    assert "exchange folder" in stage.accessibleDescription()
    stage.wanted.emit()
    qtbot.waitUntil(lambda: stage._words == "", timeout=PATIENCE)
    assert tablet.live.collection.photos.original(photo)
    rest(qtbot, tablet)


def _by_bundle(qtbot, laptop, tablet, other, drive):
    add(laptop, "garcia")
    page = show_page(laptop)
    named(page, "With pictures", QCheckBox).click()
    press(page, "Save a bundle\u2026")
    rest(qtbot, laptop)
    drive.bundle = drive.bundle.with_suffix(".swingbundle")
    assert drive.bundle.is_file()
    page = show_page(tablet)
    press(page, "Open a bundle\u2026")
    rest(qtbot, tablet)
    assert tablet.live.collection.content_hash == laptop.live.collection.content_hash
    before = other.live.collection.content_hash
    press(show_page(other), "Open a bundle\u2026")
    rest(qtbot, other)
    assert says(other, "belongs to another collection")
    assert other.live.collection.content_hash == before


def test_a_bundle_is_opened_by_its_file(qtbot, computer, drive):
    here, elsewhere = computer("artmatt"), computer("begin")
    window = begin_collection(qtbot, here, "artmatt", "Art Matt")
    begin_collection(qtbot, elsewhere, "begin", "Begin")
    press(show_page(window), "Save a bundle\u2026")
    rest(qtbot, window)
    bundle = str(drive.bundle.with_suffix(".swingbundle"))
    grant(elsewhere.desk, bundle)
    assert says(elsewhere.window, "once the collection that it belongs to is open")
    window.pages.show_list()
    grant(here.desk, bundle)
    assert isinstance(window.pages._shown, ExchangePage)
    rest(qtbot, window)
    assert says(window, "Nothing new was in the bundle")


def test_a_stick_that_is_away_is_said_once_and_comes_back(qtbot, computer, drive):
    window = begin_collection(qtbot, computer("begin"), "begin", "Begin")
    page = show_page(window)
    press(page, "Choose a folder\u2026")
    rest(qtbot, window)
    pocket = drive.folder.with_name("pocket")
    drive.folder.rename(pocket)
    window.exchange.look()
    rest(qtbot, window)
    assert not says(page, "is not there"), "nobody asked"
    press(page, "Exchange now")
    rest(qtbot, window)
    assert says(page, "The exchange folder is not there")
    assert window.live.collection.status.phase is SyncPhase.OFFLINE
    pocket.rename(drive.folder)
    press(page, "Exchange now")
    rest(qtbot, window)
    assert not says(page, "is not there")
    press(page, "Use it no more")
    assert says(page, "No exchange folder is chosen")
    assert window.live.collection.status.phase is SyncPhase.LOCAL_ONLY
    assert (drive.folder / "swingtag").is_dir(), "what lies there stays"
