"""What tokens cost: list prices of a dated table, which a tenant's own prices override."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from everyskill.short_memory import ShortMemory
from tracking.models import TokenPrice

OVERRIDES_CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Tokens:
    input: int
    cache_read: int
    cache_creation: int
    output: int

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.cache_creation


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, which is micro-dollars for one, from the day `since` on."""

    since: date
    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    output: Decimal
    above_prompt_tokens: int = -1
    provider: str = ""

    def of(self, tokens: Tokens) -> int:
        """Whole micro-dollars, halves up."""
        cost = (
            tokens.input * self.input
            + tokens.cache_read * self.cache_read
            + tokens.cache_creation * self.cache_write
            + tokens.output * self.output
        )
        return int(cost.quantize(Decimal(1), ROUND_HALF_UP))


def cost_in_microdollars(
    tokens: Tokens, *, model_name: str, tenant_id: UUID, day: date
) -> int | None:
    """The estimate for one message on that day; None when nobody told what the model costs.

    The tenant's own prices win over the list. They are looked up afresh every `OVERRIDES_CACHE_SECONDS`.
    """
    model = plain_name(model_name)
    if not model:
        return None
    prices = _overrides(tenant_id).get(model) or _list_prices().get(model, ())
    price = _applying(prices, tokens, day)
    return None if price is None else price.of(tokens)


def provider_of(model_name: str) -> str:
    """The provider of a listed model, "" for any other."""
    prices = _list_prices().get(plain_name(model_name))
    return prices[0].provider if prices else ""


@lru_cache(maxsize=1_000)
def plain_name(model_name: str) -> str:
    """A model's name without what vendors and clouds put around it: region, provider, date, version, context.

    `us.anthropic.claude-sonnet-4-5-20250929-v1:0`, `claude-sonnet-4-5@20250929` and `claude-sonnet-4-5[1m]` are one
    model at one list price.
    """
    name = model_name.strip().lower().rpartition("/")[2]
    name = re.sub(r"^(?:[a-z]+\.)?anthropic\.", "", name)
    name = re.sub(r"\[\w+\]$", "", name)
    name = re.sub(r"-v\d+(?::\d+)?$", "", name)
    return re.sub(r"(?:-latest|[-@]20\d{6}|-20\d{2}-\d{2}-\d{2})$", "", name)


def _applying(prices: Iterable[Price], tokens: Tokens, day: date) -> Price | None:
    """The newest price of that day, and of those the one for the longest prompts that this one exceeds."""
    fitting = [p for p in prices if p.since <= day and tokens.prompt > p.above_prompt_tokens]
    return max(fitting, key=lambda price: (price.since, price.above_prompt_tokens), default=None)


@lru_cache(maxsize=1)
def _list_prices() -> dict[str, tuple[Price, ...]]:
    text = Path(__file__).with_name("prices.toml").read_text()
    prices: defaultdict[str, list[Price]] = defaultdict(list)
    for entry in tomllib.loads(text, parse_float=Decimal)["price"]:
        models = entry.pop("models")
        for name in ("input", "cache_read", "cache_write", "output"):
            entry[name] = Decimal(entry[name])
        for model in models:
            prices[model].append(Price(**entry))
    return {model: tuple(entries) for model, entries in prices.items()}


_known_overrides: ShortMemory[UUID, dict[str, tuple[Price, ...]]] = ShortMemory(
    seconds=OVERRIDES_CACHE_SECONDS, size=10_000
)


def _overrides(tenant_id: UUID) -> dict[str, tuple[Price, ...]]:
    known = _known_overrides.get(tenant_id)
    if known is None:
        prices: defaultdict[str, list[Price]] = defaultdict(list)
        for row in TokenPrice.objects.filter(tenant_id=tenant_id):
            prices[plain_name(row.model_name)].append(
                Price(row.since, row.input, row.cache_read, row.cache_write, row.output)
            )
        known = {model: tuple(entries) for model, entries in prices.items()}
        _known_overrides.set(tenant_id, known)
    return known
