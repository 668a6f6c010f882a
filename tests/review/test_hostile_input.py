"""Input that no page of ours sends: odd digits, NUL, the ends of the calendar. The answer is a page, never an error."""

import pytest
from django.test import Client

from tests.cast import Cast, claim_in, reread

pytestmark = pytest.mark.django_db
ODD = ("²", "9" * 5000, "①", "9" * 30)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("address", ["/claims/?size=%s", "/claims/?place=%s", "/roster/?place=%s", "/claims/?page=%s"])
def test_odd_numbers_in_a_query_are_passed_over(cast: Cast, login, address: str, odd: str) -> None:
    client: Client = login(cast.clerk)
    assert client.get(address % odd).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
@pytest.mark.parametrize("end", ["from", "to"])
def test_the_ends_of_the_calendar_can_be_asked_for(cast: Cast, login, end: str, day: str) -> None:
    assert login(cast.clerk).get(f"/claims/?{end}={day}").status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_version_is_an_old_version(cast: Cast, login, odd: str) -> None:
    claim = claim_in("reported", cast)
    answer = login(cast.adjuster).post(f"/claims/{claim.number}/do/accept/", {"version": odd})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("who", "method", "address", "data"),
    [
        ("auditor", "get", "/audit/", {"target": "a\0b"}),
        ("auditor", "get", "/audit/", {"action": "a\0b"}),
        ("clerk", "get", "/claims/%00/", {}),
        ("clerk", "post", "/find/", {"q": "a\0b"}),
        ("clerk", "post", "/roster/search/", {"q": "a\0b"}),
        ("clerk", "post", "/claims/search/", {"q": "某\0"}),
        ("clerk", "post", "/claims/new/", {"q": "某\0"}),
        ("clerk", "post", "/editions/choose/", {"code": "a\0b"}),
    ],
)
def test_a_nul_character_is_refused(cast: Cast, login, who: str, method: str, address: str, data: dict) -> None:
    client: Client = login(getattr(cast, who))
    assert getattr(client, method)(address, data).status_code == 400
    assert client.get("/").status_code == 200  # nothing of it was kept in the session


@pytest.mark.parametrize(
    ("state", "address", "form"),
    [
        ("accepted", "do/deny/", {"opinion": "某个\0原因"}),
        ("approved", "do/pay/", {"paid_on": "2021-11-01", "reference": "某流水\0"}),
        ("accepted", "reveal/", {"field": "id_number", "reason": "核\0对"}),
        ("accepted", "papers/", {"kind": "\0"}),
    ],
)
def test_a_nul_character_in_a_step_changes_nothing(cast: Cast, login, state: str, address: str, form: dict) -> None:
    claim = claim_in(state, cast)
    answer = login(cast.adjuster).post(f"/claims/{claim.number}/{address}", {"version": claim.version} | form)
    assert answer.status_code == 400
    assert reread(claim).state == state
