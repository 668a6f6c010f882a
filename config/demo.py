"""The trial's data: 3,000 synthetic people over 49 townships and claims in every state, four more places on a smaller
scale, all made by the portal's own services, so that what a visitor sees is what the portal does."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from calc.id_number import check_digit
from claims.models import Claim
from claims.services import adjusting, handling
from claims.services.papers import attach_paper
from claims.services.reporting import Report, report_claim
from config.demo_clock import spread_over_time
from config.demo_endorsements import load_endorsements
from config.demo_lists import load_members
from config.demo_people import (
    DEMO_PASSWORD,
    DEMO_PEOPLE,
    LIAOCHENG,
    OTHER_PEOPLE,
    XIANGNING,
    ZHENPING,
    DemoPerson,
)
from config.demo_photo import synthetic_photo
from config.demo_steps import bring_up
from enrollment.models import Enrollment, RosterBatch
from enrollment.places_to_fill import places_to_fill
from enrollment.roster.making import make_roster
from enrollment.roster.people_maker import DEMO_ORDERS
from enrollment.services.uploading import request_confirmation, upload_roster
from office import jobs
from orgs.models import Organization, Region, User
from orgs.scope import acting, scope_of, system_scope, visible
from orgs.services.people import create_person
from orgs.services.regions import find_township
from premiums.census import CensusRow
from premiums.census_entry import enter_census
from schemes.models import Edition

PERSONS = 3_000
OTHER_PERSONS = 60
DAZHOU, DAZHOU_PERSONS = "大周镇", 180
SEED = 2021
ACCOUNT = "6200000000000000"  # visibly synthetic
HEIR = "50010119900101001" + check_digit("50010119900101001")


def load_demo(*, say: Callable[[str], None]) -> None:
    """Load the trial's people, roster and claims once; a trial that has people is left alone."""
    if User.objects.exists():
        return
    say("正在装入演示数据（只装一次）……")
    with system_scope("demo"):
        edition = Edition.objects.get(code="wanzhou-2021")
        people = {person.username: _person(person, edition) for person in DEMO_PEOPLE}
        editions = {one.code: one for one in Edition.objects.select_related("place")}
        others = {person.username: _person(person, editions[person.edition]) for person in OTHER_PEOPLE}
    _load_roster(edition, people["zhuguan.xiong"])
    _load_claims(people)
    load_endorsements(people["dazhou.zhou"], people["picc.peng"])
    _load_other_places(editions, others)
    with system_scope("demo"):
        spread_over_time(edition)
    say(f"演示数据已装好；可以上传试试的名册：{write_sample(edition)}")


def _person(person: DemoPerson, edition: Edition) -> User:
    region = find_township(edition.place, person.township) if person.township else edition.place
    if person.village:
        region = Region.objects.get(parent=region, name=person.village)
    organization, _ = Organization.objects.get_or_create(
        name=person.organization,
        defaults={"short_name": person.short_name, "kind": person.kind, "region": region},
    )
    made = create_person(
        username=person.username, name=person.name, organization=organization, role=person.role,
        phone="10000000000", by=None, password=DEMO_PASSWORD,
    )  # fmt: skip
    return made.user


def _load_roster(edition: Edition, by: User) -> None:
    """The roster comes in as any roster does, uploaded, checked, confirmed: the county, then one township in full."""
    townships = places_to_fill(edition.place.code or "").townships
    dazhou = [one for one in townships if one[0] == DAZHOU]
    middle = sum(DEMO_ORDERS) // 2
    first, last = DEMO_ORDERS
    _upload(edition, by, "万州区2021年参保名册（演示）", PERSONS - DAZHOU_PERSONS, townships, (first, middle))
    _upload(edition, by, f"{DAZHOU}2021年参保名册（演示）", DAZHOU_PERSONS, dazhou, (middle, last))


def _upload(edition: Edition, by: User, title: str, rows: int, townships: list, orders: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{title}.xlsx"
        make_roster(path, rows=rows, seed=SEED, defects=0, townships=townships, orders=orders)
        with acting(scope_of(by)), transaction.atomic():
            batch, _ = upload_roster(edition=edition, township=None, name=path.name, content=path.read_bytes(), by=by)
    _work()
    with acting(scope_of(by)):
        batch = RosterBatch.objects.get(pk=batch.pk)
        request_confirmation(batch=batch, only_valid=False, whole_villages=[], by=by)
    _work()


def _load_other_places(editions: dict[str, Edition], people: dict[str, User]) -> None:
    """Rosters on their way and claims under two other notices; made-up numbers for a city that counts by census."""
    for code, prefix, clerk in ((XIANGNING, "xn", "xn.changning.yan"), (ZHENPING, "zp", "zp.zengjia.gong")):
        authority, adjuster, approver = _staff(people, prefix)
        edition = editions[code]
        townships = places_to_fill(edition.place.code or "").townships
        _upload(edition, authority, f"{edition.place.name}参保名册（演示）", OTHER_PERSONS, townships, DEMO_ORDERS)
        hands = {"register": people["xn.huji.bai"], "collate": authority, "underwrite": adjuster}
        bring_up(edition, people[clerk], "in_force", hands)
        for position, (coverage, facts, state) in enumerate(OTHER_CLAIMS[code]):
            _claim(people[clerk], adjuster, approver, position, coverage, facts, state)
    bring_up(editions[XIANGNING], people["xn.guanghua.xue"], "police", {})
    load_members(editions[ZHENPING], authority=people["zp.zhuguan.luo"], clerk=people["zp.zengjia.gong"], work=_work)
    enter_made_up_census(editions[LIAOCHENG], people["lc.caizheng.shao"])


def _staff(people: dict[str, User], prefix: str) -> list[User]:
    """Authority, adjuster and approver of a place."""
    return [
        next(user for name, user in people.items() if name.startswith(f"{prefix}.{role}"))
        for role in ("zhuguan", "lipei", "hepei")
    ]


def enter_made_up_census(edition: Edition, by: User) -> None:
    """Numbers that nobody takes for a statistic."""
    with acting(scope_of(by)):
        regions = edition.assignments.order_by("position").values_list("township_id", flat=True)
        rows = [CensusRow(pk, "", 300_000 + 10_000 * at, 90_000 + 3_000 * at, 0) for at, pk in enumerate(regions)]
        enter_census(edition=edition, rows=rows, source="演示用的编造数，不是统计数", by=by)


def write_sample(edition: Edition) -> Path:
    """A village's workbook with a few mistakes, for visitors to upload; where it lies."""
    path = Path(settings.DATA_DIR) / "示例名册-大周镇铺垭村.xlsx"
    village = [(DAZHOU, "500101110000", ["铺垭村"])]
    make_roster(path, rows=30, seed=SEED, defects=0.2, townships=village)
    return path


def _work() -> None:
    for job_id in jobs.waiting_job_ids():
        jobs.run(job_id)


MEDICAL = {"eligible_expense": "6200.00", "paid_by": {"basic_medical": "3000.00"}}
INPATIENT = {
    "admitted_on": "2021-08-11", "discharged_on": "2021-08-26", "hospital": "（示例）三级医院",
    "eligible_expense": "30000.00",
    "paid_by": {"basic_medical": "18000.00", "major_illness_insurance": "3000.00", "civil_affairs_aid": "2000.00",
                "poverty_medical_fund": "1000.00"},
}  # fmt: skip
CLAIMS: tuple[tuple[str, dict, str], ...] = (
    ("major_illness_inpatient", INPATIENT, "reported"),
    ("accident_medical", MEDICAL | {"accident_date": "2021-09-05"}, "accepted"),
    ("major_illness_inpatient", INPATIENT | {"admitted_on": "2021-07-02", "discharged_on": "2021-07-20"},
     "in_approval"),
    ("rural_housing", {"damaged_on": "2021-07-18", "cause": "natural_disaster", "structure": "adobe",
                       "assessed_loss": "12345.67"}, "adjusted"),
    ("accident_medical", MEDICAL | {"accident_date": "2021-06-12"}, "paid"),
    ("illness_death", {"event": "illness_death", "death_date": "2021-05-20"}, "closed"),
    ("accident_death_disability", {"event": "accident_disability", "accident_date": "2021-04-03",
                                   "disability_items": [{"grade": 8}]}, "approved"),
    ("chronic_outpatient", {"visit": "chronic_outpatient", "visited_on": "2021-08-02", "hospital": "（示例）卫生院",
                            "eligible_expense": "800.00", "paid_by": {"basic_medical": "400.00"}}, "returned"),
    ("accident_medical", {"accident_date": "2021-03-01", "eligible_expense": "500.00",
                          "paid_by": {"basic_medical": "500.00"}}, "denied"),
    ("accident_medical", MEDICAL | {"accident_date": "2021-02-20"}, "withdrawn"),
)  # fmt: skip

OTHER_CLAIMS: dict[str, tuple[tuple[str, dict, str], ...]] = {
    XIANGNING: (
        ("accident_medical", {"accident_date": "2025-03-02", "hospital": "（示例）县人民医院",
                              "eligible_expense": "1800.00", "paid_by": {"basic_medical": "900.00"}}, "paid"),
    ),
    ZHENPING: (
        ("accident_medical", {"premium_paid_on": "2016-01-20", "accident_date": "2016-05-08",
                              "eligible_expense": "1000.00", "paid_by": {"rural_cooperative_medical": "500.00"}},
         "accepted"),
    ),
}  # fmt: skip


def _load_claims(people: dict[str, User]) -> None:
    """Ten claims, one in every state, in 大周镇; a few more with the other insurers."""
    clerk, adjuster, approver = people["dazhou.zhou"], people["picc.peng"], people["picc.tang"]
    for position, (coverage, facts, state) in enumerate(CLAIMS):
        _claim(clerk, adjuster, approver, position, coverage, facts, state)
    for clerk_name, insurer in (("xintian.xiang", "life"), ("ganning.he", "picc")):
        staff = [person for name, person in people.items() if name.startswith(insurer)]
        _claim(people[clerk_name], staff[0], staff[1], 0, "accident_medical",
               MEDICAL | {"accident_date": "2021-05-06"}, "paid")  # fmt: skip


def _claim(clerk: User, adjuster: User, approver: User, position: int, coverage: str, facts: dict, state: str) -> None:
    with acting(scope_of(clerk)), transaction.atomic():
        person = _grown_up(clerk, position)
        claim = report_claim(enrollment=person, report=_report(person, coverage, facts), by=clerk)
        if state not in {"returned", "withdrawn"}:
            for kind in [paper.code for paper in person.edition.terms.coverages[coverage].papers][:2]:
                attach_paper(claim=claim, kind=kind, name="photo.jpg", content=synthetic_photo(kind), by=clerk)
    _advance(claim, clerk, adjuster, approver, state)


def _grown_up(clerk: User, position: int) -> Enrollment:
    people = visible(Enrollment, clerk).select_related("edition__place").filter(removed_at__isnull=True)
    return people.filter(relation__in=("01", "02")).order_by("id")[position]


def _report(person: Enrollment, coverage: str, facts: dict) -> Report:
    dead = coverage == "illness_death"
    report = Report(
        coverage=coverage, facts=facts, payee="insured", payee_name=person.name, payee_account=ACCOUNT,
        payee_bank="（示例）农村商业银行", reporter="village", reporter_name="冉某", reporter_phone="10000000001",
        not_one_stop_reason="out_of_area" if coverage in {"major_illness_inpatient", "chronic_outpatient"} else "",
    )  # fmt: skip
    if dead:
        return replace(report, payee="heir", payee_name="骆某", payee_relation="子", payee_id_number=HEIR)
    if coverage == "rural_housing":
        number = person.id_number.reveal()
        return replace(report, payee="head_of_household", payee_relation="本人", payee_id_number=number)
    return report


def _advance(claim: Claim, clerk: User, adjuster: User, approver: User, state: str) -> None:
    """Take the steps that lead to `state`, each by the person whose step it is."""
    for step, who in _steps_to(state):
        by = {"clerk": clerk, "adjuster": adjuster, "approver": approver}[who]
        with acting(scope_of(by)), transaction.atomic():
            fresh = visible(Claim, by).get(pk=claim.pk)
            step(fresh, by)


def _paid_on(claim: Claim) -> date:
    return max(date(2021, 10, 8), claim.event_date + timedelta(days=30))


def _steps_to(state: str) -> list[tuple[Callable[[Claim, User], Claim], str]]:
    accept = (lambda c, by: handling.accept_claim(claim=c, by=by, read_version=c.version), "adjuster")
    adjust = (lambda c, by: adjusting.adjust_claim(claim=c, by=by, read_version=c.version), "adjuster")
    submit = (lambda c, by: adjusting.submit_claim(claim=c, by=by, read_version=c.version), "adjuster")
    approve = (lambda c, by: adjusting.approve_claim(claim=c, by=by, read_version=c.version), "approver")
    pay = (lambda c, by: handling.pay_claim(claim=c, by=by, read_version=c.version, paid_on=_paid_on(c),
                                            reference=f"示例{c.number}"), "adjuster")  # fmt: skip
    close = (lambda c, by: handling.close_claim(claim=c, by=by, read_version=c.version), "adjuster")
    back = (
        lambda c, by: handling.return_claim(claim=c, by=by, read_version=c.version, opinion="缺门诊处方、费用清单"),
        "adjuster",
    )
    deny = (
        lambda c, by: handling.deny_claim(claim=c, by=by, read_version=c.version, opinion="医保已全额报销，没有余额"),
        "adjuster",
    )
    withdraw = (
        lambda c, by: handling.withdraw_claim(claim=c, by=by, read_version=c.version, opinion="本人要求撤案"),
        "clerk",
    )
    full = [accept, adjust, submit, approve, pay, close]
    order = ["accepted", "adjusted", "in_approval", "approved", "paid", "closed"]
    if state in order:
        return full[: order.index(state) + 1]
    return {"reported": [], "returned": [back], "denied": [accept, adjust, deny], "withdrawn": [withdraw]}[state]
