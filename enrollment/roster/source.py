"""A kept file as the roster code takes it: a path, its bytes, or an open (perhaps decrypting) stream."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeAlias

Source: TypeAlias = Path | bytes | BinaryIO


@contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The source from its beginning; a stream handed in stays open and must be seekable."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield stream
    elif isinstance(source, bytes):
        yield io.BytesIO(source)
    else:
        source.seek(0)
        yield source
