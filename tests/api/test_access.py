"""Every address of the API × every role, as person and as token: who may, may; for the others it is not there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.asking import BACKEND
from tests.api.calling import QUOTE, Program, another_edition, foreign_authority, is_problem, token_for
from tests.cast import EDITION, Cast

ALL = {"clerk", "adjuster", "approver", "finance", "authority", "certifier", "auditor", "administrator"}
TRYING = {"clerk", "adjuster", "approver", "authority", "auditor"}
MATRIX: dict[str, tuple[str, set[str], Any]] = {  # route → method, roles, body
    "api_index": ("GET", ALL, None),
    "api_schema": ("GET", ALL, None),
    "api_editions": ("GET", ALL, None),
    "api_edition": ("GET", ALL, None),
    "api_edition_document": ("GET", ALL, None),
    "api_quotes": ("POST", TRYING, QUOTE),
    "api_quote_batch": ("POST", TRYING, {"quotes": [QUOTE]}),
}
NAMED = {"api_edition", "api_edition_document"}  # an edition stands in the address


def routes(patterns: list | None = None) -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and str(pattern.name).startswith("api_"):
            yield pattern.name


def _path(route: str, code: str = EDITION) -> str:
    return reverse(route, kwargs={"code": code} if route in NAMED else {}).removeprefix("/api/v1/")


def _ask(program: Program, route: str, code: str = EDITION) -> Any:
    method, _, body = MATRIX[route]
    return program.get(_path(route, code)) if method == "GET" else program.post(_path(route), body)


def test_every_address_has_its_expectation() -> None:
    assert sorted(routes()) == sorted(MATRIX)


@pytest.mark.parametrize("actor", sorted(ALL))
@pytest.mark.parametrize("how", ["token", "session"])
def test_a_role_can_do_what_the_matrix_says_and_nothing_else(actor: str, how: str, cast: Cast) -> None:
    if (actor, how) == ("administrator", "token"):
        return  # there are none: tests/api/test_tokens.py
    person, program = getattr(cast, actor), Program()
    if how == "token":
        program = Program(token_for(person, cast.administrator).secret)
    else:
        program.client = Client(raise_request_exception=False)
        program.client.force_login(person, backend=BACKEND)
    for route, (_, roles, _) in MATRIX.items():
        response = _ask(program, route)
        if actor in roles:
            assert response.status_code == 200, (route, response.content)
            assert "no-store" in response["Cache-Control"]
        else:
            is_problem(response, 404)


def test_without_a_token_or_with_a_dead_one_nothing_answers(cast: Cast) -> None:
    for program in (Program(), Program("zcbx_dead")):
        for route in MATRIX:
            is_problem(_ask(program, route), 401)


def test_a_foreign_edition_and_a_missing_one_answer_alike(cast: Cast) -> None:
    another_edition(cast, code="foreign-2021", foreign=True)
    ours = Program(token_for(cast.authority, cast.administrator).secret)
    theirs = Program(token_for(foreign_authority(cast), cast.stranger).secret)
    for route in NAMED:
        said = []
        for code in ("foreign-2021", "missing-2021"):
            problem = is_problem(_ask(ours, route, code), 404)
            assert problem["instance"].endswith(_path(route, code))
            said.append(problem | {"instance": "", "trace": ""})
        assert said[0] == said[1]
        assert _ask(theirs, route, "foreign-2021").status_code == 200
        is_problem(_ask(theirs, route), 404)


def test_a_role_without_the_act_hears_what_a_missing_address_says(cast: Cast) -> None:
    program = Program(token_for(cast.finance, cast.administrator).secret)
    said = [
        is_problem(program.post(path, QUOTE), 404) | {"instance": "", "trace": ""} for path in ("quotes/", "nothing/")
    ]
    assert said[0] == said[1]
