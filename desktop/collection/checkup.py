"""A check of the whole collection, and what can be done about what it finds."""

from collections.abc import Callable
from dataclasses import dataclass

from desktop.vault.checking import Checkup, Finding
from desktop.vault.identity import read_identity
from desktop.vault.progress import UNWATCHED, Progress
from desktop.vault.vault import Secrets
from shared.ids import FileId, RecordId


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a check found, as sentences. ``pictures`` of ``photos`` are damaged; ``file``: more."""

    sentences: tuple[str, ...]
    pictures: tuple[FileId, ...]
    photos: tuple[RecordId, ...]
    file: bool

    @property
    def sound(self) -> bool:
        """Whether all is well."""
        return not self.sentences


class CheckCare:
    """Checks one open collection."""

    def __init__(
        self, checkup: Checkup, secrets: Secrets, ask_for: Callable[[RecordId], None]
    ) -> None:
        self._checkup = checkup
        self._secrets = secrets
        self._ask_for = ask_for

    def check(self, progress: Progress = UNWATCHED) -> Diagnosis:
        """Read everything and hold it against its history; raise StoppedError."""
        found = self._checkup.examine(read_identity(self._secrets).keyring, progress)
        return _diagnosis(found)

    def set_pictures_aside(self, diagnosis: Diagnosis) -> None:
        """Take damaged pictures out of use, so that a sync fetches them again."""
        for file in diagnosis.pictures:
            self._checkup.set_aside(file)
        for photo in diagnosis.photos:
            self._ask_for(photo)


def _diagnosis(found: list[Finding]) -> Diagnosis:
    photos = tuple(dict.fromkeys(RecordId(finding.photo) for finding in found if finding.photo))
    pictures = tuple(FileId(finding.file) for finding in found if finding.file)
    sentences = [finding.sentence for finding in found if not finding.file]
    if pictures:
        some = "One picture is" if len(pictures) == 1 else f"{len(pictures)} pictures are"
        sentences.append(f"{some} damaged.")
    return Diagnosis(tuple(sentences), pictures, photos, file=len(pictures) < len(found))
