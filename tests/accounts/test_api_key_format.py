"""The key's format: long enough, checkable without a database, and looked up by its prefix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import api_keys


def test_a_new_key_is_well_formed():
    key = api_keys.generate()
    assert len(key) == api_keys.KEY_LENGTH == 50
    assert key.startswith("esk_")
    assert api_keys.is_well_formed(key)


def test_two_keys_differ():
    assert api_keys.generate() != api_keys.generate()


@given(position=st.integers(4, 49), character=st.sampled_from(api_keys.BASE62))
def test_one_changed_character_breaks_the_checksum(position, character):
    key = api_keys.generate()
    changed = key[:position] + character + key[position + 1 :]
    assert api_keys.is_well_formed(changed) is (changed == key)


@pytest.mark.parametrize(
    "text", ["", "esk_", "esk_short", "x" * 50, "esk_" + "é" * 46, "esk_" + "-" * 46]
)
def test_other_texts_are_not_keys(text):
    assert not api_keys.is_well_formed(text)


def test_the_digest_does_not_hold_the_key():
    key = api_keys.generate()
    assert key[4:] not in api_keys.digest(key)
    assert api_keys.lookup_prefix(key) == key[:12]
