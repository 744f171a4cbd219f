"""Step two of a new collection: its look, tried on at once."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from desktop.ui.controls import Text
from desktop.ui.first_run.step import Step
from desktop.ui.gallery.gallery import Gallery
from desktop.ui.zone import Zone, column
from shared.skins.tokens import Skin


class LooksStep(Step):
    """Asks for a skin; the window wears the one that is picked."""

    tried = Signal(object)  # Skin

    def __init__(self, skins: Sequence[Skin]) -> None:
        self._skin = skins[0]
        self._about = Text(self._skin.about, "caption")
        gallery = Gallery(skins, self._skin.name)
        gallery.chosen.connect(self._try)
        super().__init__(
            "How shall it look?",
            "You can change it at any time. It follows you to your other devices.",
            Zone(layout=column(gallery, self._about, gap=3)),
            "Next",
        )

    @property
    def skin(self) -> Skin:
        """The skin that was picked."""
        return self._skin

    def _try(self, skin: Skin) -> None:
        self._skin = skin
        self._about.say(skin.about)
        self.tried.emit(skin)
