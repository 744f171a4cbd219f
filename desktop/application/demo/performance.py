"""The demo from its first scene to its last."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from desktop.application.demo import scenes
from desktop.application.demo.cast import PIECES, Collector
from desktop.application.demo.disk import Sight, look_for
from desktop.application.demo.errors import see
from desktop.application.demo.processes import Device, Server
from desktop.application.demo.props import draw_photos
from desktop.application.demo.report import Report
from desktop.application.demo.scenes import Household
from desktop.ui.look.packs import bundled_skin

T = TypeVar("T")


class Performance:
    """Everything on the stage: the server, the households, their papers and photos.

    ``stage`` is a folder of the demo's own, ``pictures`` where screenshots go, ``environment``
    what each device's process gets. Whatever runs ends with ``curtain``.
    """

    def __init__(
        self,
        *,
        collectors: tuple[Collector, Collector],
        stage: Path,
        pictures: Path,
        environment: Mapping[str, str],
        report: Report,
        curtain: ExitStack,
    ) -> None:
        self._collectors, self._stage, self._pictures = collectors, stage, pictures
        self._environment, self._report, self._curtain = environment, report, curtain
        self._hands = curtain.enter_context(ThreadPoolExecutor(3, "demo"))
        self._server = Server(stage / "server", stage / "server.log")
        self._words: list[list[str]] = []

    def play(self) -> None:
        """Play all scenes; raise DemoError at the first that does not show what it should."""
        scene = self._report.scene
        photos = [self._hands.submit(self._draw, who) for who in self._collectors]
        with scene("The server runs; four devices of two collectors start"):
            houses = self._set_up()
        with scene("Both collectors make a collection, sign up and get their 24 words"):
            self._words = self._both(houses, self._found)
        with scene("A second device each is let in by code and six digits") as said:
            digits = self._both(houses, lambda house: scenes.join(house, self._server.address))
            said.append(f"the digits on both screens: {', '.join(digits)}")
        with scene(f"Each catalogues {PIECES} real pieces in the add panel"):
            self._both(houses, lambda house: scenes.catalogue(house.who, house.desk))
        with scene("A drawn photo is dropped on every piece"):
            self._both(houses, lambda house: self._photograph(house, photos))
        with scene("They search, delete and undo"):
            self._both(houses, lambda house: scenes.look_and_undo(house.who, house.desk))
        with scene("The second devices have everything, photos too"):
            self._both(houses, scenes.receive_all)
        self._go_offline_and_come_back(houses)
        self._keep_apart(houses)
        self._take_pictures(houses)
        self._search_disks(houses)
        self._leave(houses)

    def _set_up(self) -> list[Household]:
        self._curtain.callback(self._server.stop)
        self._server.start()
        return [
            Household(who, *(self._open(who.slug, name) for name in who.devices))
            for who in self._collectors
        ]

    def _open(self, slug: str, name: str) -> Device:
        device = Device(name, self._stage / slug / name.replace(" ", "-"), self._environment)
        self._curtain.callback(device.close)
        return device

    def _found(self, house: Household) -> list[str]:
        title = bundled_skin(house.who.skin).title
        return scenes.found(house.who, house.desk, title, self._server.address)

    def _draw(self, who: Collector) -> dict[str, Path]:
        return draw_photos(who, self._stage / "photos" / who.slug)

    def _photograph(self, house: Household, photos: list[Future[dict[str, Path]]]) -> None:
        drawn = photos[self._collectors.index(house.who)].result()
        scenes.drop_photos(house.desk, drawn)

    def _go_offline_and_come_back(self, houses: list[Household]) -> None:
        scene = self._report.scene
        with scene("The server is gone; all four edit offline, some of it the same"):
            self._server.stop()
            self._both(houses, scenes.part)
        with scene("The server is back; the devices of each collector agree") as said:
            self._server.start()
            held = self._both(houses, lambda house: scenes.agree(house.devices))
            hashes = [state["hash"] for state in held]
            said += [
                f"{house.who.slug}: content hash {state['hash'][:16]}\u2026 on both devices"
                for house, state in zip(houses, held, strict=True)
            ]
            see(that=hashes[0] != hashes[1], otherwise="Two collectors hold the same.")
        with scene("Nothing was lost: every value is on the screens of both devices") as said:
            told = self._both(houses, scenes.lose_nothing)
            said += [
                f"{house.who.slug}: {words}" for house, words in zip(houses, told, strict=True)
            ]

    def _keep_apart(self, houses: list[Household]) -> None:
        """See that an edit of the one collector reaches their devices and nobody else's."""
        one, other = houses
        with self._report.scene(f"{other.who.slug} is untouched by what {one.who.slug} does"):
            before = [device.do("state")["hash"] for device in other.devices]
            scenes.edit(one.desk, one.who.doomed.name, "acquired_from", one.who.last_word)
            scenes.agree(one.devices)
            one.pocket.do("search", one.who.last_word, 1)
            after = [device.do("state") for device in other.devices]
            see(
                that=before == [state["hash"] for state in after],
                otherwise=f"{one.who.slug}'s edit changed {other.who.slug}'s collection.",
            )
            for house, stranger in ((one, other.who), (other, one.who)):
                for device in house.devices:
                    for text in (*stranger.planted_texts, stranger.collection):
                        device.do("search", f'"{text}"', 0)
                    device.do("search", "", PIECES)

    def _take_pictures(self, houses: list[Household]) -> None:
        with self._report.scene("Pictures are taken of both skins"):
            self._both(houses, lambda house: scenes.pose(house, self._pictures))

    def _search_disks(self, houses: list[Household]) -> None:
        """Look for the collectors' texts on the disks, and for one that was planted there."""
        texts = [text for who in self._collectors for text in who.private_texts]
        texts += [" ".join(words[at : at + 2]) for words in self._words for at in range(23)]
        with self._report.scene("The server's disk and its log are searched, -wal and all") as said:
            sight = look_for(texts, [self._server.data, self._server.log])
            _see_nothing(sight, "the server's disk")
            self._plant(texts[0])
            told = f"{len(texts)} texts in {sight.files} files, {sight.bytes:,} bytes: none found"
            said += [told, "a text planted there unsealed was found at once: the search works"]
        with self._report.scene("So are the collections on the four devices") as said:
            devices = [device for house in houses for device in house.devices]
            hidden = [text for who in self._collectors for text in who.planted_texts] + texts
            sight = look_for(hidden, [device.collection for device in devices])
            _see_nothing(sight, "the devices' disks")
            said.append(f"{sight.files} files, {sight.bytes:,} bytes: none found")

    def _plant(self, text: str) -> None:
        """Put a text where the server keeps things, and see that the search finds it."""
        plant = self._server.data / "plant-wal"
        plant.write_bytes(bytes(512) + text.encode() + bytes(512))
        sight = look_for([text], [self._server.data])
        plant.unlink()
        see(that=sight.found == ((text, plant),), otherwise="The search missed a planted text.")

    def _leave(self, houses: list[Household]) -> None:
        with self._report.scene("All windows are closed; no device met a fault of its own"):
            for device in (device for house in houses for device in house.devices):
                device.do("leave")
                device.close()
                see(that=not device.faults, otherwise=f"{device.name} wrote {device.faults}.")

    def _both(self, houses: list[Household], act: Callable[[Household], T]) -> list[T]:
        """Let both collectors act at the same time."""
        return list(self._hands.map(act, houses))


def _see_nothing(sight: Sight, where: str) -> None:
    found = "; ".join(f"\u201c{text}\u201d in {file}" for text, file in sight.found)
    see(that=not found, otherwise=f"On {where} stand readable texts: {found}.")
