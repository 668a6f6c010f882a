"""A claim asks whether the person was covered on the deciding day, not whether they are on the roster today."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from claims.services.reporting import ReportRefused, resubmit_claim
from enrollment.models import Enrollment
from orgs.scope import acting, scope_of
from tests.cast import OWN, Cast, claim_in, enrol, id_number, posted, report, report_of
from tests.enrollment.endorsing import DAY, addition, agree, on_roster, removal
from tests.ground import everything

LAST = DAY - timedelta(days=1)


@pytest.fixture
def gone(cast: Cast) -> Enrollment:
    """Covered to 2021-05-31."""
    enrol(OWN, 2)
    return agree(removal(enrol(OWN, 1), cast), cast.adjuster).enrollment


@pytest.fixture
def joined(cast: Cast) -> Enrollment:
    """Covered from 2021-06-01."""
    enrol(OWN, 2)
    return agree(addition(by=cast.clerk, n=60, account="6217000000000000060"), cast.adjuster).enrollment


def accident(day: date):
    return report_of("accident_medical", facts_accident_date=day.isoformat())


def test_who_was_removed_is_reported_for_until_their_last_day(cast: Cast, gone: Enrollment) -> None:
    assert report(gone, cast.clerk, accident(LAST)).event_date == LAST
    with pytest.raises(ReportRefused, match="2021-06-01 已不在保：此人已减员，保障到 2021-05-31 止") as refused:
        report(gone, cast.clerk, accident(DAY))
    assert refused.value.problems[0].field == "accident_date"


def test_who_joined_is_reported_for_from_their_first_day(cast: Cast, joined: Enrollment) -> None:
    assert report(joined, cast.clerk, accident(DAY)).event_date == DAY
    with pytest.raises(ReportRefused, match="2021-05-31 还没有参保：此人 2021-06-01 起保"):
        report(joined, cast.clerk, accident(LAST))


def test_a_claim_that_comes_back_is_asked_again(cast: Cast) -> None:
    person = enrol(OWN, 1)
    claim = claim_in("returned", cast, person, accident(LAST))
    agree(removal(person, cast), cast.adjuster)
    with acting(scope_of(cast.clerk)):
        with pytest.raises(ReportRefused, match="已不在保"):
            resubmit_claim(claim=claim, report=accident(DAY), by=cast.clerk, read_version=claim.version)
        again = resubmit_claim(claim=claim, report=accident(LAST), by=cast.clerk, read_version=claim.version)
    assert again.state == "reported"


def test_who_never_was_covered_a_day_is_not_reported_for(cast: Cast) -> None:
    person = enrol(OWN, 1)
    agree(removal(person, cast, day=date(2021, 1, 1), reason="ineligible"), cast.adjuster)
    with pytest.raises(ReportRefused, match="没有一天在保"):
        report(person, cast.clerk, accident(date(2021, 1, 1)))


def test_who_a_whole_roster_left_out_never_was_covered(cast: Cast, login) -> None:
    person = enrol(OWN, 1)
    with everything():
        Enrollment.objects.filter(pk=person.pk).update(removed_at=timezone.now())
    with pytest.raises(ReportRefused, match="刚从参保名册上撤下"):
        report(person, cast.clerk, accident(LAST))
    with pytest.raises(ReportRefused, match="整村名册导入时已减去"):
        report(on_roster(person), cast.clerk, accident(LAST))
    client = login(cast.clerk)
    assert client.get(f"/claims/new/{person.pk}/").status_code == 404
    assert f"/claims/new/{person.pk}/" not in found(client, id_number(1))


def test_days_outside_of_the_period_are_for_the_terms(cast: Cast) -> None:
    """Nobody's cover was changed here: it is told what the terms pay, as ever (nothing)."""
    claim = claim_in("adjusted", cast, enrol(OWN, 1), accident(date(2022, 3, 1)))
    assert claim.adjusted_fen == 0


def found(client: Client, text: str) -> str:
    return client.post("/claims/new/", {"q": text}).content.decode()


def test_the_search_shows_who_was_removed_with_a_word(cast: Cast, gone: Enrollment, login) -> None:
    client = login(cast.clerk)
    page = found(client, id_number(1))
    assert f"/claims/new/{gone.pk}/" in page
    assert "保障到 2021-05-31 止，已停保，只能报此前的事故" in page
    address = f"/claims/new/{gone.pk}/?coverage=accident_medical"
    assert "只能报此前的事故" in client.get(address).content.decode()
    answer = client.post(f"/claims/new/{gone.pk}/", posted(accident(DAY)))
    assert answer.status_code == 422
    assert "已不在保" in answer.content.decode()
    assert client.post(f"/claims/new/{gone.pk}/", posted(accident(LAST))).status_code == 302


def test_a_person_who_came_back_is_found_on_the_roster_first(cast: Cast, gone: Enrollment, login) -> None:
    again = agree(addition(by=cast.clerk, n=1, day=date(2021, 8, 1), name="谭某华"), cast.adjuster).enrollment
    page = found(login(cast.clerk), id_number(1))
    assert page.index(f"/claims/new/{again.pk}/") < page.index(f"/claims/new/{gone.pk}/")
