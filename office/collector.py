"""The garbage collector's rest while rows come by the hundred thousand."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """None of the block's objects refers to itself, so counting references frees them all; the collector would walk
    over every row again and again (a sixth of an import's reading: docs/performance.md)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
