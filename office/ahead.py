"""Work ahead of whoever takes it, in a thread of its own: one side computes while the other waits for the database."""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_SIGN_OF_LIFE = 5.0
_TURN = 0.0005
_END: Any = object()


class NotWanted(Exception):
    """Who takes the items has given up."""


class Wanted:
    """Told to the side that works ahead, so that it stops waiting once nobody takes what it makes."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def check(self) -> None:
        if self._over.is_set():
            raise NotWanted

    def end(self) -> None:
        self._over.set()


def ahead(items: Iterator[T], *, most: int, wanted: Wanted, waiting: Callable[[], None]) -> Iterator[T]:
    """The items, up to `most` of them made before they are taken; what making one raises is raised in its place.

    `items` must not use the database: it runs in another thread, and outside of the taker's transaction. `waiting` is
    called every few seconds in which none has come. When the taker stops, `wanted` ends, and this waits for the item
    in the making.
    """
    with _quick_turns(), ThreadPoolExecutor(max_workers=1) as pool:
        coming = deque(pool.submit(next, items, _END) for _ in range(most))
        try:
            while (item := _made(coming.popleft(), waiting)) is not _END:
                coming.append(pool.submit(next, items, _END))
                yield item
        finally:
            wanted.end()
            pool.shutdown(cancel_futures=True)


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Who comes back from the database gets the interpreter soon, not after the usual 5 ms of the other's work."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _made(future: "Future[T]", waiting: Callable[[], None]) -> T:
    while True:
        try:
            return future.result(timeout=_SIGN_OF_LIFE)
        except TimeoutError:
            if future.done():  # the item's own error, which may be a timeout as well
                raise
            waiting()
