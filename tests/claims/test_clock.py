"""The clock of a claim counts from the step that the edition names, day by day as tests/cases/deadlines.yaml says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from claims.models import Claim
from claims.presenting import clock, clock_words, deadline_tag
from claims.services.handling import accept_claim
from claims.services.reporting import Report, report_claim, resubmit_claim
from enrollment.models import Enrollment, TownshipRoster
from orgs.crypto import blind_index
from orgs.models import Organization, Region, Role, User
from orgs.scope import acting, scope_of
from schemes.models import Edition
from tests.cast import id_number, report_of
from tests.cast import step as take
from tests.ground import everything
from tests.premiums.conftest import EDITIONS, publish

CASES = [
    case
    for case in yaml.safe_load((Path(__file__).parents[1] / "cases/deadlines.yaml").read_text(encoding="utf-8"))
    if case["rule"] in ("death claim", "accident medical")
]
FACTS = {"premium_paid_on": "2016-01-20", "accident_date": "2016-01-30"}
OTHER = date(2016, 1, 31)  # another day, from which nothing counts
Days = Callable[[date], None]


@pytest.fixture
def zhenping(db: None) -> Edition:
    return publish((EDITIONS / "zhenping-2016.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def clerk(zhenping: Edition) -> User:
    return _somebody(Organization.Kind.TOWNSHIP, _town(zhenping), Role.CLERK)


@pytest.fixture
def adjuster(zhenping: Edition) -> User:
    return _somebody(Organization.Kind.INSURER, zhenping.place, Role.ADJUSTER)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Days:
    """`today(day)`: what the portal takes for today."""
    return lambda day: monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: day)


def _town(edition: Edition) -> Region:
    return Region.objects.get(name="曾家镇", parent=edition.place)


def _somebody(kind: str, region: Region, role: str) -> User:
    with everything():
        office = Organization.objects.filter(kind=kind, region=region).first()
        office = office or Organization.objects.create(name=f"某{kind}", short_name="某", kind=kind, region=region)
        user = User.objects.create(username=f"zp.{role}", name="某某", organization=office, role=role, password="!")
    return User.objects.select_related("organization__region").get(pk=user.pk)


def _person(edition: Edition, insurer: Organization) -> Enrollment:
    """On a roster that is in force."""
    town, number = _town(edition), id_number(1)
    village = Region.objects.filter(parent=town).order_by("path").first()
    with everything():
        TownshipRoster.objects.create(edition=edition, township=town, region_path=town.path, state="in_force")
        return Enrollment.objects.create(
            edition=edition, township=town, village=village, region_path=village.path, insurer=insurer, name="谭某华",
            id_number=number, id_index=blind_index(number), household="H1", relation="户主", content=b"x",
        )  # fmt: skip


def _what(coverage: str) -> Report:
    """A complete report; payee and the rest as Wanzhou's coverage of the kind has them."""
    if coverage == "accident_death":
        like, more = report_of("illness_death"), {"death_date": "2016-01-31"}
    else:
        like, more = report_of("accident_medical"), {"eligible_expense": "1000.00"}
    return replace(like, coverage=coverage, facts=FACTS | more)


def _reported(zhenping: Edition, clerk: User, adjuster: User, coverage: str) -> Claim:
    person = _person(zhenping, adjuster.organization)
    with acting(scope_of(clerk)):
        return report_claim(enrollment=person, report=_what(coverage), by=clerk)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']} {case['start']}")
def test_the_day_due_counts_from_the_step_that_the_edition_names(
    zhenping: Edition, clerk: User, adjuster: User, today: Days, case: dict
) -> None:
    coverage = {"death claim": "accident_death", "accident medical": "accident_medical"}[case["rule"]]
    from_report = case["from"] == "reported"
    today(case["start"] if from_report else OTHER)
    claim = _reported(zhenping, clerk, adjuster, coverage)
    assert claim.due_on == (case["due"] if from_report else None)
    today(date(2017, 1, 20) if from_report else case["start"])
    with acting(scope_of(adjuster)):
        accepted = accept_claim(claim=claim, by=adjuster, read_version=claim.version)
    assert (accepted.due_on, accepted.due_provisional) == (case["due"], False)


def test_a_claim_sent_back_counts_again_from_its_second_report(
    zhenping: Edition, clerk: User, adjuster: User, today: Days
) -> None:
    today(date(2016, 2, 5))
    claim = _reported(zhenping, clerk, adjuster, "accident_death")
    returned = take(claim, "return", adjuster)
    assert returned.due_on is None
    today(date(2016, 4, 29))
    with acting(scope_of(clerk)):
        again = resubmit_claim(claim=returned, report=_what("accident_death"), by=clerk, read_version=returned.version)
    assert again.due_on == date(2016, 5, 11)


def test_a_claim_not_yet_accepted_is_near_its_day_and_late_after_it(
    zhenping: Edition, clerk: User, adjuster: User, today: Days
) -> None:
    today(date(2016, 2, 5))
    claim = _reported(zhenping, clerk, adjuster, "accident_death")
    assert deadline_tag(claim, date(2016, 2, 18)).text == "临期 剩 1 个工作日"
    assert deadline_tag(claim, date(2016, 2, 22)).tone == "late"
    with acting(scope_of(clerk)):
        steps = list(claim.steps.all())
    for one in steps:
        one.at = one.at.replace(year=2016, month=2, day=5, hour=4)  # the same day in China
    days = clock(claim, steps, date(2016, 2, 15))
    assert (days[0].day, days[-1].day, days[-1].mark) == (date(2016, 2, 6), date(2016, 2, 19), "end")
    assert clock_words(zhenping.terms.coverages["accident_death"].deadlines[0]) == ("报案", "报案后 7 个工作日")
