"""What a piece of the reference catalogue proposes for a copy that is being written down.

It fills empty fields only. What the collector typed counts most, then what the collection says
about this model already, then the catalogue. Nothing is kept until the collector saves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.collection.reference.pack import Piece
from desktop.collection.values import Draft
from shared.domain.schema import Kind, Value

Fields = Mapping[str, Value]
EMPTY = (None, "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft with the gaps filled, and which fields the catalogue filled."""

    draft: Draft
    filled: Mapping[Kind, frozenset[str]]


def propose(
    piece: Piece, variants: Sequence[Piece], draft: Draft, model: Fields, variant: Fields
) -> Proposal:
    """Fill a draft from a piece.

    ``variants`` are all pieces of its model; ``model`` and ``variant`` what the collection holds
    of them already, or empty.
    """
    known = {
        Kind.MODEL: (draft.model, model, model_facts(variants)),
        Kind.VARIANT: (draft.variant, variant, variant_facts(piece)),
        Kind.COPY: (draft.copy, {}, copy_facts(piece)),
    }
    merged = {kind: _first_filled(layers) for kind, layers in known.items()}
    filled = {
        kind: frozenset(name for name in merged[kind] if typed.get(name) in EMPTY)
        for kind, (typed, _, _) in known.items()
    }
    full = replace(
        draft,
        piece=piece.key,
        model=merged[Kind.MODEL],
        variant=merged[Kind.VARIANT],
        copy=merged[Kind.COPY],
    )
    return Proposal(full, filled)


def model_facts(variants: Sequence[Piece]) -> Fields:
    """Return what holds of a model: the first time any variant came, the last that one went."""
    first = variants[0]
    return _without_gaps(
        {
            "name": first.name,
            "style_number": first.style_number,
            "animal": first.animal,
            "line": first.line,
            "birthday": max(_known(piece.birthday for piece in variants), default=None),
            "introduced": min(_known(piece.introduced for piece in variants), default=None),
            "retired": max(_known(piece.retired for piece in variants), default=None),
            "reference": first.model,
        }
    )


def variant_facts(piece: Piece) -> Fields:
    """Return what sets this variant apart; nothing when the model comes in one form only."""
    if not (piece.variant or piece.exclusive_to):
        return {}
    return _without_gaps(
        {
            "label": piece.variant,
            "exclusive_to": piece.exclusive_to,
            "introduced": piece.introduced,
            "retired": piece.retired,
            "reference": piece.key,
        }
    )


def copy_facts(piece: Piece) -> Fields:
    """Return what must hold of every copy: the swing tag, if this piece had only one."""
    return {"swing_tag": piece.swing_tags[0]} if len(piece.swing_tags) == 1 else {}


def _first_filled(layers: Iterable[Fields]) -> Fields:
    merged: dict[str, Value] = {}
    for layer in layers:
        for name, value in layer.items():
            if merged.get(name) in EMPTY:
                merged[name] = value
    return merged


def _without_gaps(facts: Fields) -> Fields:
    return {name: value for name, value in facts.items() if value not in EMPTY}


def _known(dates: Iterable[int | None]) -> list[int]:
    return [date for date in dates if date is not None]
