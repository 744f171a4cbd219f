"""What a collector does in the demo, each scene through the screens of one or two devices."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.application.demo.cast import PIECES, Collector
from desktop.application.demo.errors import DemoError, see
from desktop.application.demo.processes import Device

SYNCED = "Everything is saved and synced."
OFFLINE = "The server does not answer.*"
_GRADES = ("MWMT", "MINT", "NM")
_PROVEN = (3, 12, 20)
_PATIENCE_SECONDS = 60.0
_GLANCE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Household:
    """One collector with two devices."""

    who: Collector
    desk: Device
    pocket: Device

    @property
    def devices(self) -> tuple[Device, Device]:
        """Both devices."""
        return self.desk, self.pocket


def found(who: Collector, desk: Device, skin_title: str, server: str) -> list[str]:
    """Make the collection and sign up; return the 24 words as they stood on the screen."""
    desk.do("press", "Start a new collection")
    desk.do("write", "Name of the collection", who.collection)
    desk.do("write", "Password", who.password)
    desk.do("write", "Password again", who.password)
    desk.do("press", "Next")
    desk.do("press", skin_title)
    desk.do("press", "Next")
    desk.do("press", "Sync my devices through a server, which can read nothing.")
    desk.do("write", "Server", server)
    desk.do("write", "Your name there", who.slug)
    desk.do("press", "Create the collection")
    words = [_word(desk, number) for number in range(1, 25)]
    desk.do("press", "I keep these words where only I find them.")
    desk.do("press", "Next")
    for number in _PROVEN:
        desk.do("write", f"Word {number}", words[number - 1])
    desk.do("press", "Open my collection")
    title = desk.do("open_window")
    see(that=who.collection in title, otherwise=f"{desk.name} shows {title!r} as its window.")
    desk.do("read", SYNCED)
    return words


def join(house: Household, server: str) -> str:
    """Let the second device in by code and six digits; return these."""
    desk, pocket = house.devices
    pocket.do("press", "Join with another device")
    pocket.do("write", "Server", server)
    pocket.do("press", "Make a code")
    code = pocket.do("read_code")
    desk.do("choose", "devices")
    desk.do("press", "Add a device")
    desk.do("write", "Code of the new device", code)
    desk.do("press", "Go on")
    there = pocket.do("read", r"\d{3} \d{3}")
    here = desk.do("read", r"\d{3} \d{3}")
    see(that=here == there, otherwise=f"The digits differ: {here} and {there}.")
    desk.do("press", "They agree: let it in")
    pocket.do("press", "Yes, they agree")
    pocket.do("write", "Name of the collection", house.who.collection)
    pocket.do("write", "Password", house.who.password)
    pocket.do("write", "Password again", house.who.password)
    pocket.do("press", "Next")
    pocket.do("open_window")
    desk.do("choose", "list")
    return str(here)


def catalogue(who: Collector, desk: Device) -> None:
    """Write every piece down in the add panel."""
    for number, piece in enumerate(who.pieces):
        fields = {
            "condition": _GRADES[number % len(_GRADES)],
            "paid": str(5 + number % 20),
            "value": str(8 + number * 7 % 90),
        }
        if number == 0:
            fields["location"] = who.place  # and it is carried over to the others
        if number % 10 == 0:
            fields["notes"] = f"{who.remark}, seen {number} times"
        desk.do("add", piece.name, fields)
    desk.do("stop_adding")
    names = desk.do("listed")
    expected = sorted(piece.name for piece in who.pieces)
    see(that=sorted(names) == expected, otherwise=f"{desk.name} lists {len(names)} other pieces.")


def drop_photos(desk: Device, photos: dict[str, Path]) -> None:
    """Walk down the list and drop each piece's photo on it."""
    name = desk.do("go_to_first")
    for number in range(PIECES):
        desk.do("drop_photo", str(photos[name]))
        if number < PIECES - 1:
            name = desk.do("go_on")


def look_and_undo(who: Collector, desk: Device) -> None:
    """Search, delete, and take that back."""
    name = who.pieces[-1].name
    desk.do("pick", name)
    before = len(desk.do("listed"))
    desk.do("delete")
    desk.do("search", name, before - 1)
    desk.do("choose", "undo")
    desk.do("search", name, before)
    desk.do("search", "", PIECES)


def receive_all(house: Household) -> None:
    """See that the second device has every piece and photo, one of these in full size."""
    agree(house.devices, photos=PIECES)
    house.pocket.do("pick", house.who.same.name)
    house.pocket.do("see_photo")
    house.pocket.do("search", "", PIECES)


def part(house: Household) -> None:
    """Edit apart: other fields of one copy, the same field of one, delete against edit."""
    who, (desk, pocket) = house.who, house.devices
    for device in house.devices:
        device.do("read", OFFLINE)
    edit(pocket, who.same.name, "notes", who.two_notes[1])
    edit(desk, who.same.name, "notes", who.two_notes[0])
    edit(desk, who.different.name, "acquired_from", who.from_whom)
    edit(pocket, who.different.name, "paid", "77")
    desk.do("pick", who.doomed.name)
    desk.do("delete")
    edit(pocket, who.doomed.name, "notes", who.rescued)
    for device in house.devices:
        device.do("read", OFFLINE)
        see(that=device.do("state")["waiting"] > 0, otherwise=f"{device.name} has nothing to send.")


def edit(device: Device, name: str, field: str, text: str) -> None:
    """Pick a copy and fill a field in."""
    device.do("pick", name)
    device.do("fill", field, text)


def agree(devices: Sequence[Device], *, photos: int = 0) -> dict[str, Any]:
    """Sync until the devices hold the same, with ``photos`` in the list; return what they hold."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    for device in devices:
        device.do("choose", "sync")
    while True:
        states = [device.do("state") for device in devices]
        if all(_level(state, states[0], photos) for state in states):
            return dict(states[0])
        if time.monotonic() > deadline:
            raise DemoError(f"{devices[0].name} and {devices[1].name} do not agree: {states}")
        time.sleep(_GLANCE_SECONDS)


def lose_nothing(house: Household) -> str:
    """See on both devices' screens that every edit made apart is there; say what was seen."""
    who, conflicts = house.who, 0
    for device in house.devices:
        device.do("search", "", PIECES)
        held = device.do("state")
        conflicts = held["conflicts"]
        see(
            that=set(held["flagged"]) == {who.same.name, who.doomed.name},
            otherwise=f"{device.name} flags {held['flagged']} instead of the two that differ.",
        )
        for name, text in (
            (who.different.name, who.from_whom),
            (who.doomed.name, who.rescued),
        ):
            see(
                that=name in _found(device, text),
                otherwise=f"\u201c{text}\u201d is lost on {device.name}.",
            )
        device.do("choose", "conflicts")
        for text in who.two_notes:
            device.do("read", re.escape(text))
        device.do("read", f"{re.escape(who.doomed.name)}.*Deleted on one device.*")
    return f"{conflicts} choices wait: two notes side by side, and the deleted one is back"


def pose(house: Household, pictures: Path) -> None:
    """Take a picture of each view, and of the values to choose."""
    who, desk = house.who, house.desk
    desk.do("choose", "list")
    desk.do("search", "", PIECES)
    desk.do("pick", who.pieces[0].name)
    desk.do("search", "", PIECES)
    for view in ("cabinet", "grid", "table"):
        desk.do("choose", view)
        desk.do("shot", str(pictures / f"{who.slug}-{view}.png"), who.scheme)
    desk.do("choose", "conflicts")
    desk.do("shot", str(pictures / f"{who.slug}-conflicts.png"), who.scheme)
    desk.do("choose", "list")


def _found(device: Device, text: str) -> list[str]:
    device.do("choose", "list")
    return list(device.do("search", text, 1))


def _word(desk: Device, number: int) -> str:
    return str(desk.do("read", f"Word {number}: [a-z]+")).rpartition(" ")[2]


def _level(state: dict[str, Any], first: dict[str, Any], photos: int) -> bool:
    settled = state["waiting"] == 0 and state["photos"] >= photos
    return bool(settled and state["hash"] == first["hash"])
