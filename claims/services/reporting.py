"""First notice of loss: a claim with its own snapshot of the person, and a look for likely doubles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from calc.id_number import IdNumber, check_id_number
from claims.models import Claim, ClaimCounter
from claims.services.clock import start_clock
from claims.services.moving import moving, write_step
from enrollment.initials import initials_of
from enrollment.models import Enrollment
from orgs.crypto import blind_index
from orgs.models import User
from orgs.scope import visible
from schemes.in_force import deciding_day, not_then, terms_for
from schemes.models import Edition
from schemes.rules.payout import FactsRefused, quote
from schemes.terms.model import Coverage, EditionTerms

DEAD_ENDS = ("denied", "withdrawn")


@dataclass(frozen=True)
class FieldProblem:
    """A sentence about one field of the form; `field` empty: about the report as a whole."""

    field: str
    message: str


class ReportRefused(Exception):
    """The report can't be taken as it is. Everything that is wrong, at once."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        self.problems = problems
        super().__init__("；".join(problem.message for problem in problems))


class LikelyDouble(Exception):
    """Claims that look like the same event. The reporter decides whether it is another one."""

    def __init__(self, claims: list[Claim]) -> None:
        self.claims = claims
        super().__init__("可能重复报案：" + "、".join(claim.number for claim in claims))


@dataclass(frozen=True)
class Report:
    """What is reported. `facts` as the rules take them; dates ISO, money as text."""

    coverage: str
    facts: Mapping[str, Any]
    payee: str
    payee_name: str
    payee_relation: str = ""
    payee_id_number: str = ""
    payee_bank: str = ""
    payee_account: str = ""
    reporter: str = Claim.Reporter.VILLAGE
    reporter_name: str = ""
    reporter_phone: str = field(default="", repr=False)
    not_one_stop_reason: str = ""
    key: UUID | None = None  # of the form that was filled in; the same form sent again is the same report


@transaction.atomic
def report_claim(*, enrollment: Enrollment, report: Report, by: User, another_event: bool = False) -> Claim:
    """A new claim, state reported; the claim made before, where the same form is sent again.

    Raises ReportRefused, or LikelyDouble unless `another_event` says it is none.
    """
    enrollment = _on_roster(enrollment, by)
    edition = enrollment.edition
    event_date = _checked(edition, report, enrollment)
    number = next_number(edition)  # before the look for doubles: two reports at once take turns from here
    before = visible(Claim, by).filter(report_key=report.key).first() if report.key else None
    if before is not None:
        return before
    if not another_event:
        doubles = likely_doubles(enrollment=enrollment, coverage=report.coverage, event_date=event_date, by=by)
        if doubles:
            raise LikelyDouble(doubles)
    claim = _new_claim(enrollment, report, event_date, by)
    claim.number, claim.report_key = number, report.key
    start_clock(claim, "report", timezone.localdate())
    claim.save()
    write_step(claim, action="report", name="报案", came_from="", by=by)
    return claim


def _on_roster(enrollment: Enrollment, by: User) -> Enrollment:
    """The person as the roster has them now, held until the claim is written: no batch is undone in between unseen."""
    people = visible(Enrollment, by).select_related("edition__place").select_for_update(of=("self",))
    fresh = people.filter(pk=enrollment.pk).first()
    if fresh is None or (fresh.removed_at and not enrollment.removed_at):
        message = f"{enrollment.name}刚从参保名册上撤下，没有报案；请到参保名册核对后再报"
        raise ReportRefused([FieldProblem("", message)])
    return fresh


def resubmit_claim(*, claim: Claim, report: Report, by: User, read_version: int) -> Claim:
    """Report again after a return, with what was corrected."""
    with moving(claim=claim, action="resubmit", by=by, read_version=read_version) as fresh:
        enrollment = visible(Enrollment, by).select_related("edition").get(pk=fresh.enrollment_id)
        fresh.event_date = _checked(fresh.edition, report, enrollment)
        _write_report(fresh, report)
        start_clock(fresh, "resubmit", timezone.localdate())
    return fresh


def likely_doubles(*, enrollment: Enrollment, coverage: str, event_date: date, by: User) -> list[Claim]:
    """Open or settled claims of the same person and coverage on the same day."""
    same = visible(Claim, by).filter(
        edition=enrollment.edition, id_index=enrollment.id_index, coverage=coverage, event_date=event_date
    )
    return list(same.exclude(state__in=DEAD_ENDS).order_by("id"))


def next_number(edition: Edition) -> str:
    """`WZ21-00038`; the counter's row is locked until the claim is committed, so no number is given twice."""
    counter, _ = ClaimCounter.objects.get_or_create(edition=edition)
    ClaimCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    counter.refresh_from_db()
    return f"{edition.terms.number_prefix}-{counter.last:05d}"


def with_known_facts(enrollment: Enrollment, coverage: Coverage, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with those that the roster knows: nobody types a birth date that the ID number tells."""
    known = dict(facts)
    if any(asked.code == "birth_date" for asked in coverage.asks):
        number = check_id_number(enrollment.id_number.reveal(), today=timezone.localdate())
        if isinstance(number, IdNumber) and number.birth_date:
            known["birth_date"] = number.birth_date.isoformat()
    return known


def _checked(edition: Edition, report: Report, enrollment: Enrollment) -> date:
    """The deciding date of a report that is complete; ReportRefused with every problem otherwise."""
    terms = terms_for(edition, report.coverage, report.facts)
    coverage = terms.coverages[report.coverage]
    facts = with_known_facts(enrollment, coverage, report.facts)
    problems = _payee_problems(coverage, report) + _reporter_problems(terms, coverage, report)
    try:
        quote(terms, report.coverage, facts, complete=True)
    except FactsRefused as refused:
        problems = [FieldProblem(found.where, found.message) for found in refused.problems] + problems
    event_date = deciding_day(terms, report.coverage, facts)
    if event_date and report.coverage not in edition.terms_on(event_date).coverages:
        message = not_then(terms, report.coverage, event_date)
        problems.insert(0, FieldProblem(coverage.decided_by, message))
    if problems or event_date is None:
        raise ReportRefused(problems)
    return event_date


def _payee_problems(coverage: Coverage, report: Report) -> list[FieldProblem]:
    problems = []
    allowed = [payee.code for payee in coverage.payees if payee.applies(report.facts)]
    if report.payee not in allowed:
        problems.append(FieldProblem("payee", "请选择领款人；身故的由继承人领取，未成年人由监护人领取"))
    if report.payee != Claim.Payee.INSURED:
        if not report.payee_name:
            problems.append(FieldProblem("payee_name", "请填领款人姓名"))
        if not report.payee_relation:
            problems.append(FieldProblem("payee_relation", "请填领款人与参保对象的关系，如“配偶”“子”"))
        number = check_id_number(report.payee_id_number, today=timezone.localdate())
        if not isinstance(number, IdNumber):
            problems.append(FieldProblem("payee_id_number", f"领款人身份证号：{number.message}，{number.mend}"))
    if not 12 <= len(report.payee_account) <= 30 or not (
        report.payee_account.isascii() and report.payee_account.isdigit()
    ):
        problems.append(FieldProblem("payee_account", "银行账号应为 12 至 30 位数字，请对照存折或一卡通填写"))
    return problems


def _reporter_problems(terms: EditionTerms, coverage: Coverage, report: Report) -> list[FieldProblem]:
    problems = []
    if not report.reporter_name:
        problems.append(FieldProblem("reporter_name", "请填报案人姓名"))
    phone = report.reporter_phone.replace("-", "")
    if not (phone.isascii() and phone.isdigit()) or not 7 <= len(report.reporter_phone) <= 15:
        problems.append(FieldProblem("reporter_phone", "请填报案人电话，7 至 15 位数字"))
    reasons = terms.routes[coverage.route].reasons
    if reasons and report.not_one_stop_reason not in reasons:
        problems.append(FieldProblem("not_one_stop_reason", "这项责任走一站式结算，请选择为什么改由人工报案"))
    return problems


def _new_claim(enrollment: Enrollment, report: Report, event_date: date, by: User) -> Claim:
    claim = Claim(
        edition=enrollment.edition,
        enrollment=enrollment,
        township_id=enrollment.township_id,
        village_id=enrollment.village_id,
        region_path=enrollment.region_path,
        insurer_id=enrollment.insurer_id,
        person_name=enrollment.name,
        person_initials=enrollment.initials or initials_of(enrollment.name),
        id_number=enrollment.id_number.reveal(),
        id_index=enrollment.id_index or blind_index(enrollment.id_number.reveal()),
        household=enrollment.household,
        event_date=event_date,
        reported_by=by,
    )
    claim.enrollment = enrollment
    _write_report(claim, report)
    return claim


def _write_report(claim: Claim, report: Report) -> None:
    coverage = claim.terms.coverages[report.coverage]
    claim.coverage, claim.coverage_name = coverage.code, coverage.label
    claim.facts = with_known_facts(claim.enrollment, coverage, report.facts)
    claim.payee = report.payee
    claim.payee_name = claim.person_name if report.payee == Claim.Payee.INSURED else report.payee_name
    claim.payee_relation = "本人" if report.payee == Claim.Payee.INSURED else report.payee_relation
    claim.payee_id_number = claim.id_number if report.payee == Claim.Payee.INSURED else report.payee_id_number
    claim.payee_bank, claim.payee_account = report.payee_bank, report.payee_account
    claim.reporter, claim.reporter_name = report.reporter, report.reporter_name
    claim.reporter_phone = report.reporter_phone
    claim.not_one_stop_reason = report.not_one_stop_reason
