"""What the emergency kit says, and how it is read back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORDS = 24
_NUMBERED = re.compile(r"^\s*\d+\s+([a-z]+)\s*$", re.MULTILINE)
_FACT = re.compile(r"^(Server|Collection id):\s*(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Kit:
    """What stands on the paper: the words, and what they belong to.

    ``tenant`` is the collection's id in hexadecimal digits, ``mark`` stands for the list of devices
    as it was then.
    """

    collection: str
    words: Sequence[str]
    tenant: str
    server: str
    date: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read from a text: a saved kit, or the words alone."""

    words: str
    tenant: str = ""
    server: str = ""

    @property
    def complete(self) -> bool:
        """Whether there are as many words as a kit has."""
        return len(self.words.split()) == _WORDS


def kit_text(kit: Kit) -> str:
    """Write the kit as a text file, words numbered and one a line."""
    words = "\n".join(f"{number:2}  {word}" for number, word in enumerate(kit.words, 1))
    facts_ = "\n".join(f"{name}: {fact}" for name, fact in facts(kit))
    return f"Swingtag emergency kit\n\n{facts_}\n\n{words}\n\n{ADVICE}\n"


def read_kit(text: str) -> Reading:
    """Read a pasted kit, or words typed with blanks between."""
    found = dict(_FACT.findall(text))
    numbered = _NUMBERED.findall(text)
    words = " ".join(numbered) if len(numbered) == _WORDS else " ".join(text.casefold().split())
    server = found.get("Server", "")
    return Reading(words, found.get("Collection id", ""), "" if server == "none" else server)


def facts(kit: Kit) -> Sequence[tuple[str, str]]:
    """List what stands beside the words, with its names."""
    known = (
        ("Collection", kit.collection),
        ("Server", kit.server or "none"),
        ("Collection id", kit.tenant),
        ("Printed", kit.date),
        ("Mark", kit.mark),
    )
    return [(name, fact) for name, fact in known if fact]


ADVICE = (
    "Whoever has these 24 words can read everything: keep them where only you find them, and not "
    "beside the computer. To use them, start Swingtag and choose \u201cRestore from the emergency "
    "kit\u201d. They open what lies on your server, in a folder or bundle by which your devices "
    "exchanged, or in a backup: keep one of these, too."
)
