"""The pages about devices and the server, over a real server, with two collectors."""

import secrets
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

from desktop.application.online import Connection
from desktop.collection.devices import OnlyLooksError
from desktop.collection.known import KnownCollections
from desktop.collection.library import Library, Machine, Wish
from desktop.collection.values import Draft, Rights, SyncPhase
from desktop.drawing.imaging import QtImaging
from desktop.sync.books import Books
from desktop.sync.chain import Chain, admission
from desktop.sync.courier import open_http
from desktop.sync.joined import Joined
from desktop.sync.network import Network
from desktop.sync.rhythm import Rhythm
from desktop.ui.backups.page import BackupsPage
from desktop.ui.devices.page import DevicesPage
from desktop.ui.devices.removed_page import KEPT_REMOVED, RemovedPage
from desktop.ui.devices.server_page import ServerPage
from desktop.ui.devices.server_words import TABLES
from desktop.ui.first_run.beginnings import Place
from desktop.ui.kit.drill import DrillPage
from desktop.ui.live import LiveCollection
from desktop.ui.look.packs import bundled, bundled_skin
from desktop.ui.notation import Notation
from desktop.ui.window.main_window import MainWindow
from desktop.vault.identity import Identity, read_identity
from desktop.vault.vault import Surroundings
from shared.crypto.devices import DeviceKeys
from shared.crypto.epochs import Keyring
from shared.domain.operations import Put
from shared.domain.schema import Kind
from shared.protocol.messages import About, LinkParcel
from shared.protocol.problems import Code
from tests.desktop.sync.desk import SWIFT, never_ready
from tests.desktop.sync.line import Line
from tests.journeys.hands import named, press, shown, write
from tests.sync_server.serving import command, running

PASSWORD = "correct horse battery"
PATIENCE = 20_000


class Computer:
    """A computer with one collection in a window, and its line to the server."""

    def __init__(self, home, name, reference):
        self.name = name
        self.line = Line()
        self.connection = self.collection = self.window = None
        self._home = home
        self._reference = reference
        surroundings = Surroundings(lambda: time.time_ns() // 1_000_000, secrets.token_bytes)
        rhythm = Rhythm(time.monotonic, lambda: 0.5, SWIFT)
        self.network = Network(open_http(self.line), surroundings, rhythm)
        self._machine = Machine(surroundings, None, QtImaging(), name, "Linux")

    def _connect(self, vault, collection):
        self.connection = Connection(self.network, vault, collection)
        return self.connection.start()

    @property
    def library(self):
        home = self._home / self.name
        known = KnownCollections(home / "known.json", home)
        return Library(known, self._reference, self._machine, self._connect)

    def show(self, qtbot, collection):
        self.collection = collection
        skin = bundled_skin("classic")
        live = LiveCollection(collection)
        notation = Notation(QLocale("en_US"))
        self.window = MainWindow(live, self.connection, notation, bundled(), skin)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.pages.show_devices()

    @property
    def page(self):
        return self.window.pages._shown

    def says(self, words):
        return any(
            words in label.text() for label in self.page.findChildren(QLabel) if label.isVisible()
        )

    def is_saved(self):
        status = self.collection.status
        return status.phase is SyncPhase.SAVED and status.waiting == 0

    def close(self):
        self.window.close()
        self.collection.close()
        self.network.http.close()


def begin(qtbot, computer, slug, server):
    """Found a collection on a new computer and sign it up."""
    created = computer.library.create(Wish(slug, PASSWORD))
    assert computer.connection.sign_up(Place(server.address, slug)) is None
    computer.show(qtbot, created.collection)
    return computer, created.words


def let_in(qtbot, owner, computer, server):
    """Let a new computer into a collection, and show it there."""
    newcomer = computer.network.newcomer(server.address, never_ready)
    vault = owner.connection._vault
    with ThreadPoolExecutor(1) as other:
        met = other.submit(owner.network.greet, vault, newcomer.code, never_ready)
        guest = newcomer.meet()
        owner.network.admit(vault, met.result())
    joined = computer.network.join(guest, server.address)
    computer.show(qtbot, computer.library.join(joined, Wish("artmatt", PASSWORD)))
    return computer


@pytest.fixture
def server(tmp_path):
    with running(tmp_path / "server") as made:
        yield made


@pytest.fixture
def pair(qtbot, tmp_path, reference, server):
    """The laptop of artmatt, who has a tablet too, and the words of the kit."""
    laptop, words = begin(qtbot, Computer(tmp_path, "laptop", reference), "artmatt", server)
    tablet = let_in(qtbot, laptop, Computer(tmp_path, "tablet", reference), server)
    for computer in (laptop, tablet):
        qtbot.waitUntil(lambda one=computer: one.says("tablet"), timeout=PATIENCE)
        qtbot.waitUntil(lambda one=computer: one.says("laptop"), timeout=PATIENCE)
    yield laptop, tablet, words
    for computer in (laptop, tablet):
        computer.close()


@pytest.fixture
def other(qtbot, tmp_path, reference, server):
    """Begin's laptop, at the same server."""
    computer, _words = begin(qtbot, Computer(tmp_path, "begins laptop", reference), "begin", server)
    yield computer
    computer.close()


def test_a_device_is_removed_and_both_screens_say_so(qtbot, pair, other):
    laptop, tablet, _ = pair
    press(laptop.page, "Remove: tablet")
    assert laptop.says("What it holds already it keeps")
    press(laptop.page, "Keep it")
    press(laptop.page, "Remove: tablet")
    press(laptop.page, "Remove this device")
    qtbot.waitUntil(lambda: laptop.says("removed by laptop"), timeout=PATIENCE)
    assert not shown(laptop.page, "Remove: tablet")
    qtbot.waitUntil(lambda: tablet.collection.status.removed, timeout=PATIENCE)
    assert {card.name for card in tablet.collection.devices()} >= {"laptop", "tablet"}
    qtbot.waitUntil(lambda: isinstance(tablet.page, RemovedPage), timeout=PATIENCE)
    press(tablet.page, "Back it up\u2026")
    assert isinstance(tablet.page, BackupsPage)
    tablet.window.pages.show_removed()
    with qtbot.waitSignal(tablet.window.another_wanted):
        press(tablet.page, "Join again\u2026")
    press(tablet.page, "Keep it as it is")
    assert tablet.page is None
    assert tablet.collection.settings.here(KEPT_REMOVED)
    assert laptop.is_saved()
    assert laptop.collection.status.devices == 1
    assert {card.name for card in other.collection.devices()} == {"begins laptop", "Emergency kit"}


def test_a_device_that_had_no_server_syncs_where_another_signed_up(
    qtbot, tmp_path, reference, server
):
    """They were together before there was a server; the second one only types its name."""
    laptop = Computer(tmp_path, "laptop", reference)
    laptop.show(qtbot, laptop.library.create(Wish("artmatt", PASSWORD)).collection)
    tablet = Computer(tmp_path, "tablet", reference)
    tablet.show(qtbot, tablet.library.join(by_hand(laptop), Wish("artmatt", PASSWORD)))
    for computer in (laptop, tablet):
        write(computer.page, "Server", server.address)
        write(computer.page, "Your name there", "artmatt")
        go = named(computer.page, "Sign up")
        qtbot.waitUntil(go.isEnabled, timeout=PATIENCE)
        assert computer.says("signed this collection up here") == (computer is tablet)
        go.click()
        qtbot.waitUntil(lambda one=computer: one.says("Server: "), timeout=PATIENCE)
        qtbot.waitUntil(computer.is_saved, timeout=PATIENCE)
    same = laptop.collection.tenant == tablet.collection.tenant
    assert same
    qtbot.waitUntil(lambda: tablet.says("laptop"), timeout=PATIENCE)
    for computer in (laptop, tablet):
        computer.close()


def test_a_collection_moves_to_another_server_and_to_none(qtbot, pair, other, server, tmp_path):
    laptop, tablet, _ = pair
    told = other.connection.about()
    with running(tmp_path / "second server") as second:
        move(qtbot, laptop, server, second)
        qtbot.waitUntil(tablet.window.panels.bar.isVisible, timeout=PATIENCE)
        follow(qtbot, tablet, second)
        bear = laptop.collection.copies.add(Draft(model={"name": "Garcia"}))
        qtbot.waitUntil(lambda: bool(tablet.collection.detail(bear)), timeout=PATIENCE)

        for answer in ("Stay at the server", "Go on without a server"):
            press(tablet.page, "Without a server from now on\u2026")
            press(tablet.page, answer)
        qtbot.waitUntil(lambda: shown(tablet.page, "Sign up"), timeout=PATIENCE)
        assert tablet.connection.server == ""
        assert tablet.collection.status.phase is SyncPhase.LOCAL_ONLY
        bean = laptop.collection.copies.add(Draft(model={"name": "Peace"}))
        qtbot.waitUntil(laptop.is_saved, timeout=PATIENCE)
        assert not tablet.collection.detail(bean)
        follow(qtbot, tablet, second)
        qtbot.waitUntil(lambda: bool(tablet.collection.detail(bean)), timeout=PATIENCE)
        for computer in (laptop, tablet):
            computer.collection.sync.pause()
    assert other.connection.about() == told
    assert other.connection.server == server.address


def move(qtbot, computer, server, second):
    """Go to a second server; a wrong address changes nothing."""
    press(computer.page, "Another server\u2026")
    assert computer.says(server.address)
    write(computer.page, "Your name there", "artmatt")
    for wrong, why in (
        ("http://127.0.0.1:1", "does not answer"),
        (server.address, "syncs there already"),
    ):
        write(computer.page, "Server", wrong)
        qtbot.waitUntil(lambda why=why: computer.says(why), timeout=PATIENCE)
        assert not named(computer.page, "Move there").isEnabled()
        assert computer.connection.server == server.address
    write(computer.page, "Server", second.address)
    go = named(computer.page, "Move there")
    qtbot.waitUntil(go.isEnabled, timeout=PATIENCE)
    go.click()
    qtbot.waitUntil(lambda: computer.says(f"Server: {second.address}"), timeout=PATIENCE)
    qtbot.waitUntil(computer.is_saved, timeout=PATIENCE)


def follow(qtbot, computer, second):
    """Go where another device told that the collection is."""
    at = f"moved this collection to {second.address}"
    qtbot.waitUntil(lambda: computer.says(at), timeout=PATIENCE)
    press(computer.page, "Sync there")
    qtbot.waitUntil(lambda: computer.says(f"Server: {second.address}"), timeout=PATIENCE)
    assert not computer.says(at)


def by_hand(owner):
    """Let a device in as two files do; the journey of those is told elsewhere."""
    vault, random = owner.connection._vault, owner.network.surroundings.random
    books, keys = Books(vault, random), DeviceKeys.generate(random)
    made = admission(books.membership, read_identity(vault.secrets), keys.introduce(vault.tenant))
    books.grow((LinkParcel(made.link, made.boxes),))
    chain = Chain.held(vault.log.state())
    opened = Chain(chain.membership, chain.links, made.boxes)
    keyring = opened.open_keys(keys, Keyring(vault.tenant, {}))
    return Joined("", Identity(keys, keyring), chain.links)


def test_without_a_line_a_removal_waits_and_says_so(qtbot, pair):
    laptop, *_ = pair
    laptop.line.cut = True
    press(laptop.page, "Remove: tablet")
    press(laptop.page, "Remove this device")
    qtbot.waitUntil(lambda: laptop.says("as soon as the server can be reached"), timeout=PATIENCE)
    press(laptop.page, "Keep it: tablet")
    qtbot.waitUntil(lambda: not laptop.says("as soon as"), timeout=PATIENCE)
    press(laptop.page, "Remove: tablet")
    press(laptop.page, "Remove this device")
    qtbot.waitUntil(lambda: laptop.says("as soon as the server can be reached"), timeout=PATIENCE)
    laptop.line.cut = False
    qtbot.waitUntil(lambda: laptop.says("removed by laptop"), timeout=PATIENCE)
    assert not shown(laptop.page, "Remove: tablet")


def test_a_viewer_is_told_before_it_types_and_writes_nothing(qtbot, pair, other):
    laptop, tablet, _ = pair
    bear = tablet.collection.copies.add(Draft(model={"name": "Garcia"}, tags=("rare",)))
    qtbot.waitUntil(lambda: laptop.is_saved() and tablet.is_saved(), timeout=PATIENCE)
    press(laptop.page, "Rights: tablet")
    assert laptop.says("Reads everything and changes nothing.")
    press(laptop.page, f"Viewer: {Rights.VIEWER.value}")
    qtbot.waitUntil(lambda: tablet.says("This device may only look"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: laptop.says("Viewer"), timeout=PATIENCE)
    before = tablet.collection.content_hash
    tablet.window.show_copy(bear)
    chips = tablet.window.panels.inspector._view.tags.findChildren(QPushButton)
    assert [chip.text() for chip in chips] == ["rare"], "without a cross"
    assert not shown(tablet.window.panels.inspector, "New tag")
    assert not shown(tablet.window.panels.inspector, "Add photos")
    assert not tablet.window.panels.inspector._view.photos.acceptDrops()
    assert tablet.window._looks.isVisible()
    assert not tablet.window.commands["add"].isEnabled()
    assert not shown(tablet.page, "Remove: laptop")
    for deed in (
        lambda: tablet.collection.write("Edit", [Put(Kind.COPY, bear, {"notes": "x"})]),
        tablet.collection.undo,
        tablet.collection.redo,
        lambda: tablet.collection.settle(1, keep_loser=True),
    ):
        with pytest.raises(OnlyLooksError):
            deed()
    assert tablet.collection.content_hash == before
    assert tablet.collection.detail(bear)
    assert other.collection.roster.rights is Rights.OWNER
    assert not other.window._looks.isVisible()

    press(laptop.page, "Rights: tablet")
    press(laptop.page, f"Editor: {Rights.EDITOR.value}")
    qtbot.waitUntil(lambda: not tablet.window._looks.isVisible(), timeout=PATIENCE)
    tablet.collection.write("Edit", [Put(Kind.COPY, bear, {"notes": "again"})])
    assert tablet.window.commands["add"].isEnabled()
    assert not shown(tablet.page, "Remove: laptop")


def test_a_device_that_another_one_let_in_is_asked_about(qtbot, pair, server, tmp_path, reference):
    laptop, tablet, _ = pair
    phone = let_in(qtbot, laptop, Computer(tmp_path, "phone", reference), server)
    qtbot.waitUntil(lambda: tablet.says("Is this you?"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: tablet.says("phone"), timeout=PATIENCE)
    assert not laptop.says("Is this you?"), "it has let it in itself"
    press(tablet.page, "It is mine: phone")
    assert not tablet.says("Is this you?")
    tablet.collection.roster._secrets.put("devices that somebody knows", b"")
    tablet.window.pages.show_devices()
    press(tablet.page, "Remove it: phone")
    qtbot.waitUntil(lambda: isinstance(phone.page, RemovedPage), timeout=PATIENCE)
    phone.close()


def test_a_new_name_reaches_the_other_device(qtbot, pair, other):
    laptop, tablet, _ = pair
    press(laptop.page, "Rename: tablet")
    write(laptop.page, "New name of tablet", "Kitchen tablet")
    press(laptop.page, "Save")
    qtbot.waitUntil(lambda: tablet.says("Kitchen tablet"), timeout=PATIENCE)
    assert tablet.says("added by laptop")
    assert laptop.says("last heard from")
    assert not other.says("Kitchen")


def test_six_words_agree_on_devices_that_hold_the_same(qtbot, pair, other):
    laptop, tablet, _ = pair
    qtbot.waitUntil(lambda: laptop.is_saved() and tablet.is_saved(), timeout=PATIENCE)
    for computer in (laptop, tablet, other):
        press(computer.page, "Compare devices")
    first = laptop.page._comparison.shown
    assert len(first) == 6
    qtbot.waitUntil(lambda: tablet.page._comparison.shown == first, timeout=PATIENCE)
    assert other.page._comparison.shown != first
    tablet.collection.sync.pause()
    laptop.collection.roster.rename(laptop.collection.devices()[0].device, "Desk")
    qtbot.waitUntil(lambda: laptop.page._comparison.shown != first, timeout=PATIENCE)
    assert tablet.page._comparison.shown == first
    tablet.collection.sync.resume()
    qtbot.waitUntil(
        lambda: tablet.page._comparison.shown == laptop.page._comparison.shown, timeout=PATIENCE
    )


def test_the_kit_is_tried_on_this_computer_alone(qtbot, pair, other):
    laptop, _, words = pair
    laptop.line.cut = other.line.cut = True
    press(laptop.page, "Test my kit: Emergency kit")
    try_words(laptop, " ".join(word[:4] for word in words))
    qtbot.waitUntil(lambda: laptop.says("This kit is good"), timeout=PATIENCE)
    assert not named(laptop.page, "The 24 words of my kit", QPlainTextEdit).toPlainText()
    try_words(laptop, " ".join(reversed(words)))
    qtbot.waitUntil(lambda: laptop.says("Compare each"), timeout=PATIENCE)
    press(other.page, "Test my kit: Emergency kit")
    try_words(other, " ".join(words))
    qtbot.waitUntil(lambda: other.says("of another collection"), timeout=PATIENCE)


def try_words(computer, words):
    assert isinstance(computer.page, DrillPage)
    named(computer.page, "The 24 words of my kit", QPlainTextEdit).setPlainText(words)
    press(computer.page, "Test my kit")


def test_what_the_server_knows_is_on_the_screen_to_the_last_column(qtbot, pair, other, server):
    """The truth is read from the files themselves; whatever is there must be in plain words."""
    laptop, _, _ = pair
    for computer, slug, foreign in ((laptop, "artmatt", "begin"), (other, "begin", "artmatt")):
        press(computer.page, "What the server knows")
        assert isinstance(computer.page, ServerPage)
        qtbot.waitUntil(
            lambda one=computer: one.says("read back from the server"), timeout=PATIENCE
        )
        about = computer.connection.about()
        assert isinstance(about, About)
        assert about.slug == slug
        told = {table.table: table for table in about.tables}
        assert set(told) == {*columns_on_disk(server), "tenant"}
        for name, columns in columns_on_disk(server).items():
            assert set(told[name].columns) == set(columns)
        for name, table in told.items():
            assert set(table.columns) == set(TABLES[name].columns)
            words = (TABLES[name].title, *TABLES[name].columns.values())
            qtbot.waitUntil(
                lambda one=computer, words=words: all(map(one.says, words)), timeout=PATIENCE
            )
        assert not computer.says(foreign)
        assert told["entry"].rows == about.entries > 0
        for table in told.values():
            assert len(table.last) == min(table.rows, 2)
            assert all(computer.says(value) for row in table.last for value in row)
        named(computer.page, "Back to the devices").click()
        assert isinstance(computer.page, DevicesPage)


def columns_on_disk(server):
    """Every table and column of the tenants' files, as SQLite says."""
    files = sorted(server.folder.rglob("tenant.db"))
    assert len(files) == 2
    found = {}
    for file in files:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as db:
            tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                info = db.execute(f"PRAGMA table_info({table})").fetchall()
                found[table] = {column for _, column, *_ in info}
        db.close()
    return found


def test_every_column_of_the_directory_line_has_its_words(other, server):
    with sqlite3.connect(f"file:{server.folder / 'directory.db'}?mode=ro", uri=True) as db:
        info = db.execute("PRAGMA table_info(tenant)").fetchall()
    db.close()
    assert other.connection.server
    assert {column for _, column, *_ in info} == set(TABLES["tenant"].columns)


def test_an_invitation_is_asked_for_and_sent(qtbot, tmp_path, reference, server):
    """The field appears when the server says so; a wrong code is refused in words."""
    command(server.folder, "registration", "invite")
    command(server.folder, "proof", "8")
    (invited,) = command(server.folder, "tenant", "create", "begin")
    computer = Computer(tmp_path, "desk", reference)
    computer.show(qtbot, computer.library.create(Wish("begin", PASSWORD)).collection)
    page = computer.page
    assert not shown(page, "Invitation")
    write(page, "Server", server.address)
    write(page, "Your name there", "begin")
    qtbot.waitUntil(lambda: shown(page, "Invitation"), timeout=PATIENCE)
    assert computer.says("begin needs an invitation here")
    assert not named(page, "Sign up").isEnabled()
    write(page, "Invitation", "wrong")
    press(page, "Sign up")
    qtbot.waitUntil(lambda: computer.says(Code.INVITATION.sentence), timeout=PATIENCE)
    write(page, "Invitation", invited["invitation"].upper())
    press(page, "Sign up")
    qtbot.waitUntil(lambda: computer.connection.server == server.address, timeout=PATIENCE)
    qtbot.waitUntil(computer.is_saved, timeout=PATIENCE)
    (line,) = command(server.folder, "tenant", "list")
    assert line["name"] == "begin"
    computer.close()


def test_somebody_who_has_an_invitation_may_say_so_at_once(qtbot, tmp_path, reference):
    computer = Computer(tmp_path, "desk", reference)
    computer.show(qtbot, computer.library.create(Wish("artmatt", PASSWORD)).collection)
    press(computer.page, "I have an invitation")
    assert shown(computer.page, "Invitation")
    assert not shown(computer.page, "I have an invitation")
    computer.close()
