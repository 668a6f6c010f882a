"""Many at once: threads with their own connections, started together."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection, connections


def how_many() -> int:
    """Twenty on PostgreSQL; SQLite lets one write at a time, so a handful shows the same."""
    return 20 if connection.vendor == "postgresql" else 6


def race(work: Callable[[int], Any], n: int | None = None) -> list[Any]:
    """What each of n came back with: its result, or the exception that it raised."""
    count = n or how_many()
    barrier, outcomes = Barrier(count, timeout=30), [None] * count
    threads = [Thread(target=_run, args=(work, number, barrier, outcomes)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return outcomes


def _run(work: Callable[[int], Any], number: int, barrier: Barrier, outcomes: list[Any]) -> None:
    try:
        barrier.wait()
        outcomes[number] = work(number)
    except Exception as error:
        outcomes[number] = error
    finally:
        connections.close_all()


def failures(outcomes: list[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
