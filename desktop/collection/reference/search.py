"""Find pieces while the collector types: every word counts, near misses too.

Each word of a piece leads to the pieces that have it, with a weight for where it stands. A word
of the query is looked up whole, as a beginning, and with typing errors; a piece scores the mean
of its best word for each.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from desktop.collection.reference.barcode import style_number
from desktop.collection.reference.pack import Piece

NAME, ALIAS, STYLE, VARIANT, ANIMAL, ELSEWHERE = 1.0, 0.95, 0.9, 0.85, 0.8, 0.6
_BEGINNING, _NEAR_MISS = 0.9, 0.8
_SIMILAR = 0.7
"""Below this share of letters kept two words are different words."""
_SHORTEST_MISS = 3
_WHOLE_NAME, _START_OF_NAME = 0.5, 0.2
_WORD = re.compile(r"[^\W_]+")

Weights = dict[int, float]
"""Position of a piece -> how well something fits it."""


def words(text: str) -> list[str]:
    """Cut into words without case, accents or marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in decomposed if not unicodedata.combining(c)))


class Index:
    """The words of all pieces. Built once, in some ten milliseconds."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        postings: defaultdict[str, Weights] = defaultdict(dict)
        for position, piece in enumerate(pieces):
            for word, weight in _weighted_words(piece):
                known = postings[word]
                known[position] = max(weight, known.get(position, 0.0))
        self._postings: Mapping[str, Weights] = dict(postings)
        self._words = sorted(postings)
        self._letters = [word for word in self._words if not word[0].isdecimal()]
        self._names = [" ".join(words(piece.name)) for piece in pieces]

    def find(self, text: str, limit: int) -> list[int]:
        """Return positions of the pieces that fit best, best first."""
        number = style_number(text)
        if number and (exact := self._with_style(number)):
            return exact[:limit]
        asked = words(text)[:8]
        scores = self._scores(asked)
        typed = " ".join(asked)
        ranked = sorted(scores, key=lambda position: self._rank(position, scores, typed))
        return ranked[:limit]

    def _with_style(self, number: str) -> list[int]:
        return [at for at, piece in enumerate(self._pieces) if piece.style_number == number]

    def _scores(self, asked: Sequence[str]) -> Weights:
        """Mean over the words asked; pieces that fit most of them stay, the others go."""
        total: defaultdict[int, float] = defaultdict(float)
        fitting: defaultdict[int, int] = defaultdict(int)
        for word in asked:
            for position, weight in self._fits(word).items():
                total[position] += weight / len(asked)
                fitting[position] += 1
        most = max(fitting.values(), default=0)
        if most * 2 < len(asked):
            return {}
        return {at: total[at] for at, count in fitting.items() if count == most}

    def _fits(self, asked: str) -> Weights:
        best: Weights = {}
        for word, likeness in self._alike(asked):
            for position, weight in self._postings[word].items():
                best[position] = max(best.get(position, 0.0), weight * likeness)
        return best

    def _alike(self, asked: str) -> Iterator[tuple[str, float]]:
        """Yield known words that the typed one may mean, with how likely (0 to 1)."""
        start = bisect_left(self._words, asked)
        for word in self._words[start:]:
            if not word.startswith(asked):
                break
            yield word, 1.0 if word == asked else _BEGINNING
        if len(asked) >= _SHORTEST_MISS and not asked[0].isdecimal():
            yield from self._near_misses(asked)

    def _near_misses(self, asked: str) -> Iterator[tuple[str, float]]:
        """Compare with whole words, and with beginnings as long, for a word half typed."""
        similar = OSA.normalized_similarity
        for cut in (None, len(asked)):
            known = self._letters if cut is None else [word[:cut] for word in self._letters]
            for _, score, at in process.extract_iter(
                asked, known, scorer=similar, score_cutoff=_SIMILAR
            ):
                yield self._letters[at], score * (_NEAR_MISS if cut is None else _NEAR_MISS**2)

    def _rank(self, position: int, scores: Weights, typed: str) -> tuple[float, str, int]:
        name = self._names[position]
        bonus = _WHOLE_NAME if name == typed else _START_OF_NAME * name.startswith(typed)
        return (-scores[position] - bonus, name, position)


def _weighted_words(piece: Piece) -> Iterator[tuple[str, float]]:
    years = {str(date // 10_000) for date in (piece.introduced, piece.retired) if date}
    fields = (
        (NAME, piece.name),
        (ALIAS, " ".join(piece.aliases)),
        (STYLE, piece.style_number),
        (VARIANT, piece.variant),
        (ANIMAL, piece.animal),
        (ELSEWHERE, " ".join((piece.exclusive_to, piece.line, *piece.tags, *years))),
    )
    for weight, text in fields:
        for word in words(text):
            yield word, weight
