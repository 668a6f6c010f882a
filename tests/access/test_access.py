"""Every address × method × person × placement: who may, may; to anybody else it is as if it did not exist."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from orgs.models import AuditEvent
from tests.access.asking import ACTORS, BACKEND, TOKENS, Asked, verdict
from tests.access.matrix import MATRIX, ONLY_AT_FIRST, PUBLIC, kwargs_of, placements_of
from tests.access.world import World, look, sees


def routes(patterns: list | None = None) -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif not pattern.name.startswith("api_"):  # programs are answered otherwise: tests/api/test_access.py
            yield pattern.name, pattern


def test_every_address_has_its_expectation_and_every_expectation_its_address() -> None:
    assert sorted({name for name, _ in routes()}) == sorted({cell.route for cell in MATRIX} | set(PUBLIC))


def test_every_view_names_its_act() -> None:
    """`grants` stands on every view that is not for everybody who is logged in."""
    without = {name for name, pattern in routes() if not hasattr(pattern.callback, "act")}
    assert without == {*PUBLIC, "logout", "password_change"}


def test_every_address_answers_somebody() -> None:
    """An address that nobody can use is a mistake, of the matrix or of the portal."""
    used = {cell.route for cell in MATRIX if cell.roles} | set(PUBLIC) - set(ONLY_AT_FIRST)
    assert {name for name, _ in routes()} - used == set(ONLY_AT_FIRST)


@pytest.mark.parametrize("actor", ACTORS)
def test_a_person_can_do_what_the_matrix_says_and_nothing_else(
    actor: str, world: World, client: Client, db: None, request: pytest.FixtureRequest
) -> None:
    """Whose role may not is asked of one own and one foreign thing; of all of them in `make test-long`."""
    by, everywhere = getattr(world.cast, actor), request.config.getoption("--run-long")
    client.force_login(by, backend=BACKEND)
    wrong = []
    for cell in MATRIX:
        all_placements = placements_of(cell)
        for placement in (
            all_placements if everywhere or by.role in cell.roles else all_placements[-2:-1] + all_placements[:1]
        ):
            may = by.role in cell.roles and (placement == "any" or placement in sees(actor, cell.of))
            asked = Asked(client, cell, world, placement, by)
            if problem := verdict(asked, cell, may, actor):
                wrong.append(f"{cell.name} [{placement}] {problem}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("actor", ["clerk", "adjuster", "authority", "finance", "administrator"])
def test_a_foreign_thing_and_a_missing_one_answer_alike(actor: str, world: World, client: Client, db: None) -> None:
    by = getattr(world.cast, actor)
    client.force_login(by, backend=BACKEND)
    for cell in MATRIX:
        bodies = {}
        for placement in set(placements_of(cell)) - sees(actor, cell.of) - {"any"}:
            bodies[placement] = TOKENS.sub(b"", Asked(client, cell, world, placement, by).response.content)
        assert len(set(bodies.values())) <= 1, (cell.name, list(bodies))


@pytest.mark.parametrize("who", ["anonymous", "disabled"])
def test_whoever_is_not_logged_in_is_sent_to_the_login(
    who: str, world: World, client: Client, db: None, request: pytest.FixtureRequest
) -> None:
    """Before anything is looked up, so one thing of each kind is asked for; all of them in `make test-long`."""
    most = None if request.config.getoption("--run-long") else 1
    if who == "disabled":
        client.force_login(world.cast.disabled, backend=BACKEND)
    wrong = []
    for cell in MATRIX:
        for placement in placements_of(cell)[:most]:
            asked = Asked(client, cell, world, placement, world.cast.clerk)
            to_login = asked.response.status_code == 302 and asked.response["Location"].startswith("/login/")
            if not to_login or asked.writes or asked.events:
                wrong.append(f"{cell.name} [{placement}] {asked.response.status_code} {asked.writes}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_other_methods_are_refused(world: World, client: Client, db: None) -> None:
    """A GET never does what a POST does, and the other way round."""
    known = {(cell.route, cell.method) for cell in MATRIX}
    for cell in MATRIX:
        actor = next((name for name in ACTORS if getattr(world.cast, name).role in cell.roles), "clerk")
        client.force_login(getattr(world.cast, actor), backend=BACKEND)
        address = reverse(cell.route, kwargs=kwargs_of(cell, world, placements_of(cell)[0]))
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - {m for route, m in known if route == cell.route}:
            with look():
                before = AuditEvent.objects.count()
            response: HttpResponse = client.generic(method, address)
            with look():
                assert (response.status_code, AuditEvent.objects.count()) == (405, before), (
                    method,
                    cell.name,
                )
            if cell.route == "logout":
                client.force_login(getattr(world.cast, actor), backend=BACKEND)


def test_every_post_wants_its_token(world: World, db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    for cell in MATRIX:
        if cell.method == "POST":
            client.force_login(world.cast.clerk, backend=BACKEND)
            answer = Asked(client, cell, world, placements_of(cell)[0], world.cast.clerk)
            assert (answer.response.status_code, answer.writes) == (403, []), cell.name
