"""What Swingtag is, who stands behind it, and who does not."""

from typing_extensions import override

from desktop.ui.controls import Text
from desktop.ui.look import Look
from desktop.ui.page import Page
from desktop.ui.unlock.mark import Mark
from desktop.ui.zone import Zone, column, row

MARK = 96
_WHAT = (
    "A private catalogue of Beanie Babies. Your collection is encrypted on this computer; "
    "a server, if you use one, keeps sealed bytes that it cannot read."
)
_INDEPENDENT = (
    "Swingtag is independent: it is not made, endorsed or sponsored by Ty Inc. \u201cTy\u201d, "
    "\u201cBeanie Babies\u201d and \u201cTeenie Beanie Babies\u201d are trade marks of their "
    "owner and are used here only to say what is collected."
)
_LICENCE = (
    "Apache License 2.0. Swingtag stands on Qt for Python (LGPL), SQLCipher, SQLModel and "
    "others; the file NOTICE names them all."
)


class AboutPage(Page):
    """Mark, version, independence, licences."""

    def __init__(self, version: str, catalogue: str) -> None:
        self._mark = Mark()
        facts = column(
            Text(f"Swingtag {version}", "title"), Text(_WHAT), Text(catalogue, "caption"), gap=2
        )
        body = Zone(
            layout=column(
                row(self._mark, Zone(layout=facts), gap=4),
                Text("Independence", "strong"),
                Text(_INDEPENDENT),
                Text("Licence", "strong"),
                Text(_LICENCE),
                gap=3,
            )
        )
        super().__init__("About Swingtag", body)

    @override
    def put_on(self, look: Look) -> None:
        """Take the mark's size from a look."""
        super().put_on(look)
        self._mark.stretch(look.scaled(MARK))
