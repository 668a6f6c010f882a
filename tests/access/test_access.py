"""Every address × method × person × placement: who may, may; to anybody else it is as if it did not exist."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from claims.models import Claim
from enrollment.models import Enrollment, RosterBatch
from enrollment.services.confirming import sum_up_villages
from orgs.models import AuditEvent, User
from tests.access.asking import ACTORS, BACKEND, FIRST_OF_A_ROLE, TOKENS, Asked, verdict
from tests.access.matrix import MATRIX, ONLY_AT_FIRST, PUBLIC, Cell, kwargs_of, placements_of
from tests.access.world import World, look, sees
from tests.ground import everything


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
    """And a foreign thing and a missing one answer alike, to the letter."""
    by, everywhere = getattr(world.cast, actor), request.config.getoption("--run-long")
    client.force_login(by, backend=BACKEND)
    wrong = []
    for number, cell in enumerate(MATRIX):
        refusals = set()
        for placement in placements_of(cell) if everywhere else telling_placements(number, cell, actor, by.role):
            may = by.role in cell.roles and (placement == "any" or placement in sees(actor, cell.of))
            asked = Asked(client, cell, world, placement, by)
            if problem := verdict(asked, cell, may, actor):
                wrong.append(f"{cell.name} [{placement}] {problem}")
            if not may:
                refusals.add(TOKENS.sub(b"", asked.response.content))
        if len(refusals) > 1:
            wrong.append(f"{cell.name} is refused in {len(refusals)} ways")
    assert not wrong, "\n" + "\n".join(wrong)


def telling_placements(number: int, cell: Cell, actor: str, role: str) -> tuple[str, ...]:
    """Of a cell that the role has, all. Another refuses the role before it looks anything up: the first person of the
    role asks it, of an own thing and of a foreign one by turns. All of all cells is for `make test-long`.
    """
    everywhere = placements_of(cell)
    if role in cell.roles:
        return everywhere
    if actor not in FIRST_OF_A_ROLE:
        return ()
    foreign = (number + FIRST_OF_A_ROLE.index(actor)) % 2 and len(everywhere) > 1
    return (everywhere[-2] if foreign else everywhere[0],)


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


# --- what is added elsewhere ------------------------------------------------------------------------------------
@pytest.mark.parametrize("actor", ["clerk", "far_adjuster"])
def test_rows_added_to_another_township_change_no_answer(
    actor: str, world: World, client: Client, db: None, time_machine
) -> None:
    """Totals, charts, tabs, pages: none of them gives away that a neighbour has more."""
    time_machine.move_to(timezone.now(), tick=False)  # prints and live figures carry their moment
    by = getattr(world.cast, actor)
    client.force_login(by, backend=BACKEND)
    before = dict(_answers(world, client, by))
    _crowd(world)
    after = dict(_answers(world, client, by))
    assert len(before) > 12
    assert [name for name in before if before[name] != after[name]] == []


def _answers(world: World, client: Client, by: User) -> Iterator[tuple[str, bytes]]:
    for cell in MATRIX:
        if (
            cell.method != "GET"
            or by.role not in cell.roles
            or cell.route.endswith(("template", "statement", "errors", "progress_xlsx"))
        ):
            continue  # those are files of one's own making or of figures on a page: a workbook carries its moment
        for placement in placements_of(cell):
            if placement == "any" or placement in sees(by.username, cell.of):
                asked = Asked(client, cell, world, placement, by)
                yield f"{cell.name} {placement}", TOKENS.sub(b"", asked.response.content)


def _crowd(world: World) -> None:
    """Three hundred more people and claims in the neighbouring township."""
    person, claim = world.corners["near"].person, world.corners["near"].claims["paid"]
    with everything():
        people = [_copy(person, id_index=f"x{n}", household=f"户{n}") for n in range(300)]
        Enrollment.objects.bulk_create(people)
        sum_up_villages(person.edition_id, {person.village_id})
        RosterBatch.objects.bulk_create(_copy(world.corners["near"].batch) for _ in range(30))
        Claim.objects.bulk_create(_copy(claim, number=f"ZZ-{n}", id_index=f"x{n}") for n in range(300))


def _copy(row, **changes):
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name != "id"}
    return type(row)(**fields | changes)
