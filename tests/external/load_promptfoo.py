"""promptfoo validates the tests, renders every variable and every assertion, and gets exactly the database's texts.

Its `echo` provider answers with the prompt. The model-graded assertion of each test is exchanged for a small script of
ours, which writes down the value that promptfoo rendered: so nothing calls a model.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

folder, prefix = Path(sys.argv[1]), Path(sys.argv[2])
expected = json.loads((folder / "expected.json").read_text())
tests = json.loads((folder / "promptfoo.json").read_text())
work = Path(tempfile.mkdtemp())
binary = prefix / "node_modules" / ".bin" / "promptfoo"
environment = os.environ | {
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_CONFIG_DIR": str(work / "home"),
}


def run(*arguments):
    done = subprocess.run(
        [str(binary), *arguments],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode not in (0, 100):  # 100: some assertion failed, which these are meant to
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])


def config(name, entries):
    (work / f"{name}-tests.json").write_text(json.dumps(entries))
    made = {"prompts": ["{{input}}"], "providers": ["echo"], "tests": f"file://{name}-tests.json"}
    (work / f"{name}.json").write_text(json.dumps(made))


config("as-exported", tests)
run("validate", "-c", "as-exported.json")
print(f"promptfoo: {len(tests)} tests are valid")

# `equals` fails on the echo, and its reason holds the rendered value.
for test in tests:
    test["assert"] = [{"type": "equals", "value": test["assert"][0]["value"]}]
config("rendered", tests)
run(
    "eval", "-c", "rendered.json", "--no-cache", "-o", "out.json", "--no-progress-bar", "--no-table"
)
results = json.loads((work / "out.json").read_text())["results"]["results"]
by_id = {result["testCase"]["metadata"]["id"]: result for result in results}
wrong = []
for row in expected:
    result = by_id[row["id"]]
    if not result.get("gradingResult"):
        sys.exit(f"promptfoo could not run a test: {result.get('error')}")
    reason = result["gradingResult"]["componentResults"][0]["reason"]
    if result["response"]["output"] != row["input"]:
        wrong.append(("input", row["input"], result["response"]["output"]))
    if reason != f'Expected output "{row["input"]}" to equal "{row["output"]}"':
        wrong.append(("output", row["output"], reason))
if wrong:
    sys.exit("\n".join(map(repr, wrong[:5])))
print(f"promptfoo: {len(expected)} inputs and outputs equal")
