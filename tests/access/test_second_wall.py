"""With the portal's own scope taken down, PostgreSQL's row-level security alone keeps every answer as it was."""

import pytest
from django.db.models import Q
from django.test import Client

from orgs import scope
from tests.access.asking import BACKEND, Asked, verdict
from tests.access.matrix import MATRIX, placements_of
from tests.access.world import World, sees

pytestmark = pytest.mark.postgres


@pytest.fixture
def no_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question of the ORM asks for everything."""
    monkeypatch.setattr(scope, "_region_and_insurer", lambda _scope, _user: Q())
    monkeypatch.setitem(scope.RULES, "region_and_insurer", lambda _scope, _user: Q())


@pytest.mark.parametrize("actor", ["clerk", "near_clerk", "far_clerk", "adjuster", "far_adjuster", "certifier"])
def test_the_second_wall_stands_alone(actor: str, no_scope: None, world: World, client: Client, db: None) -> None:
    by = getattr(world.cast, actor)
    client.force_login(by, backend=BACKEND)
    wrong = []
    for cell in MATRIX:
        for placement in placements_of(cell):
            may = by.role in cell.roles and (placement == "any" or placement in sees(actor, cell.of))
            if cell.method == "GET" or not may:
                asked = Asked(client, cell, world, placement, by)
                if problem := verdict(asked, cell, may, actor):
                    wrong.append(f"{cell.name} [{placement}] {problem}")
    assert not wrong, "\n" + "\n".join(wrong)
