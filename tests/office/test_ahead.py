"""Work ahead in a thread: in order, no further ahead than asked, errors in their place, and an end on both sides."""

import threading
import time
from collections.abc import Iterator

import pytest

from office import ahead as module
from office.ahead import NotWanted, Wanted, ahead

LONG = 30.0


def numbers(made: list[int], until: int = 5) -> Iterator[int]:
    for number in range(until):
        made.append(number)
        yield number


def nothing() -> None:
    """Nobody waits."""


def test_the_items_come_in_their_order() -> None:
    made: list[int] = []
    assert list(ahead(numbers(made), most=2, wanted=Wanted(), waiting=nothing)) == [0, 1, 2, 3, 4]


def test_items_are_made_while_the_taker_is_busy_and_no_more_than_asked() -> None:
    made: list[int] = []
    items = ahead(numbers(made, until=50), most=3, wanted=Wanted(), waiting=nothing)
    next(items)
    until(lambda: len(made) == 4)
    time.sleep(0.05)
    assert len(made) == 4, "one was taken, three wait"
    items.close()


def test_an_error_comes_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise TimeoutError("of the maker")

    items = ahead(broken(), most=2, wanted=Wanted(), waiting=nothing)
    assert next(items) == 1
    with pytest.raises(TimeoutError, match="of the maker"):
        next(items)


def test_the_taker_says_that_it_lives_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SIGN_OF_LIFE", 0.01)
    go, signs = threading.Event(), []

    def waiting() -> None:
        signs.append(1)
        if len(signs) == 3:
            go.set()

    def slow() -> Iterator[int]:
        assert go.wait(LONG)
        yield 1

    assert list(ahead(slow(), most=1, wanted=Wanted(), waiting=waiting)) == [1]
    assert len(signs) >= 3


def test_a_taker_that_gives_up_ends_a_maker_that_waits() -> None:
    wanted, begun, ended = Wanted(), threading.Event(), threading.Event()

    def patient() -> Iterator[int]:
        yield 1
        begun.set()
        try:
            while True:
                wanted.check()
                time.sleep(0.005)
        except NotWanted:
            ended.set()
            raise

    items = ahead(patient(), most=2, wanted=wanted, waiting=nothing)
    assert next(items) == 1
    assert begun.wait(LONG)
    items.close()
    assert ended.is_set()


def test_what_the_taker_raises_is_not_swallowed_and_the_thread_is_gone() -> None:
    before = threading.active_count()

    def taken() -> None:
        for number in ahead(numbers([], until=100), most=2, wanted=Wanted(), waiting=nothing):
            if number == 3:
                raise ValueError("of the taker")

    with pytest.raises(ValueError, match="of the taker"):
        taken()
    until(lambda: threading.active_count() <= before)


def until(condition) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
