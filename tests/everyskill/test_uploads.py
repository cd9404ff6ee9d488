"""No upload touches a disk, and the API takes no key over plain HTTP in production."""

import tempfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings


def test_a_large_form_is_refused_before_a_temporary_file_is_made(login, alice, monkeypatch):
    made = []
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *a, **k: made.append(a))
    file = SimpleUploadedFile("SKILL.md", b"a private word " * 200_000)
    assert login(alice).post("/skills/new", {"upload": file}).status_code == 400
    assert made == []


@override_settings(SECURE_SSL_REDIRECT=True)
def test_production_takes_no_key_over_plain_http(client, api_key):
    headers = {"Authorization": f"Bearer {api_key}"}
    body = "{}"
    plain = client.post("/api/track", body, "application/json", headers=headers)
    secure = client.post("/api/track", body, "application/json", headers=headers, secure=True)
    assert (plain.status_code, secure.status_code) == (403, 400)
