"""Bar charts as plain numbers that a template turns into SVG."""

from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 150
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT = 8, 22, 42
GAP = 3
LEAST_BAR = 2  # so that one use among thousands can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """A day's bar and the whole column it stands in, in the chart's units."""

    day: date
    value: int
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    ticks: list[tuple[float, int]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = MARGIN_LEFT
    top: int = MARGIN_TOP
    base: int = HEIGHT - MARGIN_BOTTOM

    @property
    def column_height(self) -> int:
        return self.base - self.top

    @property
    def label_y(self) -> int:
        return self.height - 6


def bar_chart(series: list[tuple[date, int]]) -> Chart:
    """One bar a day; every seventh day, counted back from the last, has its date below."""
    top = round_up(max((value for _, value in series), default=0))
    column = (WIDTH - MARGIN_LEFT) / max(len(series), 1)
    usable = HEIGHT - MARGIN_TOP - MARGIN_BOTTOM
    bars = []
    for number, (day, value) in enumerate(series):
        height = max(value / top * usable, LEAST_BAR) if value else 0
        is_labelled = (len(series) - 1 - number) % 7 == 0
        bars.append(
            Bar(
                day=day,
                value=value,
                x=round(MARGIN_LEFT + number * column + GAP / 2, 2),
                y=round(MARGIN_TOP + usable - height, 2),
                width=round(column - GAP, 2),
                height=round(height, 2),
                label=f"{day:%-d %b}" if is_labelled else "",
            )
        )
    ticks = [
        (round(MARGIN_TOP + usable * (1 - share), 2), int(top * share)) for share in (0, 0.5, 1)
    ]
    return Chart(bars=bars, ticks=ticks)


def round_up(value: int) -> int:
    """The next round number that is no less, and even, so that half of it is whole: 2, 4, … 10, 20, 30, 40, 50, …"""
    power = 1
    while True:
        for digit in (2, 3, 4, 5, 6, 8, 10):
            if digit * power >= value and digit * power % 2 == 0:
                return digit * power
        power *= 10
