"""The world of the access tests, made once a module."""

from collections.abc import Iterator

import pytest

from tests.access.world import World, make_world
from tests.ground import made_once


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Made once; every question is asked inside a savepoint that is taken back."""
    with made_once(django_db_blocker):
        yield make_world()


@pytest.fixture(autouse=True)
def _print_quickly(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The world's papers are real; who may order more of them is asked two hundred times."""
    if "world" in request.fixturenames:
        request.getfixturevalue("world")
        monkeypatch.setattr("enrollment.services.printing.render_pdf", lambda *_, **__: b"%PDF-")
