"""Downloads: what is approved now, a release, and its manifest. Streamed."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.requests import PageRequest
from skills.models import Skill
from training.access import skill_to_read
from training.exports import manifest
from training.exports.formats import FORMATS
from training.exports.records import CurrentRecords, Records, ReleaseRecords
from training.models import Release, Split
from training.splits import place_new_examples

SIDES = tuple(str(side) for side in (Split.TRAIN, Split.VALIDATION, Split.TEST))


@require_GET
def export_now(request: PageRequest, *, slug: str, format_name: str) -> HttpResponseBase:
    """What is approved now; `?split=` for one side alone."""
    skill = skill_to_read(request, slug)
    place_new_examples(skill.pk)
    return _download(request, CurrentRecords(skill), format_name)


@require_GET
def export_release(
    request: PageRequest, *, slug: str, name: str, format_name: str
) -> HttpResponseBase:
    release = release_of(skill_to_read(request, slug), name)
    return _download(request, ReleaseRecords(release), format_name)


@require_GET
def release_manifest(request: PageRequest, *, slug: str, name: str) -> HttpResponseBase:
    release = release_of(skill_to_read(request, slug), name)
    file_name = f"{slug}-{release.name}-manifest.json"
    return _stream(manifest.write(release), "application/json", file_name)


def release_of(skill: Skill, name: str) -> Release:
    return get_object_or_404(skill.releases.select_related("skill", "created_by"), name=name)


def _download(request: PageRequest, records: Records, format_name: str) -> HttpResponseBase:
    split = request.GET.get("split") or None
    if format_name not in FORMATS or split not in (None, *SIDES):
        raise Http404
    chosen = FORMATS[format_name]
    file_name = chosen.file_name(records, split)
    return _stream(chosen.write(records, split), chosen.media_type, file_name)


def _stream(pieces: Iterator[bytes], media_type: str, file_name: str) -> HttpResponseBase:
    response: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(
        pieces, content_type=media_type
    )
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    # Examples may be withdrawn at any time: no copy is to be served from anywhere else.
    response["Cache-Control"] = "private, no-store"
    return response
