from hypothesis import given
from hypothesis import strategies as st

from desktop.collection.autofill import EMPTY, model_facts, propose
from desktop.collection.reference.catalogue import load
from desktop.collection.values import Draft
from shared.domain.schema import FIELDS, Kind

REFERENCE = load()
SPOT = REFERENCE.search("spot with spot")[0]

pieces = st.sampled_from(REFERENCE.pieces)


def fields(kind):
    names = st.sampled_from([field.name for field in FIELDS[kind]])
    return st.dictionaries(names, st.none() | st.just("") | st.text(max_size=5))


drafts = st.builds(
    Draft, copy=fields(Kind.COPY), model=fields(Kind.MODEL), variant=fields(Kind.VARIANT)
)


def proposed(piece, draft, model=None, variant=None):
    return propose(piece, REFERENCE.variants(piece), draft, model or {}, variant or {})


def parts(draft):
    return {Kind.COPY: draft.copy, Kind.MODEL: draft.model, Kind.VARIANT: draft.variant}


@given(pieces, drafts)
def test_what_was_typed_is_never_overwritten(piece, draft):
    proposal = proposed(piece, draft)
    for kind, typed in parts(draft).items():
        after = parts(proposal.draft)[kind]
        for name, value in typed.items():
            if value not in EMPTY:
                assert after[name] == value
                assert name not in proposal.filled[kind]


@given(pieces, drafts)
def test_the_proposal_says_exactly_what_it_filled(piece, draft):
    proposal = proposed(piece, draft)
    for kind, after in parts(proposal.draft).items():
        changed = {name for name, value in after.items() if value != parts(draft)[kind].get(name)}
        assert changed == {name for name in proposal.filled[kind] if after[name] not in EMPTY}


@given(pieces)
def test_only_known_fields_are_proposed(piece):
    for kind, after in parts(proposed(piece, Draft()).draft).items():
        assert set(after) <= {field.name for field in FIELDS[kind]}


def test_what_the_collection_says_counts_more_than_the_catalogue():
    own = {"name": "Spot the dog", "animal": ""}
    filled = proposed(SPOT, Draft(), model=own).draft.model
    assert filled["name"] == "Spot the dog"
    assert filled["animal"] == "Dog"


def test_a_model_spans_its_variants_and_each_variant_keeps_its_own_dates():
    facts = model_facts(REFERENCE.variants(SPOT))
    assert (facts["introduced"], facts["retired"]) == (19940108, 19971001)
    assert facts["birthday"] == 19930103
    variant = proposed(SPOT, Draft()).draft.variant
    assert variant["introduced"] == 19940413
    assert variant["label"] == "With spot"


def test_a_swing_tag_is_proposed_only_when_there_was_only_one():
    assert "swing_tag" not in proposed(SPOT, Draft()).draft.copy
    single = next(piece for piece in REFERENCE.pieces if len(piece.swing_tags) == 1)
    assert proposed(single, Draft()).draft.copy["swing_tag"] == single.swing_tags[0]
