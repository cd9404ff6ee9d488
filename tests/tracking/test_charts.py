"""Bar charts: heights in proportion, round numbers at the side."""

from datetime import date, timedelta

import pytest

from tracking.charts import HEIGHT, LEAST_BAR, bar_chart, round_up


def days(*values):
    return [
        (date(2026, 11, 1) + timedelta(days=number), value) for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("value", "top"),
    [(0, 2), (1, 2), (3, 4), (9, 10), (11, 20), (21, 30), (41, 50), (250, 300), (1001, 2000)],
)
def test_the_scale_ends_at_an_even_round_number(value, top):
    assert round_up(value) == top


def test_heights_are_in_proportion_and_stand_on_the_base():
    chart = bar_chart(days(0, 5, 10))
    assert [bar.height for bar in chart.bars] == [0, 50, 100]
    assert all(bar.y + bar.height == HEIGHT for bar in chart.bars)
    assert [bar.x for bar in chart.bars] == [0, 10, 20]
    assert chart.width == 30
    assert chart.ticks == (10, 5, 0)


def test_one_among_thousands_can_be_seen():
    assert bar_chart(days(1, 100_000)).bars[0].height == LEAST_BAR


def test_days_are_named_back_from_the_last():
    chart = bar_chart(days(*range(15)))
    assert [bar.label for bar in chart.bars if bar.label] == ["1 Nov", "8 Nov", "15 Nov"]
