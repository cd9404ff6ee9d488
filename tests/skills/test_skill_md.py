"""The rules of a SKILL.md, and that each error names its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.skill_md import SkillMdError, parse_skill_md


def skill_md(*lines, body="Do it."):
    return "\n".join(["---", *lines, "---", "", body])


def problems_of(text):
    with pytest.raises(SkillMdError) as caught:
        parse_skill_md(text)
    return [(problem.line, problem.text) for problem in caught.value.problems]


def lines_of(text):
    return [line for line, _ in problems_of(text)]


def test_it_reads_the_least_a_skill_needs():
    skill = parse_skill_md(skill_md("name: pdf-forms", "description: Fills PDF forms."))
    assert (skill.name, skill.description) == ("pdf-forms", "Fills PDF forms.")
    assert skill.body == "\nDo it."


def test_it_takes_every_key_of_the_specification():
    parse_skill_md(
        skill_md(
            "name: pdf-forms",
            "description: >",
            "  Fills PDF forms.",
            "  Use it for PDFs.",
            "license: Apache-2.0",
            "compatibility: Needs Python 3.12",
            "metadata:",
            "  author: acme",
            "  version: 1.0",
            "allowed-tools: Bash(git:*) Read",
        )
    )
    parse_skill_md(
        skill_md("name: a", "description: b", "allowed-tools:", "  - Bash(git:*)", "  - Read")
    )


@pytest.mark.parametrize("name", ["a", "a1", "pdf-forms", "x" * 64, "a-b-c", "123abc"])
def test_it_takes_a_good_name(name):
    assert parse_skill_md(skill_md(f"name: {name}", "description: b")).name == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "a-", "a--b", "A", "a_b", "a b", "ä", "x" * 65, "123", "[a]", "'a\\n'", "true"],
)
def test_it_refuses_a_bad_name_and_names_the_line(name):
    [(line, text)] = problems_of(skill_md("description: b", f"name: {name}"))
    assert line == 3
    assert "1 to 64" in text


@pytest.mark.parametrize("length", [1, 1024])
def test_a_description_may_be_as_long_as_allowed(length):
    parse_skill_md(skill_md("name: a", f"description: {'x' * length}"))


@pytest.mark.parametrize("value", ["", "x" * 1025, "'   '", "[a]", "2024-01-01"])
def test_it_refuses_a_bad_description(value):
    assert lines_of(skill_md("name: a", f"description: {value}")) == [3]


def test_it_refuses_a_compatibility_of_more_than_500():
    text = skill_md("name: a", "description: b", f"compatibility: {'x' * 501}")
    assert lines_of(text) == [4]


def test_it_names_both_missing_keys():
    assert {text.split()[0] for _, text in problems_of(skill_md("license: MIT"))} == {
        "name",
        "description",
    }


def test_it_refuses_an_unknown_key_without_repeating_it():
    [(line, text)] = problems_of(skill_md("name: a", "description: b", "colour: green"))
    assert line == 4
    assert "colour" not in text
    assert "green" not in text


def test_it_refuses_a_key_that_stands_twice():
    [(line, text)] = problems_of(skill_md("name: a", "description: b", "name: c"))
    assert line == 4
    assert "first in line 2" in text


def test_it_refuses_metadata_that_is_no_plain_mapping():
    assert lines_of(skill_md("name: a", "description: b", "metadata: text")) == [4]
    nested = skill_md("name: a", "description: b", "metadata:", "  a: [1]", "  b: x", "  b: y")
    assert lines_of(nested) == [5, 7]


def test_it_refuses_tools_that_are_no_names():
    text = skill_md("name: a", "description: b", "allowed-tools: {Bash: yes}")
    assert lines_of(text) == [4]


def test_it_tells_all_that_is_wrong_in_the_order_of_the_lines():
    assert lines_of(skill_md("name: A", "foo: 1", "description:")) == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# Only a body", 1),
        ("---\nname: a\ndescription: b\n", 4),
        ("---\n---\n", 2),
        ("---\njust words\n---\n", 2),
        ("---\n- a\n- b\n---\n", 2),
        ("---\nname: a\ndescription: one: two\n---\n", 3),
        ("---\nname: a\n\tdescription: b\n---\n", 3),
        ("---\nname: a\ndescription: *nothing\n---\n", 3),
        ("---\nname: a\ndescription: \x07\n---\n", 3),
        ("---\n" + "[" * 9000 + "\n---\n", 2),
        ("---\n" + "# " + "x" * 10_001 + "\n---\n", 2),
        ("x" * 100_001, 1),
    ],
)
def test_what_is_no_skill_file_is_refused_with_its_line(text, line):
    assert lines_of(text) == [line]


def test_an_alias_bomb_is_not_expanded():
    bomb = ["a: &a [x, x]", *(f"k{n}: &k{n} [*a, *a]" for n in range(20))]
    assert len(lines_of(skill_md("name: a", "description: b", *bomb))) == 21


def read_or_refuse(text):
    try:
        return parse_skill_md(text)
    except SkillMdError as refusal:
        return refusal


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
    for candidate in (text, f"---\n{text}\n---\n", f"---\nname: {text}\ndescription: b\n---\n"):
        result = read_or_refuse(candidate)
        if isinstance(result, SkillMdError):
            assert result.problems[0].line >= 1
        else:
            assert result.title


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("\n# Fill *PDF* forms #\n", "Fill *PDF* forms"),
        ("Text first.\n\n# Later", "Pdf forms"),
        ("## Second level", "Pdf forms"),
        ("", "Pdf forms"),
        ("# " + "x" * 200, "x" * 100),
    ],
)
def test_a_skill_is_titled_by_its_opening_heading(body, title):
    skill = parse_skill_md(skill_md("name: pdf-forms", "description: b", body=body))
    assert skill.title == title
