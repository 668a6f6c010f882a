"""The sheet with endorsements: premium = everybody's own, to the fen, whatever came and went, in whatever order."""

import io
import random
from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from calc.money import to_fen
from enrollment.models import Endorsement, Enrollment
from enrollment.services.changing import sum_up_villages
from orgs.scope import acting, scope_of
from premiums.allocation import Allocation, allocation_for, allocation_of
from premiums.bills import Billed, billed_so_far, issue_bills
from premiums.checks import reconcile
from premiums.figures import Endorsed
from premiums.sheets import sheet_data
from schemes.models import Edition
from schemes.rules.endorsements import Move, endorsement_premium
from schemes.rules.premium import Heads
from tests.cast import FAR, NEAR, OWN, Cast, enrol
from tests.enrollment.endorsing import DAY, addition, agree, correction, refuse, removal
from tests.ground import everything
from tests.premiums.conftest import BASIS, wanzhou_but

RATE = 13_000
SHARED = 'payers: {district: 区财政, person: 个人}\nshares:\n  - {label: 分担, clause: 三, parts: {district: "33%", person: "67%"}}\n'
FIRST, LAST = date(2021, 1, 1), date(2021, 12, 31)


@pytest.fixture
def by_days(db: None) -> Edition:
    """Wanzhou's with cover by the day, and two payers."""
    return wanzhou_but(f"{BASIS}  pro_rata: days\n", SHARED)


def enrol_in(edition: Edition, place: str, n: int, **more: str) -> Enrollment:
    person = enrol(place, n, **more)
    with everything():
        Enrollment.objects.filter(pk=person.pk).update(edition=edition)
        for one in (edition.pk, person.edition_id):
            sum_up_villages(one, {person.village_id})
        return Enrollment.objects.select_related("edition", "township", "village").get(pk=person.pk)


def sheet_of(edition: Edition, cast: Cast) -> Allocation:
    with acting(scope_of(cast.finance)):
        return allocation_of(edition, cast.finance)


def failing(edition: Edition, cast: Cast) -> set[str]:
    with acting(scope_of(cast.finance)):
        sheet = allocation_of(edition, cast.finance)
        checks = reconcile(edition, sheet, cast.finance, billed_so_far(edition, cast.finance))
    return {check.name for check in checks if not check.holds} - {"与通知所列人数相符"}


def bill(edition: Edition, cast: Cast) -> Billed:
    with acting(scope_of(cast.finance)):
        return issue_bills(edition=edition, by=cast.finance)


def test_without_a_rule_who_comes_pays_all_and_who_goes_gets_nothing(cast: Cast, edition: Edition) -> None:
    people = [enrol(OWN, n) for n in range(3)]
    assert bill(edition, cast) == Billed(1, 3 * RATE)
    agree(removal(people[0], cast), cast.adjuster)
    assert sheet_of(edition, cast).fen == 3 * RATE
    assert bill(edition, cast) == Billed(0, 0)
    agree(addition(by=cast.clerk), cast.adjuster)
    sheet = sheet_of(edition, cast)
    assert (sheet.persons, sheet.endorsements, sheet.endorsed_persons, sheet.endorsed_fen, sheet.fen) == (
        3, 2, 0, RATE, 4 * RATE,
    )  # fmt: skip
    assert bill(edition, cast) == Billed(1, RATE)
    assert failing(edition, cast) == set()


def test_by_the_day_a_removal_is_billed_as_a_refund(cast: Cast, by_days: Edition) -> None:
    people = [enrol_in(by_days, OWN, n) for n in range(2)]
    bill(by_days, cast)
    agree(removal(people[0], cast, day=date(2021, 12, 31)), cast.adjuster)  # one day of 365: 0.36
    assert bill(by_days, cast) == Billed(1, -36)
    sheet = sheet_of(by_days, cast)
    assert (sheet.fen, sum(sheet.shares.values())) == (2 * RATE - 36, 2 * RATE - 36)
    assert sheet.shares == {
        "district": 8580 - 12,
        "person": 17420 - 24,
    }  # 36: 11.88 and 24.12, the last fen to the first
    assert failing(by_days, cast) == set()


def test_what_waits_or_was_refused_moves_nothing(cast: Cast, edition: Edition) -> None:
    person = enrol(OWN, 1)
    refuse(removal(person, cast), cast.adjuster)
    addition(by=cast.clerk)
    sheet = sheet_of(edition, cast)
    assert (sheet.persons, sheet.endorsements, sheet.fen) == (1, 0, RATE)


def test_a_township_that_everybody_left_keeps_its_row_of_figures(cast: Cast, edition: Edition) -> None:
    agree(removal(enrol(OWN, 1), cast), cast.adjuster)
    sheet = sheet_of(edition, cast)
    assert (sheet.persons, sheet.fen, sheet.counted) == (1, RATE, True)
    assert failing(edition, cast) == {"与保费账单相符"}


@pytest.mark.parametrize("wrong", ["premium", "roster", "cover"])
def test_a_figure_that_was_tampered_with_shows(cast: Cast, edition: Edition, wrong: str) -> None:
    person = enrol(OWN, 1)
    agree(addition(by=cast.clerk), cast.adjuster)
    bill(edition, cast)
    assert failing(edition, cast) == set()
    with everything():
        if wrong == "premium":
            Endorsement.objects.update(premium_fen=12_000)
        elif wrong == "roster":
            Endorsement.objects.update(persons=2)
        else:
            Enrollment.objects.filter(pk=person.pk).update(covered_from=DAY)
    name = "批改保费逐件相符" if wrong == "premium" else "与参保名册逐人相符"
    assert name in failing(edition, cast)


def test_the_columns_come_with_the_first_endorsement(cast: Cast, edition: Edition, login) -> None:
    client, person = login(cast.finance), enrol(OWN, 1)
    address = f"/premiums/{edition.code}/"
    before = client.get(address).content.decode()
    with acting(scope_of(cast.finance)):
        code = sheet_data(edition, allocation_of(edition, cast.finance), cast.finance)["code"]
    assert ("批改保费" in before, code in before) == (False, True)
    agree(addition(by=cast.clerk), cast.adjuster)
    agree(removal(person, cast), cast.adjuster)
    page = client.get(address).content.decode()
    assert all(word in page for word in ("起保人数", "批改（件）", "批改保费", "起保 1 人，批改增 0 人"))
    rows = list(load_workbook(io.BytesIO(client.get(f"{address}allocation.xlsx").content)).active.values)
    head = next(row for row in rows if row[0] == "序号")
    total = next(row for row in rows if row[1] == "合计")
    assert head[3:] == ("起保人数", "批改（件）", "批改保费（元）", "保费（元）")
    assert total[3:] == (1, 2, 130, 260)
    assert client.get(f"{address}allocation.pdf").content.startswith(b"%PDF-")


def rounded(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def own_premium(came: date, last: date) -> int:
    """130.00 by the day, in fen; the plain way."""
    days = (last - came).days + 1
    return rounded(Decimal(130) * days / 365) if days > 0 else 0


@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_and_goes_by_the_services_everybody_pays_for_their_days(
    cast: Cast, by_days: Edition, seed: int
) -> None:
    chance = random.Random(seed)
    clerks = {
        OWN: (cast.clerk, cast.adjuster),
        NEAR: (cast.near_clerk, cast.adjuster),
        FAR: (cast.far_clerk, cast.far_adjuster),
    }
    here: dict[int, tuple[str, Enrollment, date]] = {}
    for number, place in enumerate(clerks):
        for n in range(3):
            here[number * 10 + n] = (place, enrol_in(by_days, place, number * 10 + n), FIRST)
    paid: Counter[str] = Counter()
    for n in range(100, 112):
        place = chance.choice(list(clerks))
        clerk, adjuster = clerks[place]
        day = FIRST + timedelta(days=chance.randrange(365))
        going = [key for key, (home, _, since) in here.items() if home == place and since <= day]
        if going and chance.random() < 0.5:
            _, person, since = here.pop(chance.choice(going))
            agree(removal(person, cast, day=day, by=clerk), adjuster)
            paid[place] += own_premium(since, day - timedelta(days=1))
        else:
            added = agree(addition(edition=by_days, by=clerk, place=place, n=n, day=day), adjuster)
            here[n] = (place, added.enrollment, day)
    for place, _, since in here.values():
        paid[place] += own_premium(since, LAST)
    sheet = sheet_of(by_days, cast)
    assert {row.township: row.fen for row in sheet.rows if row.fen} == dict(paid)
    assert sum(sheet.shares.values()) == sheet.fen == paid.total()
    bill(by_days, cast)
    assert failing(by_days, cast) == set()


STAYS = st.tuples(st.booleans(), st.dates(FIRST, LAST), st.dates(FIRST, LAST), st.booleans())


@given(st.lists(st.lists(STAYS, max_size=8), min_size=1, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_sheet_is_the_sum_of_people_in_any_order(by_days: Edition, townships, chance: random.Random) -> None:
    """A person is there from the start or comes, and stays or goes; computed here person by person."""
    terms = by_days.terms
    regions = [one.township_id for one in by_days.assignments.order_by("position")[: len(townships)]]
    heads, moves, wanted = {}, [], {}
    for region, people in zip(regions, townships, strict=True):
        heads[region], wanted[region] = Heads(sum(starts for starts, *_ in people)), 0
        for starts, one, other, leaves in people:
            came, went = (FIRST, one) if starts else sorted((one, other))
            wanted[region] += own_premium(came, went - timedelta(days=1) if leaves else LAST)
            moves += [] if starts else [(region, Move("person"), came)]
            moves += [(region, Move("person", came), went)] if leaves else []
    chance.shuffle(moves)
    endorsed: dict[int, Endorsed] = {}
    for region, move, day in moves:
        before = endorsed.get(region, Endorsed())
        fen = to_fen(endorsement_premium(terms, [move], day).amount)
        endorsed[region] = Endorsed(before.count + 1, before.persons + (-1 if move.goes else 1), 0, before.fen + fen)
    sheet = allocation_for(by_days, heads, endorsed=endorsed)
    assert {row.township_id: row.fen for row in sheet.rows if row.township_id in wanted} == wanted
    assert all(sum(row.shares.values()) == row.fen for row in sheet.rows)
    assert sheet.fen == sum(wanted.values()) == sum(sheet.shares.values())


def test_a_household_comes_with_its_first_and_goes_with_its_last(cast: Cast, db: None) -> None:
    both = """  pro_rata: days
  parts:
    - {label: 按人, basis: person, rate: {value: "36.50", clause: 三}}
    - {label: 按户, basis: household, rate: {value: "73.00", clause: 三}}
"""
    edition = wanzhou_but(both)
    head, wife = enrol_in(edition, OWN, 1, household="H1"), enrol_in(edition, OWN, 2, household="H1")
    went = date(2021, 12, 30)  # 0.20 a person, 0.40 a household for the last two days
    assert agree(removal(head, cast, day=went), cast.adjuster).premium_fen == -20
    assert agree(removal(wife, cast, day=went), cast.adjuster).premium_fen == -60
    assert (
        agree(addition(edition=edition, by=cast.clerk, n=50, day=went, household="H2"), cast.adjuster).premium_fen == 60
    )
    second = agree(addition(edition=edition, by=cast.clerk, n=51, day=went, household="H2"), cast.adjuster)
    assert second.premium_fen == 20
    apart = agree(correction(second.enrollment, cast.clerk, day=date(2021, 12, 31), household="H3"), cast.adjuster)
    assert (apart.premium_fen, apart.households) == (20, 1)
    last = agree(removal(apart.enrollment, cast, day=date(2021, 12, 31)), cast.adjuster)
    assert last.premium_fen == -10 - 20
    sheet = sheet_of(edition, cast)
    assert (sheet.persons, sheet.households, sheet.fen) == (2, 1, 2 * 3650 + 7300 - 20 - 60 + 60 + 20 + 20 - 30)
    bill(edition, cast)
    assert failing(edition, cast) == set()
