"""What the sanitizer catches and what it leaves, on texts composed at run time."""

import pytest

from tests.sanitizer import corpus
from training.sanitizer import sanitize_payload


def share(cases, judge):
    failed = [case for case in cases if not judge(case, sanitize_payload(case.text).sanitized)]
    return 1 - len(failed) / len(cases), [case.label for case in failed]


@pytest.mark.parametrize(
    ("cases", "at_least"),
    [
        pytest.param(corpus.vendor_cases(), 0.99, id="vendors' tokens"),
        pytest.param(corpus.keyed_cases(), 0.97, id="keyed values"),
        pytest.param(corpus.prose_cases(), 0.90, id="prose and logs"),
        pytest.param(corpus.encoded_cases(), 0.90, id="encoded"),
    ],
)
def test_it_catches_secrets(cases, at_least):
    caught, missed = share(cases, corpus.Case.is_caught)
    assert caught >= at_least, missed


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(corpus.vendor_cases(), id="vendors' tokens"),
        pytest.param(corpus.keyed_cases(), id="keyed values"),
        pytest.param(corpus.prose_cases(), id="prose and logs"),
    ],
)
def test_it_keeps_what_stands_beside_a_secret(cases):
    kept, damaged = share(cases, corpus.Case.keeps_neighbours)
    assert kept >= 0.98, damaged


def test_it_leaves_harmless_texts_alone():
    texts = list(corpus.harmless_texts())
    altered = [text for text in texts if sanitize_payload(text).findings]
    assert len(altered) <= 0.01 * len(texts), altered


def test_it_changes_nothing_when_it_runs_again():
    for case in corpus.vendor_cases() + corpus.keyed_cases() + corpus.prose_cases():
        once = sanitize_payload(case.text).sanitized
        assert sanitize_payload(once) == (once, ()), case.label


def test_its_findings_are_the_parts_that_it_replaced():
    for case in corpus.keyed_cases():
        result = sanitize_payload(case.text)
        rebuilt, position = "", 0
        for kind, start, end in result.findings:
            rebuilt += case.text[position:start] + f"[REDACTED:{kind}]"
            position = end
        assert rebuilt + case.text[position:] == result.sanitized
