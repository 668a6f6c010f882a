"""Each kind of error, as problem details in Chinese."""

import json
import re
from urllib.parse import quote, urlencode

import pytest
from django.db import DatabaseError
from django.test import Client
from redis.exceptions import ConnectionError as RedisGone

from orgs.models import User
from tests.access.asking import BACKEND
from tests.api.calling import QUOTE, Program, is_problem, program_of
from tests.cast import EDITION, Cast


@pytest.fixture
def program(cast: Cast) -> Program:
    return program_of(cast.authority, cast.administrator)


def test_an_address_that_is_not_there(program: Program) -> None:
    for path in ("nothing/", "editions/no-such-one/", "editions/%E4%B8%87/", "quotes/batch/1/"):
        is_problem(program.get(path), 404)
    is_problem(Program().get("nothing/"), 404)
    assert program.client.get("/api/v2/")["Content-Type"] == "application/problem+json"


def test_a_method_that_is_not_there(program: Program) -> None:
    response = program.get("quotes/")
    said = is_problem(response, 405)
    assert response["Allow"] == "POST"
    assert "POST" in said["detail"]
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"):
        is_problem(program.client.generic(method, "/api/v1/editions/", headers=program.headers), 405)
    is_problem(program.post("editions/", {}), 405)


def test_a_format_that_is_not_there(program: Program) -> None:
    is_problem(program.get("editions/", Accept="application/xml"), 406)
    assert program.get("editions/", Accept="text/html, */*;q=0.1").headers["Content-Type"] == "application/json"
    is_problem(program.get("schema/", Accept="text/html"), 406)
    assert program.get(f"editions/{EDITION}/document/", Accept="text/html").status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "application/jsonx"]
)
def test_a_body_of_another_kind(program: Program, kind: str) -> None:
    is_problem(program.raw("quotes/", b"--x--", kind), 415)


def test_json_by_any_of_its_names(program: Program) -> None:
    for kind in ("application/json; charset=utf-8", "Application/JSON"):
        assert program.post("quotes/", QUOTE).status_code == program.raw("quotes/", b"{}", kind).status_code - 222


def test_a_body_too_large(program: Program) -> None:
    for path in ("quotes/", "quotes/batch/", "editions/", "nothing/"):
        is_problem(program.raw(path, b" " * (1024 * 1024 + 1)), 413)
    is_problem(program.raw("quotes/", b" " * (1024 * 1024)), 400)


def test_too_often(program: Program, cast: Cast, settings) -> None:
    settings.API_RATE = "3/min"
    assert [program.get("editions/").status_code for _ in range(3)] == [200] * 3
    response = program.get("editions/")
    said = is_problem(response, 429)
    assert 0 < int(response["Retry-After"]) <= 60
    assert response["Retry-After"] in said["detail"]
    is_problem(program.post("quotes/", QUOTE), 429)
    assert program_of(cast.authority, cast.administrator).get("editions/").status_code == 200  # another token


def test_calls_are_counted_with_redis_gone_too(program: Program, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.cache import caches

    def gone(*_: object, **__: object) -> None:
        raise RedisGone

    settings.API_RATE = "2/min"
    monkeypatch.setattr(caches["counts"], "get", gone)
    assert [program.get("editions/").status_code for _ in range(3)] == [200, 200, 429]


def test_a_mistake_of_ours_tells_nothing_but_a_trace(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (ZeroDivisionError("geheim"), DatabaseError("geheim")):
        monkeypatch.setattr("schemes.api.views.edition_line", lambda *_, error=error: (_ for _ in ()).throw(error))
        response = program.get("editions/")
        is_problem(response, 500)
        assert b"geheim" not in response.content


def test_a_nul_in_the_address(program: Program) -> None:
    is_problem(program.get("editions/?page=%00"), 400)


# --- people -----------------------------------------------------------------------------------------------------
def someone(user: User, **more: object) -> Client:
    client = Client(raise_request_exception=False, **more)
    client.force_login(user, backend=BACKEND)
    return client


def test_somebody_logged_in_may_read_and_with_their_token_ask(cast: Cast) -> None:
    client = someone(cast.clerk, enforce_csrf_checks=True)
    assert client.get("/api/v1/editions/").json()["count"] == 1
    is_problem(client.post("/api/v1/quotes/", QUOTE, content_type="application/json"), 403)
    client.get("/editions/")
    csrf = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post("/api/v1/quotes/", QUOTE, content_type="application/json", headers=csrf).status_code == 200


def test_the_form_of_the_page_asks_without_script(cast: Cast) -> None:
    client = someone(cast.clerk)
    html = {"Accept": "text/html"}
    typed = '{"edition": "wanzhou-2021", "coverage": "none", "facts": {}, "<script>": 1}'
    response = client.post(
        "/api/v1/quotes/", urlencode({"json": typed}), "application/x-www-form-urlencoded", headers=html
    )
    page = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (422, "text/html; charset=utf-8")
    assert page.count("&lt;script&gt;") == 2  # in the refusal, and as typed
    assert "<script>" not in page
    for odd in (b"x", b"json=%FF", b"json=" + quote("{甲").encode(), b"\xff", b"&" * 50):
        is_problem(client.post("/api/v1/quotes/", odd, "application/x-www-form-urlencoded"), 400)


def test_the_form_of_the_page_brings_its_own_token(cast: Cast) -> None:
    client = someone(cast.clerk, enforce_csrf_checks=True)
    page = client.get("/api/v1/quotes/", headers={"Accept": "text/html"}).content.decode()
    token = re.findall('csrfmiddlewaretoken" value="([^"]*)"', page)[-1]
    for typed, status in ((QUOTE, 200), ([], 422), ({"csrfmiddlewaretoken": token}, 422)):
        sent = urlencode({"json": json.dumps(typed), "csrfmiddlewaretoken": token})
        response = client.post("/api/v1/quotes/", sent, "application/x-www-form-urlencoded")
        assert response.status_code == status, response.content
    inside = urlencode({"json": json.dumps({"csrfmiddlewaretoken": token})})
    is_problem(client.post("/api/v1/quotes/", inside, "application/x-www-form-urlencoded"), 403)


def test_the_form_is_no_way_round_the_token_of_the_page(cast: Cast) -> None:
    client = someone(cast.clerk, enforce_csrf_checks=True)
    is_problem(client.post("/api/v1/quotes/", b"json=%7B%7D", "application/x-www-form-urlencoded"), 403)


def test_a_first_password_must_be_changed_before_anything_else(cast: Cast) -> None:
    User.objects.filter(pk=cast.clerk.pk).update(must_change_password=True)
    said = is_problem(someone(cast.clerk).get("/api/v1/editions/"), 403)
    assert "密码" in said["detail"]


def test_a_session_ends_with_the_day(cast: Cast) -> None:
    client = someone(cast.clerk)
    session = client.session
    session["since"] = 0
    session.save()
    is_problem(client.get("/api/v1/editions/"), 401)


def test_somebody_disabled_is_nobody(cast: Cast) -> None:
    is_problem(someone(cast.disabled).get("/api/v1/editions/"), 401)
