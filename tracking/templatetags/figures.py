"""How amounts are written."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from tracking.figures import Figures

register = template.Library()

MICRO = 1_000_000


@register.filter
def dollars(microdollars: int) -> str:
    """Cents; of less than a dollar four decimals, so that a cheap use is not shown as free."""
    amount = microdollars / MICRO
    return f"${intcomma(f'{amount:.2f}')}" if amount >= 1 or not amount else f"${amount:.4f}"


@register.filter
def cost(figures: Figures) -> str:
    """What is known of a cost: all, a part of it (“at least”), or nothing. Unknown is never written as zero."""
    if not figures.messages:
        return "–"
    if not figures.is_cost_known:
        return "unknown"
    known = dollars(figures.cost_microdollars)
    return f"≥ {known}" if figures.unpriced else known


@register.filter
def compact(number: int) -> str:
    """Three digits are enough to compare: 1,234 · 45.6 k · 7.89 M."""
    if number < 10_000:
        return f"{number:,}"
    rounded = float(f"{number:.3g}")
    for unit, name in ((10**9, "G"), (10**6, "M")):
        if rounded >= unit:
            return f"{rounded / unit:,.6g} {name}"
    return f"{rounded / 1000:,.6g} k"


@register.filter
def duration(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "–"
    return f"{milliseconds / 1000:.1f} s" if milliseconds >= 1000 else f"{milliseconds} ms"
