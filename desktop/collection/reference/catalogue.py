"""The reference catalogue: what Ty made, read-only, the same for everybody."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files

from desktop.collection.reference.pack import Pack, Piece, decode
from desktop.collection.reference.search import Index
from desktop.collection.values import Term

PACK_FILE = "beanies.reference"


class Reference:
    """A pack made searchable."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._by_key: Mapping[str, Piece] = {piece.key: piece for piece in pack.pieces}
        self._by_model = _grouped(pack.pieces)
        self._terms = _terms(pack)

    @property
    def title(self) -> str:
        """What the pack covers, and its edition."""
        return f"{self._pack.title} (edition {self._pack.edition})"

    @property
    def notice(self) -> str:
        """Whose trade marks are named, and that the catalogue is independent."""
        return self._pack.notice

    @property
    def pieces(self) -> Sequence[Piece]:
        """Every piece, in the order of the pack."""
        return self._pack.pieces

    def search(self, text: str, limit: int = 12) -> list[Piece]:
        """Return what fits a name, an old name, a style number, a bar code or words, best first."""
        return [self._pack.pieces[position] for position in self._index.find(text, limit)]

    @cached_property
    def _index(self) -> Index:
        """The words of all pieces, read when somebody searches first."""
        return Index(self._pack.pieces)

    def piece(self, key: str) -> Piece | None:
        """Return the piece of a key that a record refers to, if this pack has it."""
        return self._by_key.get(key)

    def variants(self, piece: Piece) -> Sequence[Piece]:
        """Return all variants of the piece's model, itself among them."""
        return self._by_model[piece.model]

    def terms(self, vocabulary: str) -> Sequence[Term]:
        """Return the choices of a vocabulary in order; none if there is no such vocabulary."""
        return self._terms.get(vocabulary, ())


def load() -> Reference:
    """Read the pack that is installed with the program; raise DamagedPackError if it is broken."""
    return Reference(decode((files(__package__) / PACK_FILE).read_bytes()))


def _grouped(pieces: Sequence[Piece]) -> Mapping[str, Sequence[Piece]]:
    models: defaultdict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        models[piece.model].append(piece)
    return models


def _terms(pack: Pack) -> Mapping[str, Sequence[Term]]:
    vocabularies: defaultdict[str, list[Term]] = defaultdict(list)
    for term in pack.terms:
        own = Term(term.code, term.label, term.rank, term.source, term.scope, term.hint)
        vocabularies[term.vocabulary].append(own)
    return vocabularies
