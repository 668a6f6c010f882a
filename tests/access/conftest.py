"""The world of the access tests, made once a module."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.access.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Made once; every question is asked inside a savepoint that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
