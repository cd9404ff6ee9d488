"""What an error report, the DEBUG page included, may show: where, never a person's text."""

from collections.abc import ItemsView
from typing import Any

from django.http import HttpRequest
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter


class NoTextFilter(SafeExceptionReporterFilter):
    """Drops what was posted, the variables of all frames and the cookies, in development too.

    Django's own filter hides only what is marked as sensitive, and nothing at all under DEBUG.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: Any
    ) -> ItemsView[str, Any]:
        nothing: dict[str, Any] = {}
        return nothing.items()

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return {}


class NoTextReporter(ExceptionReporter):
    """Leaves out exceptions' messages, which may quote the text that they are about; their types stay."""

    def get_traceback_data(self) -> dict[str, Any]:
        data = super().get_traceback_data()
        data["exception_value"] = data["exception_notes"] = "(its message is not shown)"
        data.pop("unicode_hint", None)
        for frame in data["frames"]:
            frame["exc_cause"] = frame["exc_cause"] and type(frame["exc_cause"]).__name__
        return data
