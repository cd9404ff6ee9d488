"""Read a SKILL.md and check its frontmatter.

The rules are those of the Agent Skills specification (agentskills.io): YAML between two lines of `---`, then Markdown.
Every error names the line of the file it is about, and never repeats what stands there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

MAX_CHARACTERS = 100_000
MAX_FRONTMATTER_CHARACTERS = 10_000
MAX_NAME = 64
MAX_DESCRIPTION = 1_024
MAX_COMPATIBILITY = 500
MAX_TITLE = 100

KNOWN_KEYS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
# PostgreSQL stores no NUL, UTF-8 knows no lone surrogate, YAML takes some as the end of a
# line, and nobody sees any of them.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Known = dict[str, tuple[yaml.Node, int]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong on which line of the file, counted from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}"


class SkillMdError(Exception):
    """The file breaks the rules; `problems` has at least one entry, in the order of the lines."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.line)


@dataclass(frozen=True, slots=True)
class SkillMd:
    """A valid SKILL.md. `name` and `description` are the frontmatter's, `body` the Markdown below it; `title` is for
    people: the body's own heading when it begins with one, else the name in words."""

    name: str
    description: str
    body: str
    name_line: int = field(compare=False, default=2)

    @property
    def title(self) -> str:
        heading = re.match(r"\s*#[ \t]+([^\n]+)", self.body)
        words = self.name.replace("-", " ").capitalize()
        return (heading[1].strip(" \t#") if heading else words)[:MAX_TITLE] or words


def parse_skill_md(text: str) -> SkillMd:
    """Check a SKILL.md of up to 100,000 characters; raises `SkillMdError` with all that is wrong with it."""
    if len(text) > MAX_CHARACTERS:
        raise SkillMdError(
            [
                Problem(
                    1,
                    f"the file is longer than {MAX_CHARACTERS:,} characters. Move parts into files beside it.",
                )
            ]
        )
    if found := UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise SkillMdError(
            [Problem(line, "there is a control character here, which no text file should have.")]
        )
    frontmatter, body = split_frontmatter(text)
    known, problems = read_keys(frontmatter)
    problems += [problem for problem in check_keys(known) if problem]
    if problems:
        raise SkillMdError(problems)
    return SkillMd(
        name=str(known["name"][0].value),
        description=str(known["description"][0].value).strip(),
        body=body,
        name_line=known["name"][1],
    )


def split_frontmatter(text: str) -> tuple[str, str]:
    """The YAML between the two lines of `---`, and what follows it. A body alone passes nothing."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise SkillMdError(
            [
                Problem(
                    1,
                    "the file must begin with a line of three hyphens, which opens the frontmatter.",
                )
            ]
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            frontmatter = "\n".join(lines[1:number])
            if len(frontmatter) > MAX_FRONTMATTER_CHARACTERS:
                break
            return frontmatter, "\n".join(lines[number + 1 :])
    else:
        raise SkillMdError(
            [
                Problem(
                    len(lines),
                    "the frontmatter is not closed: a second line of three hyphens is missing.",
                )
            ]
        )
    raise SkillMdError(
        [Problem(2, f"the frontmatter is longer than {MAX_FRONTMATTER_CHARACTERS:,} characters.")]
    )


def body_of(text: str) -> str:
    """The Markdown below the frontmatter; all of a text that has none, which no form lets in."""
    try:
        return split_frontmatter(text)[1]
    except SkillMdError:
        return text


def read_keys(frontmatter: str) -> tuple[Known, list[Problem]]:
    """The known keys with their YAML nodes and lines, and what is wrong with the mapping as such.

    The YAML is composed, not constructed: no object is built from it, aliases are not expanded, and every node knows
    its line.
    """
    try:
        root = yaml.compose(frontmatter, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SkillMdError([yaml_problem(error)]) from None
    except RecursionError:
        raise SkillMdError([Problem(2, "the frontmatter is nested too deeply.")]) from None
    if not isinstance(root, yaml.MappingNode):
        raise SkillMdError(
            [
                Problem(
                    2,
                    "the frontmatter must be lines of “key: value”, with at least name and description.",
                )
            ]
        )
    known: Known = {}
    problems = []
    for key, value in root.value:
        line = file_line(key)
        if not isinstance(key, yaml.ScalarNode) or key.value not in KNOWN_KEYS:
            keys = ", ".join(KNOWN_KEYS)
            problems.append(
                Problem(
                    line,
                    f"this key is not known; the known ones are {keys}. Others belong under metadata.",
                )
            )
        elif key.value in known:
            first = known[key.value][1]
            problems.append(
                Problem(line, f"{key.value} stands here a second time (first in line {first}).")
            )
        else:
            known[key.value] = (value, line)
    return known, problems


def check_keys(known: Known) -> Iterator[Problem | None]:
    for key in ("name", "description"):
        if key not in known:
            yield Problem(1, f"{key} is missing from the frontmatter.")
    for key, (node, line) in known.items():
        if key == "name":
            yield check_name(node, line)
        elif key == "description" or key == "license":
            yield check_text(node, line, key, MAX_DESCRIPTION)
        elif key == "compatibility":
            yield check_text(node, line, key, MAX_COMPATIBILITY)
        elif key == "metadata":
            yield from check_metadata(node, line)
        elif key == "allowed-tools":
            yield check_tools(node, line)


def check_name(node: yaml.Node, line: int) -> Problem | None:
    if is_text(node) and len(node.value) <= MAX_NAME and NAME.fullmatch(node.value):
        return None
    return Problem(
        line,
        f"name must be 1 to {MAX_NAME} of a–z, 0–9 and hyphens, with no hyphen first, last or twice in a row.",
    )


def check_text(node: yaml.Node, line: int, key: str, most: int) -> Problem | None:
    if is_text(node) and len(node.value.strip()) >= 1 and len(node.value) <= most:
        return None
    return Problem(
        line,
        f"{key} must be text of 1 to {most:,} characters. Put it in quotes if it looks like something else.",
    )


def check_metadata(node: yaml.Node, line: int) -> Iterator[Problem]:
    """Keys and values are text; an unquoted number or date is taken as written."""
    if not isinstance(node, yaml.MappingNode):
        yield Problem(line, "metadata must be lines of “key: value”, set in under it.")
        return
    seen = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            yield Problem(
                file_line(key), "metadata must hold plain text: no lists, no further nesting."
            )
        elif key.value in seen:
            yield Problem(file_line(key), "this metadata key stands here a second time.")
        else:
            seen.add(key.value)


def check_tools(node: yaml.Node, line: int) -> Problem | None:
    """Names parted by spaces, or a list of names."""
    if is_text(node):
        return None
    if isinstance(node, yaml.SequenceNode) and all(is_text(entry) for entry in node.value):
        return None
    return Problem(line, "allowed-tools must be names parted by spaces, or a list of names.")


def is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str"


def file_line(node: yaml.Node) -> int:
    """YAML counts lines from 0, and the frontmatter begins in line 2."""
    return int(node.start_mark.line) + 2


def yaml_problem(error: yaml.YAMLError) -> Problem:
    advice = (
        "this is not valid YAML. A value with a colon, a # or a quote in it needs quotes around it."
    )
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        return Problem(mark.line + 2 if mark else 2, advice)
    return Problem(2, advice)
