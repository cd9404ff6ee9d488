"""The public list of withdrawn examples, at an address that never changes."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.views.decorators.http import require_GET

from training.exports.lines import dumps
from training.models import Tombstone


@login_not_required
@require_GET
def withdrawn_list(request: HttpRequest) -> HttpResponseBase:
    """JSON Lines, oldest first: `{"content_hash": ..., "withdrawn_at": ...}`; `?since=` (ISO 8601, with its offset)
    leaves out what was withdrawn before. For everybody: a copy of a release may be anywhere."""
    since = None
    if text := request.GET.get("since"):
        try:
            since = parse_datetime(text.replace(" ", "+"))
        except ValueError:
            since = None
        if since is None or is_naive(since):
            return HttpResponseBadRequest(
                "since must be a date and time with an offset, like 2026-01-31T12:00:00Z.",
                content_type="text/plain; charset=utf-8",
            )
    response = StreamingHttpResponse(_lines(since), content_type="application/jsonl")
    response["Cache-Control"] = "no-cache"
    return response


def _lines(since: datetime | None) -> Iterator[bytes]:
    stones = Tombstone.objects.order_by("withdrawn_at", "content_hash")
    if since:
        stones = stones.filter(withdrawn_at__gte=since)
    for content_hash, withdrawn_at in stones.values_list().iterator(chunk_size=2_000):
        moment = withdrawn_at.isoformat(timespec="milliseconds")
        yield (dumps({"content_hash": content_hash, "withdrawn_at": moment}) + "\n").encode()
