"""An old page of any table or index, put back alone, is noticed and told again."""

import pytest

from shared.domain.schema import Kind
from tests.rot.life import life
from tests.rot.stale import last_of_each, put_back

LOG = {"base", "conflict", "edit", "entry", "file", "link", "part", "secret", "seen", "stream"}
SEARCH = {"touched", "words_data", "words_docsize", "words_idx"}
VOUCHING = {"edit_step", "base_again", "file_again", "link_again", "secret_again"}
TREES = {kind.value for kind in Kind} | LOG | SEARCH | VOUCHING


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    with life(tmp_path_factory.mktemp("stale")) as lived:
        yield lived


def test_an_old_page_of_any_tree_is_noticed_and_told_again(lived):
    stale = last_of_each(lived, TREES)
    assert {each.tree for each in stale} == TREES
    fates = {each.tree: put_back(lived, each) for each in stale}
    assert {tree for tree, fate in fates.items() if not fate.noticed} == set()
    assert {tree for tree, fate in fates.items() if not fate.mended} == set()
    assert fates["edit_step"].sentences == ("The list of what can be undone is damaged.",)
    assert lived.neighbour.vault.log.content_hash() == lived.untouched
