import shutil

import pytest

from installers.reference.build import FACTS, TARGET, BadFactsError, build


def test_the_shipped_pack_is_what_the_facts_build():
    assert build(FACTS) == TARGET.read_bytes()


@pytest.fixture
def facts(tmp_path):
    return shutil.copytree(FACTS, tmp_path / "facts")


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("pieces", "4002,Snort", "04002,Snort"),
        ("pieces", "4002,Snort", "4002,"),
        ("pieces", "1995-05-15,1997-01-01", "15/05/1995,1997-01-01"),
        ("pieces", "1997-01-01,1998-09-15", "1998-10-01,1998-09-15"),
        ("pieces", "1995-05-15", "1995-02-31"),
        ("pieces", ",4;5,,,medium", ",4;99,,,medium"),
        ("pieces", "4001,Bones,,", "4000,Spot,With spot,"),
        ("pieces", "4002,Snort", " 4002,Snort"),
        ("pieces", "4002,Snort", "4002,Snort" + "x" * 200),
        ("pieces", "style_number,name", "number,name"),
        ("pieces", "\n4001", "\r\n4001"),
        ("statuses", "owned,", "possessed,"),
        ("grades", "MWMT,both", "MQ,both"),
        ("names", "Brownie,Cubbie,4010", "Brownie,Cubbie"),
    ],
)
def test_facts_that_break_their_rules_are_refused(facts, table, old, new):
    path = facts / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    with pytest.raises((BadFactsError, ValueError)):
        build(facts)
