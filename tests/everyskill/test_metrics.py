"""The counters are told to who knows the token, and to nobody else."""

TOKEN = "-".join(["a", "token", "of", "the", "tests"])


def test_without_a_token_set_the_address_does_not_exist(client, db):
    assert client.get("/metrics").status_code == 404


def test_another_token_is_refused(client, settings):
    settings.METRICS_TOKEN = TOKEN
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {TOKEN}"}):
        assert client.get("/metrics", headers=headers).status_code == 401


def test_it_tells_the_counters(client, settings, db):
    settings.METRICS_TOKEN = TOKEN
    client.post("/api/track")
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert 'everyskill_api_answers_total{status="401",view="track"}' in answer.text
    for name in ("everyskill_captures", "everyskill_after_response_waiting"):
        assert f"# TYPE {name}" in answer.text
