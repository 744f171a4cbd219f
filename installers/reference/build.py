"""Build the reference pack from the facts: ``python3 -m installers.reference.build``.

The same facts give the same bytes. Facts that break a rule of facts/README.md are refused, with
the file and line of each.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from desktop.collection.reference.pack import Pack, PackTerm, Piece, encode
from shared.domain.dates import DateNotation, parse_date
from shared.domain.vocabularies import GRADE, KNOWN_STATUSES, STATUS, SWING_TAG, TUSH_TAG

FACTS = Path(__file__).parent / "facts"
TARGET = Path(__file__).parents[2] / "desktop/collection/reference/beanies.reference"
EDITION = "1"
TITLE = "Beanie Babies, 1993 to 2019"
NOTICE = (
    "Independent of Ty Inc. Ty, Beanie Babies and Teenie Beanie Babies are trade marks of their "
    "owner and only name the pieces. Facts only; no texts or pictures of others."
)
_LONGEST = 120
_DATE = re.compile(r"(?P<month>[0-9]{4}-[0-9]{2})(?P<day>-[0-9]{2})?")
_COLUMNS = {
    "pieces": "style_number,name,variant,animal,line,birthday,introduced,retired,"
    "swing_tag_generations,exclusive_to,tags,confidence,sources",
    "names": "old_name,new_name,style_number,kind,confidence",
    "swing_tags": "generation,label,years,recognition,confidence,sources",
    "tush_tags": "generation,label,years,recognition,confidence,sources",
    "grades": "code,applies_to,rank,label,meaning,confidence",
    "statuses": "code,label,meaning",
}

Row = Mapping[str, str]


class BadFactsError(ValueError):
    """The facts break their own rules. Correct the lines named, then build again."""


def build(facts: Path) -> bytes:
    """Return the pack of the CSV files in a folder, or raise BadFactsError."""
    tables = {name: _table(facts / f"{name}.csv", name) for name in _COLUMNS}
    terms = (
        *_statuses(tables["statuses"]),
        *_generations(SWING_TAG, tables["swing_tags"]),
        *_generations(TUSH_TAG, tables["tush_tags"]),
        *_grades(tables["grades"]),
    )
    pieces = _pieces(tables["pieces"], tables["names"])
    _check(pieces, terms)
    sources = {source for piece in pieces for source in piece.sources}
    sources |= {source for term in terms for source in term.source.split(";") if source}
    provenance = tuple(sorted(sources))
    counts = (len(pieces), len(terms))
    return encode(Pack("beanies", EDITION, TITLE, NOTICE, provenance, *counts, pieces, terms))


def _table(path: Path, name: str) -> list[Row]:
    raw = path.read_bytes()
    if b"\r" in raw or raw.startswith(b"\xef\xbb\xbf"):
        raise BadFactsError(f"{path.name}: lines end in LF and there is no byte-order mark")
    lines = raw.decode("utf-8").splitlines()
    if not lines or lines[0] != _COLUMNS[name]:
        raise BadFactsError(f"{path.name}: the columns are {_COLUMNS[name]}")
    rows: list[Row] = [*csv.DictReader(lines)]
    for number, row in enumerate(rows, 2):
        cells = list(row.values())
        if None in row or None in cells:
            raise BadFactsError(f"{path.name}:{number}: wrong number of cells")
        if any(len(cell) > _LONGEST or cell != cell.strip() for cell in cells):
            raise BadFactsError(f"{path.name}:{number}: a cell is too long or has outer spaces")
    return rows


def _pieces(rows: Sequence[Row], names: Sequence[Row]) -> tuple[Piece, ...]:
    pieces = []
    for number, row in enumerate(rows, 2):
        if not row["name"] or not re.fullmatch(r"([1-9][0-9]{3,4})?", row["style_number"]):
            raise BadFactsError(f"pieces.csv:{number}: a name and four or five digits, please")
        pieces.append(_piece(row, _aliases(row, names), f"pieces.csv:{number}"))
    return tuple(pieces)


def _piece(row: Row, aliases: Iterable[str], where: str) -> Piece:
    model = (row["style_number"], row["name"])
    return Piece(
        key=_slug(*model, row["variant"]),
        model=_slug(*model),
        name=row["name"],
        variant=row["variant"],
        style_number=row["style_number"],
        animal=row["animal"],
        line=row["line"],
        birthday=_date(row["birthday"], where),
        introduced=_date(row["introduced"], where),
        retired=_date(row["retired"], where),
        swing_tags=_listed(row["swing_tag_generations"]),
        exclusive_to=row["exclusive_to"],
        tags=_listed(row["tags"]),
        aliases=tuple(aliases),
        confidence=row["confidence"],
        sources=_listed(row["sources"]),
    )


def _aliases(piece: Row, names: Sequence[Row]) -> Iterable[str]:
    """Yield the other name of each pair that this piece's name is half of."""
    for pair in names:
        if pair["style_number"] in {"", piece["style_number"]}:
            if piece["name"] == pair["new_name"]:
                yield pair["old_name"]
            elif piece["name"] == pair["old_name"]:
                yield pair["new_name"]


def _slug(*parts: str) -> str:
    return re.sub(r"[\W_]+", "-", " ".join(parts).casefold()).strip("-")


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part)


def _date(cell: str, where: str) -> int | None:
    if not cell:
        return None
    if not _DATE.fullmatch(cell):
        raise BadFactsError(f"{where}: {cell} is not YYYY-MM-DD or YYYY-MM")
    return parse_date(cell, DateNotation())


def _statuses(rows: Sequence[Row]) -> Iterable[PackTerm]:
    for rank, row in enumerate(rows, 1):
        yield PackTerm(STATUS, row["code"], row["label"], rank, "", row["meaning"], "")


def _generations(vocabulary: str, rows: Sequence[Row]) -> Iterable[PackTerm]:
    for rank, row in enumerate(rows, 1):
        hint = ". ".join(filter(None, (row["years"], row["recognition"])))
        yield PackTerm(vocabulary, row["generation"], row["label"], rank, "", hint, row["sources"])


def _grades(rows: Sequence[Row]) -> Iterable[PackTerm]:
    for row in rows:
        rank, scope, hint = int(row["rank"]), row["applies_to"], row["meaning"]
        yield PackTerm(GRADE, row["code"], row["label"], rank, scope, hint, "")


def _check(pieces: Sequence[Piece], terms: Sequence[PackTerm]) -> None:
    keys = Counter(piece.key for piece in pieces)
    codes = Counter((term.vocabulary, term.code) for term in terms)
    twice = [key for key, count in [*keys.items(), *codes.items()] if count > 1]
    if twice:
        raise BadFactsError(f"more than once: {twice}")
    swing_tags = {term.code for term in terms if term.vocabulary == SWING_TAG}
    for piece in pieces:
        if not swing_tags.issuperset(piece.swing_tags):
            raise BadFactsError(f"{piece.key}: a swing tag that swing_tags.csv does not have")
        if piece.introduced and piece.retired and _before(piece.retired, piece.introduced):
            raise BadFactsError(f"{piece.key}: gone before it came")
    if {term.code for term in terms if term.vocabulary == STATUS} != KNOWN_STATUSES:
        raise BadFactsError("statuses.csv: the program and the facts name different statuses")


def _before(one: int, other: int) -> bool:
    """Compare two dates as far as both are known."""
    if one % 100 == 0 or other % 100 == 0:
        return one // 100 < other // 100
    return one < other


def main() -> int:
    """Write the pack and say what is in it."""
    raw = build(FACTS)
    TARGET.write_bytes(raw)
    sys.stdout.write(f"{TARGET.name}: {len(raw):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
