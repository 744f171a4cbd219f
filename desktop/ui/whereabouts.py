"""What is said of a photo whose original is not on this device."""

from typing import NamedTuple

from desktop.collection.photos import Whereabouts
from desktop.collection.values import Photo
from desktop.ui.look import Icon


class Said(NamedTuple):
    """``words`` fit below a picture, ``short`` where ``icon`` stands beside; ``sentence``: all."""

    words: str
    short: str
    sentence: str
    icon: Icon


_HARM = "It was changed or damaged on this disk, and not by Swingtag."
_ELSEWHERE = "Another device, or a backup, may have it."
_CLICK = "Click to fetch the original"
_WAITING = "Waiting for {device}"
_SAID = {
    Whereabouts.COMING: Said(
        "The original is on its way", "On its way", "The original is on its way", Icon.DOWNLOAD
    ),
    Whereabouts.ON_REQUEST: Said(_CLICK, "At the server", _CLICK, Icon.DOWNLOAD),
    Whereabouts.ELSEWHERE: Said(
        _WAITING,
        "{device}",
        "The original comes by itself once {device} has sent it.",
        Icon.WAITING,
    ),
    Whereabouts.NOWHERE: Said(
        "The original is missing",
        "Missing",
        f"The original is neither on this device nor at a server. {_ELSEWHERE}",
        Icon.WARNING,
    ),
    Whereabouts.IN_FOLDER: Said(
        "Comes with the next exchange",
        "Next exchange",
        "The original comes with the next exchange, if {device} has put it into the folder.",
        Icon.WAITING,
    ),
    Whereabouts.FOLDER_ON_REQUEST: Said(
        _CLICK, "On request", f"{_CLICK} from the exchange folder", Icon.DOWNLOAD
    ),
    Whereabouts.BY_HAND: Said(
        _WAITING,
        "{device}",
        "The original is on {device}. An exchange folder or a bundle brings it here.",
        Icon.WAITING,
    ),
}
_SAID_OF_HARMED = {
    Whereabouts.COMING: Said(
        "Damaged; fetched again", "Damaged", "It is fetched again.", Icon.DOWNLOAD
    ),
    Whereabouts.NOWHERE: Said("The picture is damaged", "Damaged", _ELSEWHERE, Icon.WARNING),
    Whereabouts.IN_FOLDER: Said(
        "Damaged; fetched again",
        "Damaged",
        "It is fetched again with the next exchange, if it lies whole in the folder.",
        Icon.WARNING,
    ),
    Whereabouts.BY_HAND: Said(
        "The picture is damaged",
        "Damaged",
        "It is mended by an exchange folder or a bundle of a device that has it whole.",
        Icon.WARNING,
    ),
}


def said_of(photo: Photo, where: Whereabouts) -> Said | None:
    """Say where a photo's original is, and what happened to it; None if all is well."""
    said = _SAID.get(where)
    if said is None:
        return None
    if photo.harmed:
        said = _SAID_OF_HARMED.get(where, said)
        said = said._replace(sentence=f"{_HARM} {said.sentence}")
    device = photo.added_by or "the device that has it"
    words, short, sentence = (
        text.replace("{device}", device) for text in (said.words, said.short, said.sentence)
    )
    return Said(words, short, sentence, said.icon)
