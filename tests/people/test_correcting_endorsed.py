"""A number whose cover an endorsement has ended: a correction gives no day of it back and has nobody pay twice."""

import pytest

from enrollment.models import Enrollment, IdCorrection
from enrollment.services.correcting import CorrectionRefused
from orgs.crypto import blind_index
from schemes.models import Edition
from tests.cast import NEAR, OWN, Cast, claim_in, enrol, id_number
from tests.enrollment.endorsing import DAY, addition, agree, removal
from tests.ground import everything
from tests.people.test_correcting import correct
from tests.premiums.conftest import BASIS, wanzhou_but
from tests.premiums.test_endorsed_sheet import FIRST, RATE, SHARED, bill, enrol_in, failing, sheet_of

pytestmark = pytest.mark.django_db

RIGHT, WRONG = 50, 2


@pytest.fixture
def by_days(db: None) -> Edition:
    """Cover paid for by the day: what is ended is given back."""
    return wanzhou_but(f"{BASIS}  pro_rata: days\n", SHARED)


def twice(edition: Edition) -> tuple[Enrollment, Enrollment]:
    """One person under the right number and under a wrong one."""
    return (
        enrol_in(edition, OWN, RIGHT, name="谭某双", household="H50"),
        enrol_in(edition, OWN, WRONG, name="谭某双", household="H02"),
    )


def test_days_that_an_endorsement_ended_are_not_given_back(cast: Cast, by_days: Edition) -> None:
    right, wrong = twice(by_days)
    agree(removal(right, cast, reason="ineligible"), cast.adjuster)
    before = sheet_of(by_days, cast).fen
    with pytest.raises(CorrectionRefused) as refused:
        correct(wrong, id_number(RIGHT), cast.clerk)
    assert "保障到 2021-05-31 止" in str(refused.value)
    assert ("减员" in str(refused.value), "从 2021-06-01 起" in str(refused.value)) == (True, True)
    with everything():
        assert Enrollment.objects.get(pk=wrong.pk).id_index == blind_index(id_number(WRONG))
        assert not IdCorrection.objects.exists()
    assert sheet_of(by_days, cast).fen == before


def test_what_the_refusal_says_to_do_comes_to_one_premium(cast: Cast, by_days: Edition) -> None:
    right, wrong = twice(by_days)
    agree(removal(right, cast), cast.adjuster)
    agree(removal(wrong, cast, day=FIRST, reason="duplicate"), cast.adjuster)
    agree(addition(by=cast.clerk, n=RIGHT, name="谭某双", edition=by_days), cast.adjuster)
    bill(by_days, cast)
    assert (sheet_of(by_days, cast).fen, failing(by_days, cast)) == (RATE, set())


def test_of_another_township_it_says_nothing(cast: Cast) -> None:
    agree(removal(enrol(NEAR, RIGHT, household="H50"), cast, by=cast.near_clerk), cast.adjuster)
    with pytest.raises(CorrectionRefused, match="联系区县主管部门") as refused:
        correct(enrol(n=WRONG), id_number(RIGHT), cast.clerk)
    assert not [word for word in (NEAR, "减员", "2021-05-31") if word in str(refused.value)]


def test_who_came_back_by_endorsement_under_a_wrong_number_keeps_both_periods(cast: Cast, by_days: Edition) -> None:
    """The insurer has agreed to the days and the premium; the number changes neither."""
    agree(removal(enrol_in(by_days, OWN, RIGHT), cast), cast.adjuster)
    back = agree(addition(by=cast.clerk, n=WRONG, edition=by_days, day=DAY.replace(month=9)), cast.adjuster).enrollment
    billed, before = bill(by_days, cast), sheet_of(by_days, cast).fen
    person = correct(back, id_number(RIGHT), cast.clerk)
    assert person.covered_from == DAY.replace(month=9)
    assert (sheet_of(by_days, cast).fen, bill(by_days, cast).fen, failing(by_days, cast)) == (before, 0, set())
    assert billed.fen == before


def test_but_not_where_the_periods_overlap(cast: Cast, by_days: Edition) -> None:
    right = enrol_in(by_days, OWN, RIGHT)
    back = agree(addition(by=cast.clerk, n=WRONG, edition=by_days, day=DAY.replace(month=3)), cast.adjuster).enrollment
    agree(removal(right, cast, reason="duplicate"), cast.adjuster)
    with pytest.raises(CorrectionRefused, match="保障到 2021-05-31 止"):
        correct(back, id_number(RIGHT), cast.clerk)


def test_a_duplicate_that_was_not_covered_for_a_day_leaves_the_number_to_the_other_row(
    cast: Cast, by_days: Edition
) -> None:
    """As the refusal of two rows says: the one goes, the other, with its claims, takes the right number."""
    right, wrong = twice(by_days)
    claim_in("reported", cast, wrong)
    with pytest.raises(CorrectionRefused, match="删去其中一条"):
        correct(wrong, id_number(RIGHT), cast.authority)
    agree(removal(right, cast, day=FIRST, reason="duplicate"), cast.adjuster)
    person = correct(wrong, id_number(RIGHT), cast.authority)
    assert (person.covered_from, person.covered_to, person.removed_at) == (None, None, None)
    bill(by_days, cast)
    assert (sheet_of(by_days, cast).fen, failing(by_days, cast)) == (RATE, set())


@pytest.mark.parametrize("reason", ["died", "ineligible", "moved"])
def test_whoever_never_was_to_be_covered_is_not_through_a_duplicate(cast: Cast, by_days: Edition, reason: str) -> None:
    right, wrong = twice(by_days)
    agree(removal(right, cast, day=FIRST, reason=reason), cast.adjuster)
    with pytest.raises(CorrectionRefused, match="没有一天在保"):
        correct(wrong, id_number(RIGHT), cast.clerk)
