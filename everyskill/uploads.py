"""Uploads stay in memory: raw text never touches a disk, not even as a temporary file."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler


class MemoryOnlyUploadHandler(MemoryFileUploadHandler):
    """Refuse a form larger than `FILE_UPLOAD_MAX_MEMORY_SIZE` (2.5 MB) before anything of it is read.

    Raises `RequestDataTooBig`, which Django answers 400.
    """

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        if content_length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The form is too large.")
        super().handle_raw_input(input_data, META, content_length, *args, **kwargs)
