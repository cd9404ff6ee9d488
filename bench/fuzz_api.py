"""A schema-driven fuzzer over the API: `python -m bench.fuzz_api`.

Needs the program `schemathesis` (a tool for measuring, not one of the project's requirements). It reads the OpenAPI
document from a running site and sends what the document allows and what it forbids; every answer must be documented,
and none may be a server error. Exits with the fuzzer's status.
"""

import argparse
import importlib
import shutil
import subprocess
import sys

import django
from django.core.management import call_command

from bench import harness

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=300, help="of each operation and phase")
    parser.add_argument("--program", default="schemathesis")
    arguments = parser.parse_args()
    if shutil.which(arguments.program) is None:
        raise SystemExit("The fuzzer schemathesis is not installed.")
    with harness.database():
        django.setup()
        call_command("migrate", verbosity=0)
        people = importlib.import_module("bench.people")
        key = people.make_keys("fuzz", captures=True, rate_limit=harness.RATE_LIMIT)[0]
        port = harness.free_port()
        with harness.server(harness.product_command(port), port):
            sys.exit(fuzz(arguments, port, key))


def fuzz(arguments: argparse.Namespace, port: int, key: str) -> int:
    command = [
        arguments.program, "run", f"http://127.0.0.1:{port}/api/openapi.json",
        "--header", f"Authorization: Bearer {key}", "--max-examples", str(arguments.examples),
        "--checks", ",".join(CHECKS), "--seed", "7", "--phases", "examples,coverage,fuzzing",
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    main()
