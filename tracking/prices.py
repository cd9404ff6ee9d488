"""What tokens cost: list prices of a dated table, which a tenant's own prices override."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from uuid import UUID

import msgspec

from everyskill.short_memory import ShortMemory
from tracking.models import TokenPrice

OVERRIDES_CACHE_SECONDS = 60.0


class Tokens(msgspec.Struct, frozen=True):
    input: int
    cache_read: int
    cache_creation: int
    output: int

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.cache_creation


@dataclass(frozen=True)
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
        """Whole micro-dollars, halves up. Prices have at most four places, so whole numbers do, and are faster."""
        price = self._in_ten_thousandths
        parts = (
            tokens.input * price[0]
            + tokens.cache_read * price[1]
            + tokens.cache_creation * price[2]
            + tokens.output * price[3]
        )
        return (parts + 5_000) // 10_000

    @cached_property
    def _in_ten_thousandths(self) -> tuple[int, int, int, int]:
        parts = (self.input, self.cache_read, self.cache_write, self.output)
        return tuple(int(part * 10_000) for part in parts)  # type: ignore[return-value]  # there are four


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
    prompt = tokens.prompt
    for price in prices:  # the newest first, of one day the one for the longest prompts first
        if price.since <= day and prompt > price.above_prompt_tokens:
            return price
    return None


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
    return _in_order(prices)


def _in_order(prices: Mapping[str, Iterable[Price]]) -> dict[str, tuple[Price, ...]]:
    """Each model's prices as `_applying` takes them."""
    return {
        model: tuple(sorted(entries, key=lambda p: (p.since, p.above_prompt_tokens), reverse=True))
        for model, entries in prices.items()
    }


_known_overrides: ShortMemory[int, dict[str, tuple[Price, ...]]] = ShortMemory(
    seconds=OVERRIDES_CACHE_SECONDS, size=10_000
)


def _overrides(tenant_id: UUID) -> dict[str, tuple[Price, ...]]:
    known = _known_overrides.get(tenant_id.int)
    if known is None:
        prices: defaultdict[str, list[Price]] = defaultdict(list)
        for row in TokenPrice.objects.filter(tenant_id=tenant_id):
            prices[plain_name(row.model_name)].append(
                Price(row.since, row.input, row.cache_read, row.cache_write, row.output)
            )
        known = _in_order(prices)
        _known_overrides.set(tenant_id.int, known)
    return known
