"""One device on its card: who it is, and the two things that are done with it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from desktop.collection.kit import KitState
from desktop.collection.values import DeviceCard, Rights
from desktop.ui.controls import Button, Text
from desktop.ui.look import say
from desktop.ui.notation import Notation
from desktop.ui.zone import Zone, column, grid, row

LONGEST_NAME = 60
_WHAT_HAPPENS = (
    "Is this you? If it is not, or if the device is lost or sold, remove it: it gets no more "
    "edits, and what it writes from now on is refused. What it holds already it keeps; nobody can "
    "take that back. Your other devices get a new key by themselves. Your emergency kit stays good."
)
_NO_PROOF = (
    "A name proves nothing: each device that may write can change every name. On one that you "
    "still have, \u201cThis device\u201d marks its own card."
)
_LEAVING = "It is removed as soon as the server can be reached."
_LEAVING_BY_HAND = "It is removed with the next exchange."
_WAITS = "It gets other rights as soon as the server can be reached."
_WAITS_BY_HAND = "It gets other rights with the next exchange."
_NAMES = {Rights.OWNER: "Owner", Rights.EDITOR: "Editor", Rights.VIEWER: "Viewer"}
_FRESH = "New here. Is this you?"
_SILENT = (
    "It should have been heard from by now. If it was in use, the server may be holding back what "
    "it wrote: compare the six words on both devices."
)
_SILENT_BY_HAND = (
    "It should have been heard from by now. If it was in use, exchange on it, then here; if that "
    "does not help, compare the six words on both devices."
)
_GARBLED = (
    "It wrote edits that cannot be read; they were passed over. Update Swingtag there; if that "
    "does not help, remove it and let it join anew."
)
_UNSEEN = "It was changed, but its words were not kept. Make a new kit."
_DUE = "A week old, and not tested on this device yet."
_PAPER = "Paper, 24 words. It brings everything back when no device is left."


class DeviceTile(Zone):
    """A card that turns into a line for a new name, or asks before a device is removed."""

    renamed = Signal(object, str)  # DeviceId
    removed = Signal(object)  # DeviceId
    kept = Signal(object)  # DeviceId
    granted = Signal(object, object)  # DeviceId, Rights
    recognised = Signal(object)  # DeviceId
    excused = Signal(object)  # DeviceId
    kit_wanted = Signal()
    new_kit_wanted = Signal()

    def __init__(
        self,
        device: DeviceCard,
        notation: Notation,
        *,
        manages: bool,
        kit: KitState | None = None,
        by_hand: bool = False,
    ) -> None:
        super().__init__("card")
        self._by_hand = by_hand
        self._device, self._kit = device, kit
        self._facts = Zone(layout=self._face(notation, manages=manages))
        self._line = QLineEdit(device.name)
        self._line.setMaxLength(LONGEST_NAME)
        self._line.setAccessibleName(f"New name of {device.name}")
        self._save = Button("Save", "primary", pressed=self._rename)
        self._naming = Zone(
            layout=row(self._line, self._save, Button("Cancel", pressed=self._rest), gap=2)
        )
        self._asking = Zone(
            layout=column(
                Text(f"Remove \u201c{device.name}\u201d?", "strong"),
                Text(_about(device, notation), "caption"),
                Text(_WHAT_HAPPENS),
                Text(_NO_PROOF, "caption"),
                row(
                    Button("Remove this device", "danger", pressed=self._remove),
                    Button("Keep it", pressed=self._rest),
                    None,
                    gap=2,
                ),
                gap=2,
            )
        )
        self._rights = self._choices()
        parts = (self._facts, self._naming, self._asking, self._rights)
        self.setLayout(column(*parts, gap=0, edge=3))
        self.setAccessibleName(device.name)
        self._line.textChanged.connect(lambda name: self._save.setEnabled(bool(name.strip())))
        self._line.returnPressed.connect(self._rename)
        self._rest()

    @property
    def busy(self) -> bool:
        """Whether somebody is in the middle of something here."""
        return not self._facts.isVisibleTo(self)

    def _face(self, notation: Notation, *, manages: bool) -> QHBoxLayout:
        device = self._device
        words = column(
            Text(device.name, "strong"), Text(_about(device, notation), "caption"), gap=0
        )
        if news := self._news():
            waits = Text(news, "caption")
            say(waits, "warning")
            words.addWidget(waits)
        elif self._kit is not None and self._kit.tested_millis is not None:
            tested = f"Tested here {notation.moment(self._kit.tested_millis)}."
            words.addWidget(Text(tested, "caption"))
        line = row(words, gap=2)
        line.setStretch(0, 1)
        if device.this_one:
            here = Text("This device", "chip")
            here.setWordWrap(False)
            line.addWidget(here, 0, Qt.AlignmentFlag.AlignVCenter)
        for button in self._ways(manages=manages):
            button.setAccessibleName(f"{button.text().rstrip(chr(0x2026))}: {device.name}")
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return line

    def _news(self) -> str:
        """Say what waits, or what is amiss with the kit."""
        device, kit = self._device, self._kit
        if device.leaving or device.to_be:
            if self._by_hand:
                return _LEAVING_BY_HAND if device.leaving else _WAITS_BY_HAND
            return _LEAVING if device.leaving else _WAITS
        if device.fresh or device.silent:
            silent = _SILENT_BY_HAND if self._by_hand else _SILENT
            return _FRESH if device.fresh else silent
        if device.garbled:
            return _GARBLED
        if kit is not None and kit.unseen:
            return _UNSEEN
        return _DUE if kit is not None and kit.due else ""

    def _ways(self, *, manages: bool) -> list[Button]:
        device = self._device
        if device.paper:
            ways = [Button("Test my kit", "quiet", pressed=self.kit_wanted.emit)]
            if manages:
                ways.append(Button("New kit\u2026", "quiet", pressed=self.new_kit_wanted.emit))
            return ways
        if device.leaving or device.to_be:
            words = "Keep it" if device.leaving else "Leave it so"
            return [Button(words, pressed=partial(self.kept.emit, device.device))]
        if device.fresh:
            mine = Button("It is mine", pressed=partial(self.recognised.emit, device.device))
            no = Button("Remove it", "danger", pressed=self._remove)
            return [mine, no] if manages else [mine]
        if device.silent:
            off = Button("It was off", pressed=partial(self.excused.emit, device.device))
            gone = Button("Remove\u2026", "quiet", pressed=self._ask_removal)
            return [off, gone] if manages else [off]
        ways = [Button("Rename\u2026", "quiet", pressed=self._ask_name)]
        if manages and not device.this_one:
            ways.append(Button("Rights\u2026", "quiet", pressed=self._ask_rights))
            ways.append(Button("Remove\u2026", "quiet", pressed=self._ask_removal))
        return ways

    def _ask_name(self) -> None:
        self._show(self._naming)
        self._line.selectAll()
        self._line.setFocus()

    def _ask_removal(self) -> None:
        self._show(self._asking)

    def _ask_rights(self) -> None:
        self._show(self._rights)

    def _choices(self) -> Zone:
        """Offer what the device may do, each in a sentence; the present one is marked."""
        choices = grid(gap=2)
        choices.setColumnStretch(1, 1)
        for line, (rights, name) in enumerate(_NAMES.items()):
            now = rights is self._device.rights
            choose = Button(name, pressed=partial(self._grant, rights))
            choose.setEnabled(not now)
            choose.setAccessibleName(f"{name}: {rights.value}")
            choices.addWidget(choose, line, 0)
            words = f"{rights.value} That is so now." if now else rights.value
            choices.addWidget(Text(words), line, 1, Qt.AlignmentFlag.AlignVCenter)
        question = Text(f"What may \u201c{self._device.name}\u201d do?", "strong")
        leave = Button("Cancel", "quiet", pressed=self._rest)
        return Zone(layout=column(question, choices, row(leave, None), gap=2))

    def _grant(self, rights: Rights) -> None:
        self._rest()
        self.granted.emit(self._device.device, rights)

    def _rename(self) -> None:
        name = self._line.text().strip()
        self._rest()
        if name and name != self._device.name:
            self.renamed.emit(self._device.device, name)

    def _remove(self) -> None:
        self._rest()
        self.removed.emit(self._device.device)

    def _rest(self) -> None:
        self._show(self._facts)

    def _show(self, part: Zone) -> None:
        for each in (self._facts, self._naming, self._asking, self._rights):
            each.setVisible(each is part)


def _about(device: DeviceCard, notation: Notation) -> str:
    """Say what the machine is, who let it in, and when it was last heard of."""
    if device.paper:
        return _PAPER
    came = f"added by {device.added_by}" if device.added_by else "began this collection"
    parts = [device.platform, _NAMES[device.rights], came]
    if not device.this_one:
        heard = device.heard_millis
        parts.append(
            "not heard from yet" if heard is None else f"last heard from {notation.moment(heard)}"
        )
    line = " \u00b7 ".join(filter(None, parts))
    return line[:1].upper() + line[1:]


class FormerTile(Zone):
    """A device that was removed: up to where it counts, and what was set aside of it."""

    late_wanted = Signal()

    def __init__(self, device: DeviceCard, notation: Notation) -> None:
        super().__init__("card")
        heard = device.heard_millis
        last = "nothing by it counts"
        if heard is not None:
            last = f"what it wrote counts until {notation.moment(heard)}"
        facts = (device.platform, f"removed by {device.removed_by}", last)
        line = " \u00b7 ".join(filter(None, facts))
        words = column(
            Text(device.name, "strong"), Text(line[:1].upper() + line[1:], "caption"), gap=0
        )
        box = row(words, gap=2)
        box.setStretch(0, 1)
        if device.late:
            aside = Text("Changes that it made after that were set aside.", "caption")
            say(aside, "warning")
            words.addWidget(aside)
            look = Button("Look at them\u2026", pressed=self.late_wanted.emit)
            look.setAccessibleName(f"Set-aside changes of {device.name}")
            box.addWidget(look, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(column(box, gap=0, edge=3))
        self.setAccessibleName(f"{device.name}, removed")
