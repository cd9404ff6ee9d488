"""Make a release whose texts try to break every format, export it in all of them, and write down what is expected.

Runs on the test database of a throwaway server, which it starts itself: `python -m tests.external.export FOLDER`.
"""

import json
import os
import random
import sys
from pathlib import Path

from everyskill import embedded_postgres

AWKWARD = [
    ("=1+1", "@SUM(A1)"),
    ("{{ input }} {% raw %} {# no #}", '{"a": {"b": {}}} {{{{ }}'),
    ("line\nline\n", "tab\tend\n"),
    ("file:///etc/passwd", "package:x"),
    ("{{env.HOME}}", "{{ vars.input }}"),
    ("ünïcödé 🎉 日本語 \u2028", 'say "hi", please; ok\\n'),
    ("---\nyaml: [1", "</script>"),
    ("{% endraw %}{{'{'}}", "{{''}} ${x} `x` $(x)"),
    ("true", "null"),
    ("  indented", "'quoted"),
]
STARTS, ENDS = (
    ["al", "be", "ga", "ri", "sto", "em", "ma", "or", "pi", "qua"],
    ["pha", "ta", "ne", "der", "xel"],
)
WORDS = [start + end for start in STARTS for end in ENDS]


def main(folder: Path) -> None:
    os.environ["DATABASE_URL"] = embedded_postgres.start_throwaway()
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_databases

    setup_databases(verbosity=0, interactive=False)
    from tests.factories import GoldenExampleFactory, SkillFactory, UserFactory
    from training.exports.formats import FORMATS
    from training.models import SkillFeedback
    from training.releases import make_release

    rng = random.Random(11)
    alice = UserFactory(username="alice")
    skill = SkillFactory(author=alice, slug="release-notes")
    texts = AWKWARD + [
        (" ".join(rng.choices(WORDS, k=25)), " ".join(rng.choices(WORDS, k=40))) for _ in range(190)
    ]
    for number, (given, wanted) in enumerate(texts):
        quality = number % 10 + 1 if number % 3 else None
        GoldenExampleFactory(
            skill=skill, example_input=given, expected_output=wanted, quality_score=quality
        )
    for example in SkillFeedback.objects.order_by("id")[20:30]:
        example.edit(
            reviewer=alice,
            version=1,
            example_input=example.example_input,
            expected_output=example.expected_output + " Better.",
            quality_score=9,
            review_notes="",
            personal_data=False,
        )
    release = make_release(skill=skill, name="v1", made_by=alice)
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in FORMATS.items():
        target = folder / (name if name == "hf" else f"{name}.{made.extension}")
        call_command(
            "export_examples", skill=skill.slug, release="v1", format=name, output=str(target)
        )
    members = dict(release.members.values_list("feedback_id", "split"))
    rows = SkillFeedback.objects.filter(pk__in=members).order_by("id")
    expected = [
        {
            "id": str(row.pk),
            "input": row.example_input,
            "output": row.output,
            "split": members[row.pk],
            "quality": row.quality_score,
        }
        for row in rows
    ]
    (folder / "expected.json").write_text(json.dumps(expected))
    print(f"{len(expected)} examples in {folder}")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")
    main(Path(sys.argv[1]))
