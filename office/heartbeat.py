"""Keeps a job's lease while its worker is alive, however long one statement of it takes.

A worker that is killed or frozen beats no more, and one that neither ends nor reports stops beating after a while:
then the job is another's.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

logger = logging.getLogger("portal.jobs")


@contextmanager
def beating(beat: Callable[[], bool], *, every: float) -> Iterator[None]:
    """Call `beat` every so many seconds, over a connection of its own, until the block ends or it gives False."""
    over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(over, beat, every), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=every)


def _beat_until(over: threading.Event, beat: Callable[[], bool], every: float) -> None:
    try:
        while not over.wait(every) and _beats(beat):
            pass
    finally:
        connection.close()


def _beats(beat: Callable[[], bool]) -> bool:
    """A beat that the database does not take is no end: it may be back for the next."""
    try:
        return beat()
    except DatabaseError as error:
        logger.warning("lease not renewed: %s", type(error).__name__)
        connection.close()
        return True
