"""Bar charts as plain numbers that a template turns into SVG.

The SVG holds the bars alone and is stretched to the place there is; the words around it are HTML and keep their size.
"""

from dataclasses import dataclass
from datetime import date

# The chart's own units: a column is 10 wide, the scale 100 high.
COLUMN, BAR, HEIGHT = 10, 8, 100
LEAST_BAR = 1.5  # so that one use among thousands can be seen
DAYS_A_LABEL = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar: `x` is where its column begins; `label` is empty but for every seventh day."""

    day: date
    value: int
    x: int
    y: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`ticks` are the numbers at the top, in the middle and at the foot of the scale."""

    bars: list[Bar]
    ticks: tuple[int, int, int]
    column: int = COLUMN
    bar: int = BAR
    height: int = HEIGHT

    @property
    def width(self) -> int:
        return COLUMN * len(self.bars)


def bar_chart(series: list[tuple[date, int]]) -> Chart:
    """One bar a day; every seventh day, counted back from the last, is named."""
    top = round_up(max((value for _, value in series), default=0))
    bars = []
    for number, (day, value) in enumerate(series):
        height = max(round(value / top * HEIGHT, 2), LEAST_BAR) if value else 0.0
        is_named = (len(series) - 1 - number) % DAYS_A_LABEL == 0
        bars.append(
            Bar(
                day=day,
                value=value,
                x=number * COLUMN,
                y=round(HEIGHT - height, 2),
                height=height,
                label=f"{day:%-d %b}" if is_named else "",
            )
        )
    return Chart(bars=bars, ticks=(top, top // 2, 0))


def round_up(value: int) -> int:
    """The next round number that is no less, and even, so that half of it is whole: 2, 4, … 10, 20, 30, 40, 50, …"""
    power = 1
    while True:
        for digit in (2, 3, 4, 5, 6, 8, 10):
            if digit * power >= value and digit * power % 2 == 0:
                return digit * power
        power *= 10
