"""The model of recorders before one lock keeps to what can be reckoned by hand."""

import pytest

from bench.lockmodel import model


def test_one_recorder_takes_the_sum_of_both_times() -> None:
    alone = model(1, [0.3], [0.1])
    assert alone.chunks_per_s == pytest.approx(1 / 0.4, rel=0.01)
    assert alone.lock_share == pytest.approx(0.25, rel=0.01)
    assert alone.waited_share == 0


def test_few_recorders_add_up_and_many_meet_the_ceiling_of_the_lock() -> None:
    # Each is 0.3 s outside and 0.1 s inside: four keep the lock busy, and no more can.
    assert model(2, [0.3], [0.1]).chunks_per_s == pytest.approx(2 / 0.4, rel=0.05)
    assert model(64, [0.3], [0.1]).chunks_per_s == pytest.approx(10, rel=0.01)
    assert model(64, [0.3], [0.1]).lock_share == pytest.approx(1, rel=0.01)


def test_times_that_vary_make_recorders_wait_before_the_lock_is_full() -> None:
    varied = model(3, [0.1, 0.5], [0.02, 0.18])
    assert 0 < varied.waited_share < 0.5
    assert varied.chunks_per_s < 3 / 0.4
    assert varied == model(3, [0.1, 0.5], [0.02, 0.18])
