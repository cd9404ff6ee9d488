"""What a view of the API answers, before it is any server's or framework's response."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from everyskill.jobs import Job


@dataclass(slots=True)
class Answer:
    """A status, headers, a body in one piece, and the jobs to hand over once it is sent."""

    status: HTTPStatus = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    jobs: Sequence[Job] = ()
