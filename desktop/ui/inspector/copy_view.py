"""One copy on paper, so to speak: photos, names, tags, fields, own fields, what Ty made."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal

from desktop.collection.collection import Collection
from desktop.collection.values import Detail
from desktop.ui.conflicts.card import ConflictCard
from desktop.ui.controls import Button, Text
from desktop.ui.field.box import FieldBox
from desktop.ui.field.form import COPY_LINES, IDENTITY, MODEL_LINES, Editors, Form, Place, field_at
from desktop.ui.field.wording import Wording
from desktop.ui.inspector.own_fields import AddField
from desktop.ui.inspector.photos import PhotoPanel
from desktop.ui.inspector.tags import TagRow
from desktop.ui.look import say
from desktop.ui.notation import Notation
from desktop.ui.pictures import PictureFetch
from desktop.ui.zone import Zone, column, row
from shared.domain.schema import FieldType, Kind, Value


class CopyView(Zone):
    """Shows a Detail. What the collector enters leaves by signals; nothing is written here."""

    entered = Signal(object, object)  # Place, Value
    history_wanted = Signal(object)  # Place
    settled = Signal(int, object)  # number of the conflict, Choice
    restored = Signal()

    def __init__(
        self,
        collection: Collection,
        notation: Notation,
        wording: Wording,
        pictures: PictureFetch,
        *,
        history: bool = True,
    ) -> None:
        super().__init__()
        self._collection, self._wording, self._notation = collection, wording, notation
        words = collection.words
        self._editors = Editors(notation, words.terms, self._place_names, history=history)
        self.photos = PhotoPanel(pictures)
        self.tags = TagRow()
        self.add_field = AddField()
        self._conflicts = Zone(layout=column(gap=2))
        self._trash = self._trash_notice()
        identity, copy, model = (
            Form(lines, self._editors) for lines in (IDENTITY, COPY_LINES, MODEL_LINES)
        )
        self._own = Form((), self._editors)
        self._made = Text("What Ty made", "strong")
        self.setLayout(
            column(
                self._trash,
                self._conflicts,
                self.photos,
                identity,
                self.tags,
                copy,
                self._own,
                self.add_field,
                self._made,
                model,
                None,
                gap=3,
            )
        )
        self._own_names: tuple[str, ...] = ()
        self.boxes: dict[Place, FieldBox] = {}
        for form in (identity, copy, model):
            for place, box in form.boxes.items():
                self._listen(place, box)

    def show_detail(self, detail: Detail, *, fresh: bool) -> None:
        """Show a copy; a ``fresh`` one takes the place of whatever was being typed."""
        self._show_own_fields()
        for place, box in self.boxes.items():
            value = value_at(detail, place)
            if fresh:
                box.reset(value)
            else:
                box.show_value(value)
        self._trash.setVisible(detail.deleted)
        self.tags.show_tags(detail.tags, [tag.name for tag in self._collection.words.tags()])
        name, animal = detail.model_fields.get("name"), detail.model_fields.get("animal")
        self.photos.show_photos(detail.photos, str(name or ""), str(animal or ""))
        self._show_conflicts(detail)

    def hide_money(self, *, hidden: bool) -> None:
        """Leave amounts out, for guests."""
        for place, box in self.boxes.items():
            if self._type_of(place) is FieldType.MONEY:
                box.setVisible(not hidden)

    def only_show(self, *, only: bool) -> None:
        """Offer nothing that changes the copy."""
        self.photos.offer_more(offered=not only)
        self.tags.offer_more(offered=not only)
        self.add_field.setVisible(not only)
        for part in (self._conflicts, self._trash):
            for button in part.findChildren(Button):
                button.setVisible(not only)

    def _listen(self, place: Place, box: FieldBox) -> None:
        self.boxes[place] = box
        box.entered.connect(lambda value: self.entered.emit(place, value))
        box.history_wanted.connect(lambda: self.history_wanted.emit(place))

    def _show_own_fields(self) -> None:
        """Make editors for own fields that have come; all anew, for there are few."""
        fields = self._collection.words.fields()
        names = tuple(f"{custom.field.name} {custom.label}" for custom in fields)
        if names == self._own_names:
            return
        self._own_names = names
        for place in [place for place in self.boxes if place in self._own.boxes]:
            del self.boxes[place]
        fresh = Form((), self._editors)
        for custom in fields:
            place = Place(Kind.COPY, custom.field.name)
            fresh.add(place, self._editors.own(custom))
            self._listen(place, fresh.boxes[place])
        box = self.layout()
        if box is not None:
            box.replaceWidget(self._own, fresh)
        self._own.deleteLater()
        self._own = fresh

    def _show_conflicts(self, detail: Detail) -> None:
        box = self._conflicts.layout()
        while box is not None and (item := box.takeAt(0)):
            if widget := item.widget():
                widget.deleteLater()
        for conflict in detail.conflicts:
            card = ConflictCard(conflict, self._wording, self._notation)
            card.settled.connect(self.settled)
            if box is not None:
                box.addWidget(card)
        if detail.namesakes and box is not None:
            box.addWidget(_same_number(detail))
        self._conflicts.setVisible(bool(detail.conflicts or detail.namesakes))

    def _trash_notice(self) -> Zone:
        back = Button("Take it back", pressed=self.restored.emit)
        inner = row(Text("In the trash"), None, back, gap=2, edge=2)
        made = Zone("notice", inner)
        say(made, "warning", name="state")
        made.setAccessibleName("In the trash")
        return made

    def _place_names(self) -> Sequence[str]:
        return [place.path for place in self._collection.words.locations()]

    def _type_of(self, place: Place) -> FieldType:
        own = {custom.field.name: custom.field.type for custom in self._collection.words.fields()}
        return own.get(place.field) or field_at(place).type


def _same_number(detail: Detail) -> Zone:
    """Say that others have this copy's own number, too."""
    others = len(detail.namesakes)
    pieces = "another piece" if others == 1 else f"{others} other pieces"
    number = str(detail.copy_fields.get("number"))
    words = Text(f"Own number {number} stands on {pieces}, too.")
    made = Zone("notice", column(words, edge=2))
    say(made, "warning", name="state")
    made.setAccessibleName(words.text())
    return made


def value_at(detail: Detail, place: Place) -> Value:
    """Return what a copy, its model or its variant holds in a field."""
    if place.field == "location":
        return detail.location_name or None
    fields: Mapping[Kind, Mapping[str, Value]] = {
        Kind.COPY: detail.copy_fields,
        Kind.MODEL: detail.model_fields,
        Kind.VARIANT: detail.variant_fields,
    }
    return fields[place.kind].get(place.field)
