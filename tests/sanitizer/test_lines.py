"""Lines of a fixed shape, and what stands around them: diffs, listings, texts within JSON."""

import json
import re

import pytest

from tests.sanitizer.corpus import Maker
from training.sanitizer import sanitize_payload
from training.sanitizer.rules import RULES

HITS = [Maker(9).fill(rule["hit"]) for rule in RULES["lines"] if "hit" in rule]
SURROUNDINGS = {
    "plain": lambda text: text,
    "in a diff": lambda text: "\n".join("+" + line for line in text.split("\n")),
    "with line numbers": lambda text: "\n".join(
        f"{number:6}→{line}" for number, line in enumerate(text.split("\n"), 12)
    ),
    "in JSON": lambda text: json.dumps({"content": text + "\nok\n"}),
}


def parted(hit):
    """The text of a hit without its marks, and the secret in it."""
    return re.sub("[«»]", "", hit), re.search("«(.*?)»", hit).group(1)


@pytest.mark.parametrize("surround", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_it_finds_the_secret_of_each_line(surround):
    missed = []
    for hit in HITS:
        text, secret = parted(hit)
        if secret in sanitize_payload(surround(text)).sanitized:
            missed.append(hit)
    assert missed == []


def test_it_leaves_each_line_whose_secret_is_a_stand_in():
    taken = []
    for hit in HITS:
        text = re.sub("«.*?»", "<placeholder>", hit)
        # A private key's name in a list, for one, may tell of another secret beside it.
        if "<placeholder>" not in sanitize_payload(text).sanitized:
            taken.append(text)
    assert taken == []


@pytest.mark.parametrize("surround", SURROUNDINGS.values(), ids=SURROUNDINGS)
def test_it_hides_a_cluster_secrets_values_whatever_their_names(surround):
    encoded, plain = Maker(3).make_alnum(24), Maker(4).make_alnum(18)
    manifest = f"kind: Secret\nmetadata:\n  name: web\ndata:\n  first: {encoded}\nstringData:\n  second: {plain}"
    sanitized = sanitize_payload(surround(manifest)).sanitized
    assert encoded not in sanitized
    assert plain not in sanitized
    assert "first" in sanitized
    assert "name: web" in sanitized


def test_it_leaves_the_values_of_a_config_map():
    manifest = (
        "kind: ConfigMap\nmetadata:\n  name: web\ndata:\n  mode: a1b2c3d4e5f6a7b8\n  size: 12"
    )
    assert sanitize_payload(manifest).findings == ()


@pytest.mark.parametrize(
    "colour", ["\\u001b[32m", "\\x1b[1;31m", "\\033[0m", "\\\\u001b[32m", "\x1b[32m"]
)
def test_it_reads_past_the_colours_of_a_terminal(colour):
    token = "gh" + "p_" + Maker(5).make_alnum(36)
    assert token not in sanitize_payload(f"{colour}{token}\\u001b[0m done").sanitized
