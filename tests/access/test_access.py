"""Every address × method × person × placement: who may, may; to anybody else it is as if it did not exist."""

import copy
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.backends import ModelBackend
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from orgs.models import AuditEvent
from tests.access.matrix import MATRIX, ONLY_AT_FIRST, PUBLIC, Cell, kwargs_of, placements_of
from tests.access.world import World, leaks, look, make_world, sees

ACTORS = (
    "clerk", "near_clerk", "far_clerk", "adjuster", "approver", "far_adjuster", "far_approver", "finance", "certifier",
    "authority", "auditor", "administrator", "stranger",
)  # fmt: skip
BACKEND = f"{ModelBackend.__module__}.{ModelBackend.__qualname__}"
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|\xe8\xbf\xbd\xe8\xb8\xaa\xe5\x8f\xb7 \w+')
WRITES = re.compile(
    r'^\s*(INSERT INTO|UPDATE|DELETE FROM) "?(?!django_session|orgs_auditevent|axes_|portal_load)(\w+)', re.I
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Made once; every question is asked inside a savepoint that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def routes(patterns: list | None = None) -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
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


class Asked:
    """One request and what it did, taken back afterwards."""

    def __init__(self, client: Client, cell: Cell, world: World, placement: str, by) -> None:
        self.writes: list[str] = []
        self.events = 0
        address = reverse(cell.route, kwargs=kwargs_of(cell, world, placement))
        body = cell.body(world, by, placement) if cell.body else {}
        cookies = copy.deepcopy(client.cookies)  # a logout or a new password changes them
        point = transaction.savepoint()
        try:
            client.raise_request_exception = False  # the next question is asked all the same
            with connection.execute_wrapper(self._watch):
                self.response = client.generic("GET", address) if cell.method == "GET" else client.post(address, body)
        finally:
            transaction.savepoint_rollback(point)
            client.cookies = cookies

    def _watch(self, execute, sql, params, many, context):
        """Writes are counted as they go to the database: nothing that a refused request does can hide."""
        if found := WRITES.match(sql):
            self.writes.append(found.group(2))
        if sql.startswith('INSERT INTO "orgs_auditevent"'):
            self.events += 1
        return execute(sql, params, many, context)


def verdict(asked: Asked, cell: Cell, may: bool, actor: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    response = asked.response
    if may:
        if response.status_code != cell.ok:
            return f"answers {response.status_code}, not {cell.ok} {getattr(response, 'exc_info', None) or ''}"
        if cell.writes and not asked.events:
            return "leaves no audit event"
        if cell.method == "GET" and set(asked.writes):
            return f"writes on GET: {asked.writes}"
    elif response.status_code != 404:
        return f"answers {response.status_code}, not 404"
    elif asked.writes or asked.events:
        return f"is refused, yet writes {asked.writes or 'the audit'}"
    if "no-store" not in response["Cache-Control"]:
        return "may be cached"
    found = leaks(response, actor)
    return f"leaks {found}" if found else ""


@pytest.mark.parametrize("actor", ACTORS)
def test_a_person_can_do_what_the_matrix_says_and_nothing_else(
    actor: str, world: World, client: Client, db: None
) -> None:
    by = getattr(world.cast, actor)
    client.force_login(by, backend=BACKEND)
    wrong = []
    for cell in MATRIX:
        for placement in placements_of(cell):
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
def test_whoever_is_not_logged_in_is_sent_to_the_login(who: str, world: World, client: Client, db: None) -> None:
    if who == "disabled":
        client.force_login(world.cast.disabled, backend=BACKEND)
    wrong = []
    for cell in MATRIX:
        for placement in placements_of(cell):
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
                assert (response.status_code, AuditEvent.objects.count()) == (405, before), (method, cell.name)
            if cell.route == "logout":
                client.force_login(getattr(world.cast, actor), backend=BACKEND)


def test_every_post_wants_its_token(world: World, db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    for cell in MATRIX:
        if cell.method == "POST":
            client.force_login(world.cast.clerk, backend=BACKEND)
            answer = Asked(client, cell, world, placements_of(cell)[0], world.cast.clerk)
            assert (answer.response.status_code, answer.writes) == (403, []), cell.name
