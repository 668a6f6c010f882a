"""Input that no page of ours sends: odd digits, NUL, the ends of the calendar. The answer is a page, never an error."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from office.models import Job
from orgs.models import AuditEvent, Organization, User
from tests.cast import (
    OWN,
    PASSWORD,
    Cast,
    claim_in,
    enrol,
    id_number,
    posted,
    report,
    report_of,
    reread,
    roster_book,
    villages,
)
from tests.ground import everything

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


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2021-02-30", "99999999999999999999"])
@pytest.mark.parametrize("money", ["999999999999999.99", "1e30", "1" * 31, "-5", "NaN", "０．０５", "1" * 5000])
def test_a_report_of_any_day_and_sum_is_answered(cast: Cast, login, day: str, money: str) -> None:
    person = enrol()
    client = login(cast.clerk)
    for coverage, days, sums in (
        ("major_illness_inpatient", ("admitted_on", "discharged_on"), ("eligible_expense", "paid_by__basic_medical")),
        ("rural_housing", ("damaged_on",), ("assessed_loss",)),
        ("accident_death_disability", ("accident_date", "death_date"), ()),
    ):
        form = posted(report_of(coverage)) | {f"fact_{name}": day for name in days}
        form |= {f"fact_{name}": money for name in sums}
        assert client.post(f"/claims/new/{person.pk}/trial/", form).status_code == 200
        assert client.post(f"/claims/new/{person.pk}/", form).status_code in {302, 422}


def test_the_largest_sum_is_settled_without_an_error(cast: Cast) -> None:
    what = report_of(facts_eligible_expense="999999999999999.99", facts_paid_by={})
    claim = claim_in("closed", cast, what=what)
    assert claim.adjusted_fen is not None
    assert claim.adjusted_fen > 10**16


def test_a_file_with_a_very_long_name_is_taken(cast: Cast, login) -> None:
    file = SimpleUploadedFile("名" * 190 + ".xlsx", roster_book(("某某", id_number(1), OWN, villages(OWN)[0].name)))
    answer = login(cast.clerk).post("/roster/import/", {"file": file, "township": cast.clerk.organization.region_id})
    assert answer.status_code == 302
    assert len(Job.objects.get().title) <= 120


def test_somebody_with_the_longest_names_can_work(cast: Cast, client: Client) -> None:
    """On PostgreSQL a name too long for the audit would shut them out at the login."""
    Organization.objects.filter(pk=cast.clerk.organization_id).update(short_name="某" * 40)
    User.objects.filter(pk=cast.clerk.pk).update(name="周" * 40)
    assert client.post("/login/", {"username": "clerk", "password": PASSWORD}).status_code == 302
    clerk = User.objects.select_related("organization__region").get(pk=cast.clerk.pk)
    claim = report(enrol(), clerk)
    with everything():
        assert len(AuditEvent.objects.latest("pk").actor_name) <= 80
        assert len(claim.steps.get().by_name) <= 80
