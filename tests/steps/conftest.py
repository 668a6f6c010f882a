"""Everybody at work in the edition whose rosters take steps."""

from collections.abc import Callable

import pytest
from django.test import Client

from orgs.models import User
from schemes.models import Edition
from tests.steps.climbing import WITH_STEPS, steps_edition


@pytest.fixture
def edition(db: None) -> Edition:
    return steps_edition()


@pytest.fixture
def at(login: Callable[[User], Client], edition: Edition) -> Callable[[User], Client]:
    """`at(user)`: a client that has chosen this edition."""

    def sit(user: User) -> Client:
        client = login(user)
        session = client.session
        session["edition"] = WITH_STEPS
        session.save()
        return client

    return sit
