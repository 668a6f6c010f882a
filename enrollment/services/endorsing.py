"""Asking for an endorsement: somebody comes to a roster in force, goes from it, or is corrected on it.

The roster stays as it is until the insurer agrees (services/agreeing.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from enrollment.content import content_of
from enrollment.cover import claims_since, cover_of
from enrollment.endorsable import first_day_to_endorse, may_be_endorsed
from enrollment.endorsement_heads import price
from enrollment.initials import initials_of
from enrollment.models import Endorsement, EndorsementCounter, Enrollment
from enrollment.services.listing import why_listed
from orgs.audit import record
from orgs.crypto import blind_index
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import system_scope, visible
from orgs.versions import EditConflict
from schemes.models import Edition

Kind, Reason, State = Endorsement.Kind, Endorsement.Reason, Endorsement.State
REASONS: Mapping[str, tuple[Endorsement.Reason, ...]] = {
    Kind.ADD: (Reason.OMITTED, Reason.OTHER),
    Kind.REMOVE: (Reason.DIED, Reason.MOVED, Reason.DUPLICATE, Reason.INELIGIBLE, Reason.OTHER),
    Kind.CORRECT: (Reason.MISWRITTEN, Reason.OTHER),
}
# the words of an import: no word of whose roster the person is on
ELSEWHERE = "该证件暂不能在本乡镇登记，请联系区县主管部门处理"


@dataclass(frozen=True)
class Grounds:
    """From which day, why, and on what paper."""

    effective_on: date
    reason: str
    proof: str
    reason_text: str = ""


class EndorsementRefused(Exception):
    """The endorsement can't be asked for, or decided, as it is. `field` of the form that is at fault, if any."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class AlreadyAsked(Exception):
    """The same person has an endorsement that waits: the one that was clicked twice, or another."""

    def __init__(self, endorsement: Endorsement) -> None:
        self.endorsement = endorsement
        super().__init__(
            f"{endorsement.person_name}已有一件待承保机构确认的批改 {endorsement.number}，办完或撤回以后才能再申请"
        )


@transaction.atomic
def ask_addition(
    *, edition: Edition, village: Region, person: Mapping[str, Any], grounds: Grounds, by: User
) -> Endorsement:
    """Ask to add somebody who is not on any roster of the edition. `person`: fields of enrollment/content.py in clear,
    with `id_kind`. Raises EndorsementRefused, AlreadyAsked."""
    township = village.parent
    assert township is not None
    _refuse(edition, township, Kind.ADD, grounds, by)
    id_index = blind_index(person["id_number"])
    refuse_enrolled(edition, township, id_index, grounds.effective_on)
    if listed := why_listed(edition, id_index):
        raise EndorsementRefused(listed, "id_number")
    insurer = edition.assignments.get(township=township).insurer_id
    return _ask(
        Endorsement(
            edition=edition, township=township, village=village, region_path=village.path, insurer_id=insurer,
            kind=Kind.ADD, person_name=person["name"], id_number=person["id_number"], id_index=id_index,
            household=person["household"], content=dict(person) | {"village_id": village.pk},
        ),
        grounds, by,
    )  # fmt: skip


@transaction.atomic
def ask_removal(*, enrollment: Enrollment, grounds: Grounds, by: User) -> Endorsement:
    """Ask to take somebody off the roster. Raises EndorsementRefused, AlreadyAsked."""
    person = _on_roster(enrollment, by)
    _refuse(person.edition, person.township, Kind.REMOVE, grounds, by)
    refuse_early_removal(person, grounds.effective_on)
    return _ask(_of(person, Kind.REMOVE), grounds, by)


@transaction.atomic
def ask_correction(*, enrollment: Enrollment, changes: Mapping[str, Any], grounds: Grounds, by: User) -> Endorsement:
    """Ask to have the roster say something else of somebody. Raises EndorsementRefused, AlreadyAsked."""
    person = _on_roster(enrollment, by)
    _refuse(person.edition, person.township, Kind.CORRECT, grounds, by)
    now = content_of(person)
    changed = {name: value for name, value in changes.items() if value != now[name]}
    if not changed:
        raise EndorsementRefused("和名册上一样，没有要更正的；身份证号更正请到人员页办理")
    asked = _of(person, Kind.CORRECT)
    asked.content, asked.former = changed, {name: now[name] for name in changed}
    asked.household = changed.get("household", person.household)
    if "village_id" in changed:
        asked.village = Region.objects.get(pk=changed["village_id"], parent=person.township_id)
        asked.region_path = asked.village.path
    return _ask(asked, grounds, by)


@transaction.atomic
def withdraw_endorsement(*, endorsement: Endorsement, by: User, read_version: int) -> Endorsement:
    """Take back what waits for the insurer. Raises EndorsementRefused, EditConflict."""
    fresh = locked(endorsement, by, "endorsement.ask", read_version)
    fresh.state, fresh.decided_by, fresh.decided_at = State.WITHDRAWN, by, timezone.now()
    fresh.version += 1
    fresh.save(update_fields=["state", "decided_by", "decided_at", "version"])
    record("endorsement.withdraw", by=by, target=fresh)
    return fresh


def locked(endorsement: Endorsement, by: User, act: str, read_version: int) -> Endorsement:
    """The endorsement as it is now, locked, where it still waits and the person may go on with it."""
    if not may(by, act):
        raise EndorsementRefused("您的角色不能办理这一步")
    rows = visible(Endorsement, by).select_for_update(of=("self",)).select_related("edition", "township", "village")
    fresh = rows.get(pk=endorsement.pk)
    if fresh.state != State.ASKED:
        raise EndorsementRefused(f"{fresh.number} 现在是“{fresh.get_state_display()}”，不用再办；请看最新记录")
    if fresh.version != read_version:
        raise EditConflict(fresh)
    return fresh


def refuse_enrolled(edition: Edition, township: Region, id_index: str, effective_on: date) -> None:
    """EndorsementRefused where the person is on a roster of the edition, or still covered on the day."""
    with system_scope("批改：核对是否已参保"):
        rows = Enrollment.objects.filter(edition=edition, id_index=id_index).select_related("edition")
        for one in rows.order_by("id"):
            if one.removed_at is None or (one.covered_to and one.covered_to >= effective_on):
                raise EndorsementRefused(_enrolled_words(one, township), "id_number")


def _enrolled_words(found: Enrollment, township: Region) -> str:
    if found.township_id != township.pk:
        return ELSEWHERE
    if found.removed_at is None:
        return f"此人已在{township.name}的名册上，不用增员；内容不对的请办更正"
    return f"此人已减员，保障到 {cover_of(found).last} 止，请从次日起增员"


def refuse_early_removal(person: Enrollment, effective_on: date) -> None:
    """EndorsementRefused where the person has a claim, or no cover yet, on the first day without cover."""
    if effective_on < cover_of(person).first:
        raise EndorsementRefused(f"此人 {cover_of(person).first} 起保，减员不能早于这一天", "effective_on")
    claims = claims_since(person, effective_on)
    if claims:
        last = claims[-1]
        until = f"此人有 {last.event_date} 出险的案件 {last.number}"
        next_day = last.event_date + timedelta(days=1)
        raise EndorsementRefused(f"{until}，减员日期不能早于 {next_day}", "effective_on")


def _refuse(edition: Edition, township: Region, kind: str, grounds: Grounds, by: User) -> None:
    if not may(by, "endorsement.ask"):
        raise EndorsementRefused("您的角色不能申请批改")
    if why := may_be_endorsed(edition, township):
        raise EndorsementRefused(why)
    if grounds.reason not in REASONS[kind]:
        raise EndorsementRefused(f"请选择{Kind(kind).label}的原因", "reason")
    if grounds.reason == Reason.OTHER and not grounds.reason_text.strip():
        raise EndorsementRefused("原因选“其他”的，请写明是什么原因", "reason_text")
    if not grounds.proof.strip():
        raise EndorsementRefused("请写明依据的材料，如“死亡医学证明”“村委会证明 2021-05-20”", "proof")
    if why := _day_problem(edition, township, kind, grounds):
        raise EndorsementRefused(why, "effective_on")


def _day_problem(edition: Edition, township: Region, kind: str, grounds: Grounds) -> str:
    day, omitted = grounds.effective_on, grounds.reason == Reason.OMITTED
    if not edition.first_day <= day <= edition.last_day:
        return f"生效日期 {day} 不在保险期间 {edition.first_day} 至 {edition.last_day} 内，请填期间内的一天"
    if omitted:
        return ""
    since = first_day_to_endorse(edition, township)
    if day < since:
        return f"生效日期 {day} 早于名册生效的 {since}；补以前漏保的人，原因请选“漏保补录”"
    if kind == Kind.ADD and day < timezone.localdate():
        mend = "补以前漏保的人，原因请选“漏保补录”，追溯起保须承保机构同意"
        return f"增员从今天（{timezone.localdate()}）或以后起保；{mend}"
    return ""


def _on_roster(enrollment: Enrollment, by: User) -> Enrollment:
    """The person's row, locked: as it is read, so it stays until this is asked for."""
    rows = visible(Enrollment, by).select_for_update(of=("self",)).select_related("edition", "township", "village")
    person = rows.get(pk=enrollment.pk)
    if person.removed_at is not None:
        raise EndorsementRefused(f"{person.name}已不在名册上，不能再办批改；请查看最新名册")
    return person


def _of(person: Enrollment, kind: str) -> Endorsement:
    return Endorsement(
        edition=person.edition, township=person.township, village=person.village, region_path=person.region_path,
        insurer_id=person.insurer_id, kind=kind, enrollment=person, person_name=person.name,
        id_number=person.id_number.reveal(), id_index=person.id_index, household=person.household,
    )  # fmt: skip


def _ask(asked: Endorsement, grounds: Grounds, by: User) -> Endorsement:
    """Number, price and keep it; whoever asks twice is told of the first."""
    asked.effective_on, asked.reason = grounds.effective_on, grounds.reason
    asked.reason_text, asked.proof = grounds.reason_text.strip(), grounds.proof.strip()
    asked.retroactive = asked.kind == Kind.ADD and grounds.effective_on < timezone.localdate()
    asked.person_initials, asked.asked_by = initials_of(asked.person_name), by
    asked.number = _next_number(asked.edition)  # asked at once, they take turns from here on
    _refuse_second(asked, by)
    price(asked)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        raise EndorsementRefused(ELSEWHERE) from error
    record("endorsement.ask", by=by, target=asked, kind=asked.kind, effective_on=str(asked.effective_on),
           fen=asked.premium_fen)  # fmt: skip
    return asked


def _refuse_second(asked: Endorsement, by: User) -> None:
    """AlreadyAsked for what the person sees; where another township asks for the same person, no word of it."""
    waiting = {"edition": asked.edition, "id_index": asked.id_index, "state": State.ASKED}
    if (own := visible(Endorsement, by).filter(**waiting).first()) is not None:
        raise AlreadyAsked(own)


def _next_number(edition: Edition) -> str:
    """`WZ21-P0001`; the counter's row is locked until the endorsement is committed, so no number is given twice."""
    counter, _ = EndorsementCounter.objects.get_or_create(edition=edition)
    EndorsementCounter.objects.filter(pk=counter.pk).update(last=F("last") + 1)
    counter.refresh_from_db()
    return f"{edition.terms.number_prefix}-P{counter.last:04d}"
