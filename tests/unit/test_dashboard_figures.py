"""Figures: every choice gives a chart of bounded size, shares are honest, the unwatched past is known."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures import MOST_STEPS, RANGES, STEPS, Choice, lay_out, read_choice, unwatched_steps
from newsbeam.store.pages import TopicPoint
from newsbeam.store.reads import HourCoverage
from tests.e2e.newsroom import NOW, watching

words = st.sampled_from(["", "6h", "24h", "90d", "quarter", "hour", "day", "stories", "clusters", "1", "x'<"])


@given(st.dictionaries(st.sampled_from(["range", "step", "measure", "share", "topic", "other"]), words))
def test_whatever_is_asked_for_a_chart_has_a_bounded_number_of_steps(asked: dict[str, str]) -> None:
    choice = read_choice(asked)
    start, end = choice.window(NOW)
    assert start <= NOW < end
    assert 5 <= (end - start) / choice.step_length <= MOST_STEPS + 1


@given(st.sampled_from(sorted(RANGES)), st.sampled_from(sorted(STEPS)))
def test_steps_begin_on_whole_steps_and_hold_now(chosen: str, step: str) -> None:
    choice = read_choice({"range": chosen, "step": step})
    start, _ = choice.window(NOW)
    assert start.timestamp() % choice.step_length.total_seconds() == 0


def test_a_share_is_the_part_of_everything_and_nothing_where_nothing_was_told() -> None:
    choice = Choice(range="6h", step="hour", share=True)
    start, _ = choice.window(NOW)
    second = start + timedelta(hours=1)
    points = [
        TopicPoint("sanctions", second, 3, 2),
        TopicPoint("*", second, 12, 8),
        TopicPoint("*", start, 5, 5),
    ]
    figure = lay_out(choice, watching(), ["sanctions"], points, (False,) * 7, now=NOW)
    assert figure.series[0].values[:3] == (0.0, 25.0, None)
    assert figure.series[0].total == 3
    events = Choice(range="6h", step="hour", measure="clusters")
    assert lay_out(events, watching(), ["sanctions"], points, (False,) * 7, now=NOW).series[0].values[1] == 2


def test_before_watching_and_in_gaps_the_chart_is_shaded() -> None:
    choice = Choice(range="6h", step="hour")
    start, _ = choice.window(NOW)
    hours = [start + timedelta(hours=i) for i in range(7)]
    covered = [HourCoverage(hour, 0 if hour == hours[4] else 2, 0, 5) for hour in hours[2:6]]
    since = hours[2] + timedelta(minutes=20)
    shaded = unwatched_steps(choice, covered, now=NOW, since=since)
    assert shaded == (True, True, False, False, True, False, False)
    assert all(unwatched_steps(choice, [], now=NOW, since=None))


def test_a_day_is_watched_when_any_of_its_hours_was() -> None:
    choice = Choice(range="7d", step="day")
    start, _ = choice.window(NOW)
    covered = [HourCoverage(start + timedelta(days=3, hours=22), 1, 0, 1)]
    shaded = unwatched_steps(choice, covered, now=NOW, since=start)
    assert [i for i, flag in enumerate(shaded) if not flag] == [3, 7]
