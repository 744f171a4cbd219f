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


def said_of(photo: Photo, where: Whereabouts) -> Said | None:
    """Say where a photo's original is, and what happened to it; None if all is well."""
    said = _said(photo, where)
    if said is None or not photo.harmed:
        return said
    return said._replace(sentence=f"{_HARM} {said.sentence}")


def _said(photo: Photo, where: Whereabouts) -> Said | None:
    device = photo.added_by or "the device that has it"
    match where:
        case Whereabouts.HERE:
            return None
        case Whereabouts.COMING if photo.harmed:
            return Said("Damaged; fetched again", "Damaged", "It is fetched again.", Icon.DOWNLOAD)
        case Whereabouts.COMING:
            words = "The original is on its way"
            return Said(words, "On its way", words, Icon.DOWNLOAD)
        case Whereabouts.ON_REQUEST:
            words = "Click to fetch the original"
            return Said(words, "At the server", words, Icon.DOWNLOAD)
        case Whereabouts.ELSEWHERE:
            sentence = f"The original comes by itself once {device} has sent it."
            return Said(f"Waiting for {device}", device, sentence, Icon.WAITING)
        case Whereabouts.NOWHERE if photo.harmed:
            return Said("The picture is damaged", "Damaged", _ELSEWHERE, Icon.WARNING)
        case Whereabouts.NOWHERE:
            sentence = f"The original is neither on this device nor at a server. {_ELSEWHERE}"
            return Said("The original is missing", "Missing", sentence, Icon.WARNING)
