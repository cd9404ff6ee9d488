"""Every plane of Unicode, lone surrogates, NUL and very long texts: nothing breaks, nothing hides."""

import pytest

from training.sanitizer import sanitize_payload

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
PLANE = 0x10000
# A prime step, so that the characters come from all over a plane; surrogates are among plane 0's.
STEP = 1021


def characters(plane):
    return map(chr, range(max(0x80, plane * PLANE), (plane + 1) * PLANE, STEP))


@pytest.mark.parametrize("plane", range(17))
def test_it_finds_a_token_beside_characters_of_every_plane(plane):
    text = "\n".join(f"see {c}{TOKEN}{c} there" for c in characters(plane))
    sanitized = sanitize_payload(text, personal_data=True).sanitized
    assert TOKEN not in sanitized
    assert sanitized.count("[REDACTED:GITHUB_TOKEN]") == text.count(TOKEN)
    assert sanitize_payload(sanitized, personal_data=True) == (sanitized, ())


@pytest.mark.parametrize("plane", range(17))
def test_it_leaves_characters_of_every_plane(plane):
    text = " ".join(characters(plane))
    assert sanitize_payload(text, personal_data=True) == (text, ())


@pytest.mark.parametrize(
    "odd", [chr(0xD800), chr(0xDFFF), "\udc80\ud83d", "\x00", "\x00\x00", "\ufffe"]
)
def test_it_takes_lone_surrogates_and_nul(odd):
    text = f"{odd}password{odd}= {odd}hunter{odd}2x{odd} {TOKEN}{odd}"
    sanitized = sanitize_payload(text, personal_data=True).sanitized
    assert TOKEN not in sanitized
    assert sanitize_payload(sanitized, personal_data=True).sanitized == sanitized


@pytest.mark.parametrize("character", ["\u200b", "\u2060", "\u00ad", "\ufeff", "\u200d"])
def test_an_invisible_character_hides_no_token(character):
    broken = TOKEN[:12] + character + TOKEN[12:]
    assert sanitize_payload(f"see {broken} there").sanitized == (
        "see [REDACTED:GITHUB_TOKEN] there"
    )


@pytest.mark.parametrize(
    ("filler", "size"),
    [
        pytest.param("a line of a program = compute(this, 42);\n", 1_000_000, id="code"),
        pytest.param("a", 1_000_000, id="one letter"),
        pytest.param("\x00", 50_000, id="NUL"),
        pytest.param("\ud800", 100_000, id="surrogates"),
        pytest.param("9 ", 50_000, id="digits"),
        pytest.param("\U0001f511", 100_000, id="beyond the first plane"),
    ],
)
def test_it_takes_long_texts(filler, size):
    text = (filler * (size // len(filler) + 1))[:size] + f"\n{TOKEN}\n"
    result = sanitize_payload(text, personal_data=True)
    assert result.sanitized == text.replace(TOKEN, "[REDACTED:GITHUB_TOKEN]")
