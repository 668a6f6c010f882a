"""Large uploads: sealed as they arrive. Django's own handler would put them into a temporary file in clear."""

import io
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from office.sealed_blocks import BlockWriter, SealedReader

MOST_BYTES = 520 * 2**20  # of one file; what a page takes of that, it says itself
PIECE = 2**20


class SealedUpload(UploadedFile):
    """An uploaded file that lies sealed in FILES_DIR until the request ends."""

    def __init__(self, path: Path, context: str, **facts: Any) -> None:
        self._path = path
        super().__init__(io.BufferedReader(SealedReader(path, context=context), buffer_size=PIECE), **facts)

    def close(self) -> None:
        super().close()
        self._path.unlink(missing_ok=True)


class SealedUploadHandler(FileUploadHandler):
    """Takes every file that is too large for memory."""

    chunk_size = PIECE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = Path(settings.FILES_DIR) / "arriving"
        folder.mkdir(parents=True, exist_ok=True)
        self._context = f"arriving:{uuid4().hex}"
        self._path = folder / f"{uuid4().hex}.sealed"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._out = os.fdopen(descriptor, "wb")
        self._blocks = BlockWriter(self._out, context=self._context)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MOST_BYTES:
            self.upload_interrupted()
            raise StopUpload(connection_reset=True)
        self._blocks.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._blocks.finish()
        self._out.close()
        return SealedUpload(
            self._path,
            self._context,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )

    def upload_interrupted(self) -> None:
        """Called also where nothing has begun."""
        if hasattr(self, "_path"):
            self._out.close()
            self._path.unlink(missing_ok=True)
