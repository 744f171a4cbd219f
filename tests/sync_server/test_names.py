"""Names that look like another's, and the sum that a sign-up costs its caller."""

import json
import os
import sqlite3
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.protocol.messages import SlugAnswer
from shared.protocol.puzzle import is_solved, solve
from sync_server.storage.schema import DIRECTORY_VERSION
from sync_server.storage.skeletons import skeleton
from tests.sync_server.collector import Collector, Device, granted, refused
from tests.sync_server.conftest import Households
from tests.sync_server.serving import Running, command, refusal, running


def asked(server: Running, name: str) -> SlugAnswer:
    answer = granted(server.http.get(f"/v1/slugs/{name}"))
    return msgspec.json.decode(answer.content, type=SlugAnswer)


@pytest.mark.parametrize("name", ["artrnatt", "art-matt", "ar-tma-tt", "beg1n", "begln", "be-gin"])
def test_a_name_that_can_be_mistaken_for_anothers_is_refused(
    households: Households, server: Running, name: str
) -> None:
    assert asked(server, name).code == "slug_alike"
    assert refused(Device(server.http, Collector(name)).sign_up()) == (409, "slug_alike")
    assert "looks too much" in refusal(server.folder, "tenant", "create", name)
    households.artmatt.sync(households.artmatt.write())


@pytest.mark.parametrize("name", ["adm1n", "ad-min", "wwvv", "ap1", "5", "maii", "adrnin"])
def test_a_name_that_can_be_mistaken_for_the_servers_is_reserved(
    server: Running, name: str
) -> None:
    assert asked(server, name).code == "slug_reserved"


@pytest.mark.parametrize("name", ["artmat", "beginner", "matt", "amy", "bob", "dora", "cindy"])
@pytest.mark.usefixtures("households")
def test_other_names_are_free(server: Running, name: str) -> None:
    assert asked(server, name) == SlugAnswer(name, available=True)


LOOKS = [("m", "rn"), ("w", "vv"), ("d", "cl", "c1"), ("o", "0"), ("i", "1", "l"), ("s", "5")]
PLAIN = [(letter,) for letter in "abegkpt"]


@given(
    st.lists(st.sampled_from(LOOKS + PLAIN), min_size=1, max_size=10).flatmap(
        lambda parts: st.tuples(*(st.tuples(*[st.sampled_from(part)] * 2) for part in parts))
    ),
    st.integers(1, 9),
)
@settings(max_examples=200, deadline=None)
def test_what_is_swapped_for_its_look_alike_looks_the_same(
    parts: tuple[tuple[str, str], ...], cut: int
) -> None:
    one, other = ("".join(side) for side in zip(*parts, strict=True))
    assert skeleton(one) == skeleton(other) == skeleton(other[:cut] + "-" + other[cut:])
    assert skeleton(one + "z") != skeleton(one)


def test_an_older_directory_learns_what_its_names_look_like(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with running(folder) as server:
        granted(Device(server.http, Collector("artmatt")).sign_up())
    db = sqlite3.connect(folder / "directory.db")
    db.execute("UPDATE tenant SET skeleton = ''")
    db.commit()
    assert db.execute("PRAGMA user_version").fetchone() == (DIRECTORY_VERSION,)
    db.close()
    with running(folder) as server:
        assert asked(server, "artrnatt").code == "slug_alike"


# The sum


def test_without_the_sum_done_nobody_signs_up_and_with_it_at_once(tmp_path: Path) -> None:
    with running(tmp_path / "data", proof_bits=10) as server:
        artmatt, begin = (Device(server.http, Collector(name)) for name in ("artmatt", "begin"))
        told = bytes.fromhex(asked(server, "artmatt").challenge)
        solution = solve(told, told[8])
        assert is_solved(told, told[8], solution)
        easier = told[:8] + bytes([1]) + told[9:]
        for wrong in (
            os.urandom(33),
            told,
            told + bytes([solution[0] ^ 1]) + solution[1:],
            easier + solve(easier, 1),
            begin.proof("begin"),
        ):
            assert refused(artmatt.sign_up(proof=wrong)) == (403, "proof")
        granted(artmatt.sign_up(proof=told + solution))
        granted(artmatt.sign_up(proof=b"x"))  # the same call again costs nothing
        stale = begin.proof("begin")
        server.dial.turn(601)
        begin.clock = server.dial.millis
        assert refused(begin.sign_up(proof=stale)) == (403, "proof")
        granted(begin.sign_up(proof=begin.proof("begin")))
        artmatt.clock = server.dial.millis
        artmatt.sync(artmatt.write())


def test_the_sum_gets_harder_with_a_flood_and_easier_again(tmp_path: Path) -> None:
    with running(tmp_path / "data", proof_bits=2) as server:
        puzzles = server.house.sign_up._puzzles
        bits = [puzzles.difficulty]
        for _ in range(10):
            for _ in range(16):
                puzzles.count()
            bits.append(puzzles.difficulty)
        assert bits[0] == 2
        assert bits == sorted(bits)
        assert bits[-1] == 5  # 160 of late: three doublings of 16
        for _ in range(10_000):
            puzzles.count()
        assert puzzles.difficulty == 8  # never more than six bits above
        server.dial.turn(2 * 3600)
        assert puzzles.difficulty == 2


def test_the_operator_sets_how_hard_it_is_or_does_without(tmp_path: Path) -> None:
    with running(tmp_path / "data", proof_bits=4) as server:
        assert bytes.fromhex(asked(server, "artmatt").challenge)[8] == 4
        command(server.folder, "proof", "9")
        assert bytes.fromhex(asked(server, "artmatt").challenge)[8] == 9
        command(server.folder, "proof", "0")
        assert asked(server, "artmatt").challenge == ""
        granted(Device(server.http, Collector("artmatt")).sign_up(proof=b"x"))
        assert "proof" in json.dumps(command(server.folder, "audit"))


def test_a_stranger_is_told_what_a_name_takes(server: Running) -> None:
    command(server.folder, "tenant", "create", "artmatt")
    assert asked(server, "artmatt").invitation
    assert not asked(server, "begin").invitation
    command(server.folder, "registration", "invite")
    assert asked(server, "begin").invitation
    command(server.folder, "registration", "closed")
    closed = asked(server, "begin")
    assert (closed.available, closed.code) == (False, "closed")
