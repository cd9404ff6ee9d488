"""How often a log-in may fail, and a reset e-mail be sent, before we ask to wait.

Failures are counted in the database, so that all processes and a restart see the same number. Only keyed hashes
of what was typed are stored: people type passwords into the name's field.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Attempt


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts within `window`; `purpose` keeps one limit's counts from another's."""

    purpose: str
    most: int
    window: timedelta

    def is_reached(self, *parts: str) -> bool:
        since = timezone.now() - self.window
        return Attempt.objects.filter(who=self._hash(parts), at__gt=since).count() >= self.most

    def count(self, *parts: str) -> None:
        """Remember one attempt, and forget all those too old for any limit."""
        Attempt.objects.filter(at__lt=timezone.now() - LONGEST_WINDOW).delete()
        Attempt.objects.create(who=self._hash(parts))

    def clear(self, *parts: str) -> None:
        Attempt.objects.filter(who=self._hash(parts)).delete()

    def _hash(self, parts: tuple[str, ...]) -> str:
        text = "\0".join(part.casefold() for part in parts)
        return salted_hmac(f"throttle.{self.purpose}", text, algorithm="sha256").hexdigest()


LONGEST_WINDOW = timedelta(hours=1)

# One name from one address: a person who forgot. One name from anywhere: guessing from many machines. The second is
# generous, since it is also what a stranger could use to keep somebody out.
FROM_ONE_ADDRESS = Limit("address", most=10, window=timedelta(minutes=15))
FROM_ANYWHERE = Limit("name", most=100, window=timedelta(minutes=15))
RESET_MAILS = Limit("reset", most=5, window=timedelta(hours=1))
