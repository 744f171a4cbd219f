"""What a stranger may ask before signing up: is this name free, and what does it take."""

from shared.protocol.messages import SlugAnswer
from sync_server.storage.errors import RefusedError
from sync_server.tenancy.names import Names, free_name
from sync_server.tenancy.puzzles import Puzzles
from sync_server.tenancy.registration import Registration


class Enquiry:
    """Answers about names."""

    def __init__(self, names: Names, registration: Registration, puzzles: Puzzles) -> None:
        self._names = names
        self._registration = registration
        self._puzzles = puzzles

    def answer(self, text: str) -> SlugAnswer:
        """Say whether a name can be signed up; if not, why; if so, with what."""
        try:
            name = free_name(text)
            self._registration.require_open()
            self._names.require_free(name)
        except RefusedError as refused:
            code = refused.code
            return SlugAnswer(text, available=False, code=code.word, sentence=code.sentence)
        return SlugAnswer(
            text,
            available=True,
            invitation=self._registration.wants_code(name),
            challenge=self._puzzles.challenge(name).hex(),
        )
