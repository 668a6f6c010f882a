"""The cast of the tests, and builders of what they work with. Everybody is made up, and visibly so (某)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from PIL import Image

from calc.id_number import check_digit
from claims.models import Claim
from claims.services import adjusting, handling
from claims.services.papers import attach_paper
from claims.services.reporting import Report, report_claim
from enrollment.initials import initials_of
from enrollment.models import Enrollment, RosterBatch
from enrollment.services.confirming import sum_up_villages
from enrollment.services.member_sums import sum_up_members
from enrollment.services.uploading import upload_roster
from office import jobs
from office.models import Job
from orgs.crypto import blind_index
from orgs.models import Organization, Region, Role, User
from orgs.scope import acting, scope_of, system_scope
from schemes.models import Edition
from tests.roster.books import HEADER, book_of

EDITION = "wanzhou-2021"
COUNTY = "500101000000"
PASSWORD = "一句好记的测试密码2021"
OWN, NEAR, FAR = "大周镇", "甘宁镇", "新田镇"  # NEAR has the insurer of OWN (人保), FAR has another (国寿)
KIND, ROLE = Organization.Kind, Role


@dataclass(frozen=True)
class Cast:
    """乡镇经办 of three townships, both sides of two insurers, and everybody else who has a role."""

    clerk: User
    near_clerk: User
    far_clerk: User
    adjuster: User
    second_adjuster: User
    approver: User
    far_adjuster: User
    far_approver: User
    finance: User
    certifier: User
    police: User
    authority: User
    second_authority: User
    auditor: User
    administrator: User
    disabled: User
    stranger: User  # system administrator of another county

    def everybody(self) -> dict[str, User]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def make_cast() -> None:
    """Organizations and people; committed once a session."""
    county = Region.objects.get(code=COUNTY)
    other = Region.objects.filter(level=Region.Level.COUNTY).exclude(parent=county.parent).order_by("pk").first()
    picc, life = (Organization.objects.get(name__startswith=start) for start in ("中国人民财产", "中国人寿"))
    office = {
        "clerk": (_office(KIND.TOWNSHIP, f"万州区{OWN}人民政府", OWN, township(OWN)), ROLE.CLERK, "周某乡"),
        "near_clerk": (
            _office(KIND.TOWNSHIP, f"万州区{NEAR}人民政府", NEAR, township(NEAR)),
            ROLE.CLERK,
            "甘某乡",
        ),
        "far_clerk": (
            _office(KIND.TOWNSHIP, f"万州区{FAR}人民政府", FAR, township(FAR)),
            ROLE.CLERK,
            "田某乡",
        ),
        "adjuster": (picc, ROLE.ADJUSTER, "赵某赔"),
        "second_adjuster": (picc, ROLE.ADJUSTER, "钱某赔"),
        "approver": (picc, ROLE.APPROVER, "孙某核"),
        "far_adjuster": (life, ROLE.ADJUSTER, "李某赔"),
        "far_approver": (life, ROLE.APPROVER, "吴某核"),
        "finance": (_office(KIND.FINANCE, "万州区某财政局", "财政局", county), ROLE.FINANCE, "郑某财"),
        "certifier": (_office(KIND.CERTIFIER, "万州区某认定办", "认定办", county), ROLE.CERTIFIER, "王某定"),
        "police": (_office(KIND.POLICE, "万州区某公安局", "公安局", county), ROLE.POLICE, "韩某警"),
        "authority": (_office(KIND.AUTHORITY, "万州区某振兴局", "振兴局", county), ROLE.AUTHORITY, "冯某管"),
        "auditor": (_office(KIND.AUDIT, "万州区某审计局", "审计局", county), ROLE.AUDITOR, "陈某审"),
        "administrator": (
            _office(KIND.ADMINISTRATION, "万州区某管理办", "管理办", county),
            ROLE.ADMINISTRATOR,
            "褚某系",
        ),
        "stranger": (
            _office(KIND.ADMINISTRATION, "某外县管理办", "外县管理办", other),
            ROLE.ADMINISTRATOR,
            "卫某外",
        ),
    }
    office["second_authority"] = (office["authority"][0], ROLE.AUTHORITY, "沈某管")
    office["disabled"] = (office["clerk"][0], ROLE.CLERK, "蒋某停")
    password = make_password(PASSWORD)
    for name, (organization, role, person) in office.items():
        User.objects.create(
            username=name, name=person, organization=organization, role=role, password=password,
            phone="10000000001", is_active=name != "disabled", must_change_password=False,
        )  # fmt: skip


def _office(kind: str, name: str, short_name: str, region: Region) -> Organization:
    return Organization.objects.create(kind=kind, name=name, short_name=short_name, region=region)


def read_cast() -> Cast:
    people = {user.username: user for user in User.objects.select_related("organization__region")}
    return Cast(**{field.name: people[field.name] for field in fields(Cast)})


def read_edition() -> Edition:
    return Edition.objects.select_related("place", "scheme").get(code=EDITION)


def township(name: str) -> Region:
    return Region.objects.get(name=name, level=Region.Level.TOWNSHIP, parent__code=COUNTY)


def villages(name: str) -> list[Region]:
    return list(Region.objects.filter(parent=township(name)).order_by("path"))


def id_number(n: int, *, born: date = date(1970, 1, 1)) -> str:
    """The nth made-up resident: right in form, of nobody."""
    day, serial = divmod(n, 900)
    head = f"500101{born + timedelta(days=day):%Y%m%d}{serial + 100:03d}"
    return head + check_digit(head)


def account(n: int) -> str:
    return f"6217000000000{n:06d}"


def enrol(
    place: str = OWN,
    n: int = 1,
    *,
    name: str = "谭某华",
    household: str = "H001",
    born: date = date(1970, 1, 1),
    **more: Any,
) -> Enrollment:
    """A person on the roster of the first village of a township, with the village's sum."""
    town, number = township(place), id_number(n, born=born)
    village = more.pop("village", None) or villages(place)[0]
    with system_scope("tests enrol"):
        edition = read_edition()
        insurer = edition.assignments.get(township=town).insurer_id
        person = Enrollment.objects.create(
            edition=edition, township=town, village=village, region_path=village.path, insurer_id=insurer, name=name,
            initials=initials_of(name), id_number=number, id_index=blind_index(number), id_kind="居民身份证", sex="m",
            household=household, relation="户主", account=account(n), bank="某农商行", phone=f"1000000{n:04d}",
            content=blind_index(f"content{n}"), **more,
        )  # fmt: skip
        sum_up_villages(edition.pk, {village.pk})
        sum_up_members(edition, [person.id_index])
        return Enrollment.objects.select_related("edition__place", "township", "village", "insurer").get(pk=person.pk)


PAID_BY = {"basic_medical": "18000.00", "major_illness_insurance": "3000.00", "civil_affairs_aid": "2000.00", "poverty_medical_fund": "1000.00"}  # fmt: skip
INPATIENT = {
    "admitted_on": "2021-08-11", "discharged_on": "2021-08-20", "hospital": "某区人民医院", "diagnosis": "某病",
    "eligible_expense": "30000.00", "paid_by": PAID_BY,
}  # fmt: skip
FACTS: dict[str, Mapping[str, Any]] = {
    "major_illness_inpatient": INPATIENT,  # 30,000 − 24,000 − 10 % × 30,000 = 3,000.00
    "accident_death_disability": {"event": "accident_death", "accident_date": "2021-05-01", "death_date": "2021-05-02"},
    "accident_medical": {"accident_date": "2021-05-01", "eligible_expense": "3000.00", "paid_by": {"basic_medical": "1000.00"}},
    "illness_death": {"event": "illness_death", "death_date": "2021-06-01", "diagnosis": "某病"},
    "chronic_outpatient": {
        "visit": "chronic_outpatient", "visited_on": "2021-03-01", "hospital": "某区人民医院",
        "eligible_expense": "800.00", "paid_by": {"basic_medical": "400.00"},
    },
    "rural_housing": {
        "cause": "natural_disaster", "damaged_on": "2021-07-01", "structure": "adobe", "house": "某处老屋",
        "assessed_loss": "12345.67",
    },
}  # fmt: skip
PAYEES = {"accident_death_disability": "heir", "illness_death": "heir", "rural_housing": "head_of_household"}


def report_of(coverage: str = "major_illness_inpatient", n: int = 1, **changes: Any) -> Report:
    """A complete report; facts may be changed one by one with `facts_<code>=`."""
    facts = dict(FACTS[coverage])
    for name in [name for name in changes if name.startswith("facts_")]:
        facts[name.removeprefix("facts_")] = changes.pop(name)
    payee = PAYEES.get(coverage, "insured")
    plain = Report(
        coverage=coverage, facts=facts, payee=payee, payee_name="谭某华" if payee == "insured" else "谭某继",
        payee_relation="本人" if payee == "insured" else "子", payee_id_number="" if payee == "insured" else id_number(8000 + n),
        payee_bank="某农商行", payee_account=account(n), reporter="village", reporter_name="村某干", reporter_phone="10000000002",
        not_one_stop_reason="out_of_area" if coverage in {"major_illness_inpatient", "chronic_outpatient"} else "",
    )  # fmt: skip
    return replace(plain, **changes)


def report(person: Enrollment, by: User, what: Report | None = None, *, another_event: bool = False) -> Claim:
    with acting(scope_of(by)):
        return report_claim(enrollment=person, report=what or report_of(), by=by, another_event=another_event)


ROADS: dict[str, tuple[str, ...]] = {
    "reported": (),
    "returned": ("return",),
    "accepted": ("accept",),
    "adjusted": ("accept", "adjust"),
    "in_approval": ("accept", "adjust", "submit"),
    "approved": ("accept", "adjust", "submit", "approve"),
    "paid": ("accept", "adjust", "submit", "approve", "pay"),
    "closed": ("accept", "adjust", "submit", "approve", "pay", "close"),
    "denied": ("accept", "deny"),
    "withdrawn": ("withdraw",),
}
SERVICES: dict[str, Any] = {
    "accept": handling.accept_claim, "return": handling.return_claim, "deny": handling.deny_claim,
    "withdraw": handling.withdraw_claim, "rework": handling.rework_claim, "revoke": adjusting.revoke_approval, "pay": handling.pay_claim,
    "close": handling.close_claim, "adjust": adjusting.adjust_claim, "submit": adjusting.submit_claim,
    "approve": adjusting.approve_claim,
}  # fmt: skip
WITH_OPINION = {"return", "deny", "withdraw", "rework", "revoke"}


def step(claim: Claim, action: str, by: User, **more: Any) -> Claim:
    """One step by the real service; the version is the one that the claim was read with."""
    if action in WITH_OPINION:
        more.setdefault("opinion", "某个原因")
    if action == "pay":
        more = {"paid_on": timezone.localdate(), "reference": "某流水0001"} | more
    more.setdefault("read_version", claim.version)
    with acting(scope_of(by)):
        return SERVICES[action](claim=claim, by=by, **more)


def bring_to(claim: Claim, state: str, cast: Cast) -> Claim:
    """The claim after the ordinary steps to a state, each by whoever takes it in the claim's township."""
    for action in ROADS[state]:
        claim = step(claim, action, hand_for(action, claim, cast))
    return claim


def hand_for(action: str, claim: Claim, cast: Cast) -> User:
    ours = claim.insurer_id == cast.adjuster.organization_id
    if action in {"approve", "rework", "revoke"}:
        return cast.approver if ours else cast.far_approver
    if action == "withdraw":
        clerks = (cast.clerk, cast.near_clerk, cast.far_clerk)
        return next(clerk for clerk in clerks if clerk.organization.region_id == claim.township_id)
    return cast.adjuster if ours else cast.far_adjuster


def claim_in(state: str, cast: Cast, person: Enrollment | None = None, what: Report | None = None) -> Claim:
    """A claim in any state of claims/workflow.py, brought there by the services."""
    person = person or enrol()
    clerks = {OWN: cast.clerk, NEAR: cast.near_clerk, FAR: cast.far_clerk}
    reported = report(person, clerks[person.township.name], what, another_event=True)
    return bring_to(reported, state, cast)


def reread(claim: Claim) -> Claim:
    with system_scope("tests look"):
        return Claim.objects.select_related("edition", "insurer", "enrollment").get(pk=claim.pk)


@cache
def photo(*, exif: bool = False) -> bytes:
    """A small JPEG; with `exif` it carries a camera's name, where a place would stand too."""
    out = io.BytesIO()
    picture = Image.new("RGB", (32, 24), (120, 140, 90))
    extra = Image.Exif()
    extra[271] = "CAMERA-OF-NOBODY"
    picture.save(out, "JPEG", **({"exif": extra} if exif else {}))
    return out.getvalue()


def paper_on(claim: Claim, by: User, *, kind: str = "id_and_account", content: bytes = b"") -> Any:
    with acting(scope_of(by)):
        return attach_paper(claim=claim, kind=kind, name="照片.jpg", content=content or photo(), by=by)


def roster_book(*rows: tuple[str, ...]) -> bytes:
    """A workbook with the four columns that every roster has."""
    return book_of(HEADER, *rows)


def uploaded(
    content: bytes, by: User, *, place: str | None = OWN, name: str = "名册.xlsx", checked: bool = True
) -> RosterBatch:
    """A batch as the upload page makes it, with its check done."""
    with acting(scope_of(by)):
        batch, job = upload_roster(
            edition=read_edition(),
            township=township(place) if place else None,
            name=name,
            content=content,
            by=by,
        )
    if checked:
        assert jobs.run(job.pk)
    return reread_batch(batch)


def reread_batch(batch: RosterBatch) -> RosterBatch:
    with system_scope("tests look"):
        return RosterBatch.objects.select_related("edition").get(pk=batch.pk)


def run_waiting_jobs() -> list[Job]:
    """Do what waits; the jobs as they are afterwards."""
    waiting = jobs.waiting_job_ids()
    for job_id in waiting:
        jobs.run(job_id)
    return list(Job.objects.filter(pk__in=waiting).order_by("pk"))


def posted(what: Report) -> dict[str, str]:
    """A report as the browser sends it."""
    form = {
        name: getattr(what, name)
        for name in ("payee", "payee_name", "payee_relation", "payee_id_number", "payee_bank", "payee_account",
                     "reporter", "reporter_name", "reporter_phone", "not_one_stop_reason")
    }  # fmt: skip
    for code, value in what.facts.items():
        if isinstance(value, Mapping):
            form |= {f"fact_{code}__{payer}": amount for payer, amount in value.items()}
        elif isinstance(value, list):
            for at, item in enumerate(value):
                form |= {f"fact_{code}-{at}-{name}": str(part) for name, part in item.items()}
        elif isinstance(value, bool):
            form[f"fact_{code}"] = "yes" if value else "no"
        else:
            form[f"fact_{code}"] = value
    return {"coverage": what.coverage} | {name: value for name, value in form.items() if value}
