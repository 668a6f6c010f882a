"""What the trial in the browser stumbled over."""

from dataclasses import replace

from office.templatetags.portal import thousands
from tests.cast import OWN, Cast, enrol, posted, report_of


def test_a_count_that_is_not_there_prints_as_nothing() -> None:
    assert (thousands(""), thousands(None), thousands(-1234)) == ("", "", "−1,234")


def test_a_report_is_taken_where_nobody_else_has_paid(cast: Cast, login) -> None:
    person, what = enrol(OWN, 1), report_of("accident_medical")
    what = replace(what, facts={**what.facts, "paid_by": {}})
    answer = login(cast.clerk).post(f"/claims/new/{person.pk}/", posted(what))
    assert answer.status_code == 302, answer.content.decode()[:3000]
