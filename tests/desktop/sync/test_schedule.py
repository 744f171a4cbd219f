"""When the next sync is due: no clock, no waiting."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.sync.schedule import Backoff, Pace, Schedule

PACE = Pace(quiet=1, longest_quiet=10, first_retry=2, longest_retry=300, poll=120)


def schedule(jitter: float = 1.0) -> Schedule:
    return Schedule(PACE, lambda: jitter)


def test_edits_are_sent_after_a_second_of_quiet() -> None:
    plan = schedule()
    for now in (100.0, 100.4, 100.9):
        plan.edited(now)
    assert plan.due == 101.9


def test_a_stream_of_edits_is_sent_all_the_same() -> None:
    plan = schedule()
    for tenth in range(300):
        plan.edited(100 + tenth / 10)
    assert plan.due == 110


def test_an_edit_during_a_sync_asks_for_another_one() -> None:
    plan = schedule()
    plan.edited(100.0)
    plan.begun()
    plan.edited(101.2)
    plan.succeeded(101.5, poll=False)
    assert plan.due == 102.2


def test_with_wake_ups_nothing_is_due_and_without_them_a_question() -> None:
    plan = schedule()
    plan.succeeded(100.0, poll=False)
    assert plan.due is None
    plan.succeeded(100.0, poll=True)
    assert plan.due == 220


def test_what_is_still_to_come_is_looked_for_less_and_less_often() -> None:
    plan = schedule()
    waits = []
    for _ in range(10):
        plan.begun()
        plan.succeeded(100.0, poll=False, awaits=True)
        assert plan.due is not None
        waits.append(plan.due - 100)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    plan.begun()
    plan.succeeded(100.0, poll=False)
    assert plan.due is None


def test_an_edit_does_not_shorten_a_back_off_but_a_wake_up_ends_it() -> None:
    plan = schedule()
    plan.failed(100.0)
    plan.failed(102.0)
    assert plan.due == 106
    plan.edited(103.0)
    assert plan.due == 106
    plan.woken(104.0)
    assert plan.due == 104
    assert plan.failing
    plan.succeeded(104.5, poll=False)
    assert not plan.failing


def test_the_wait_that_a_server_asks_for_is_kept() -> None:
    plan = schedule()
    plan.failed(100.0, retry_after=60)
    assert plan.due == 160


@settings(max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_waits_double_up_to_the_longest_and_are_spread(chances: list[float]) -> None:
    draws = iter(chances)
    backoff = Backoff(PACE, lambda: next(draws))
    for failures, chance in enumerate(chances):
        longest = min(2 * 2**failures, 300)
        assert backoff.next_wait() == pytest.approx(longest * (1 + chance) / 2)
        assert backoff.failures <= 30
    backoff.reset()
    assert backoff.failures == 0
