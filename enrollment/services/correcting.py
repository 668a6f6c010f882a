"""An ID number is put right: the person stays one, with their claims, limits and earlier years."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from calc.id_number import IdNumber, as_18, check_id_number
from enrollment.cover import cover_of, taken_off
from enrollment.models import Endorsement, Enrollment, IdCorrection
from enrollment.services.confirming import take_turns
from enrollment.services.member_sums import sum_up_members
from enrollment.services.progress import RosterGoneUp, refuse_on_the_way
from enrollment.services.staging import SEXES
from enrollment.services.stamping import content_of
from orgs.audit import record
from orgs.crypto import blind_index
from orgs.logs import without_numbers
from orgs.models import Role, User
from orgs.permissions import may
from orgs.scope import system_scope, visible
from orgs.versions import EditConflict

ACT = "roster.correct_id"
ELSEWHERE = "该证件暂不能在本乡镇登记，请联系区县主管部门处理"  # no word of another township's people


class CorrectionRefused(Exception):
    """The number stays as it is; the message says why and what to do."""


@dataclass(frozen=True)
class RightNumber:
    """The number as it should be, why it was wrong, and the paper that shows it."""

    text: str
    reason: str
    proof: str


@transaction.atomic
def correct_id(*, person: Enrollment, right: RightNumber, by: User, read_version: int) -> IdCorrection:
    """Give the enrolment its right number; `settings.ID_CORRECTED` brings along what counts by the old one.

    Its days of cover and its premium stay as they are; where they don't go with what an endorsement has ended under
    the right number, the correction is refused (`_refuse_ended`).

    Raises CorrectionRefused, EditConflict, or Enrollment.DoesNotExist for a row that isn't theirs.
    """
    number = _number(right)
    take_turns(person.edition_id)  # with imports, entries and undoings
    fresh = visible(Enrollment, by).select_for_update(of=("self",)).select_related("edition").get(pk=person.pk)
    if fresh.version != read_version:
        raise EditConflict(fresh)
    index = blind_index(as_18(number.value))
    _refuse(fresh, index, by)
    try:
        refuse_on_the_way(fresh.edition, fresh.township_id)
    except RosterGoneUp as gone:
        raise CorrectionRefused(str(gone)) from gone
    correction = _record_link(fresh, right, index, by)
    try:
        with transaction.atomic():
            _write(fresh, number, index)
            followed = {path: import_string(path)(correction=correction, by=by) for path in settings.ID_CORRECTED}
    except IntegrityError as error:
        raise CorrectionRefused("这个号码刚刚在别处登记，没有更正；请联系区县主管部门处理") from error
    sum_up_members(fresh.edition, [correction.old_index, index])
    record(ACT, by=by, target=fresh, reason=right.reason, claims=sum(followed.values()))
    return correction


def _number(right: RightNumber) -> IdNumber:
    number = check_id_number(right.text, today=timezone.localdate())
    if not isinstance(number, IdNumber):
        raise CorrectionRefused(f"{number.message}，{number.mend}")
    if right.reason not in IdCorrection.Reason.values:
        raise CorrectionRefused("请选择更正的原因")
    if not right.proof.strip():
        raise CorrectionRefused("请写明依据，如“户口簿第 3 页”“公安户籍证明”")
    return number


def _refuse(person: Enrollment, index: str, by: User) -> None:
    if not may(by, ACT):
        raise CorrectionRefused("您的角色不能更正身份证号")
    if person.removed_at is not None:
        raise CorrectionRefused("此人已减员，不能更正；请在他现在的名册上更正")
    if index == person.id_index:
        raise CorrectionRefused("与名册上现在的号码相同，不用更正")
    if by.role == Role.CLERK and person.claims.exists():  # type: ignore[attr-defined]
        raise CorrectionRefused("此人已报过案，更正会影响赔付；请写明情况，由区县主管部门更正")
    with system_scope("身份证号更正：核对新号码是否已在册"):
        others = Enrollment.objects.filter(edition=person.edition_id, id_index=index, removed_at__isnull=True)
        taken = others.exclude(pk=person.pk).values_list("pk", flat=True).first()
    if taken is None:
        return _refuse_ended(person, index, by)
    if visible(Enrollment, by).filter(pk=taken).exists():
        raise CorrectionRefused("名册上已有这个号码的人，请先核对是不是同一人；是同一人的，删去其中一条再更正")
    raise CorrectionRefused(ELSEWHERE)


def _refuse_ended(person: Enrollment, index: str, by: User) -> None:
    """A number that an endorsement has taken off a roster of the edition is no row's that would cover the person on
    days which the endorsement ended, or on days paid for already: days and premium are for the insurer to agree to.

    It may go to a row that an endorsement brought, from a day after that cover. And where it was taken off as the
    second row of one person, without a day of cover, to the row that stayed.
    """
    with system_scope("身份证号更正：核对新号码是否已批改减员"):
        went = taken_off(Enrollment.objects.filter(edition=person.edition_id, id_index=index)).select_related("edition")
        ended = [row for row in went.order_by("covered_to") if not _leaves_room(row, person)]
    if not ended:
        return
    if not visible(Enrollment, by).filter(pk=ended[-1].pk).exists():
        raise CorrectionRefused(ELSEWHERE)
    cover = cover_of(ended[-1])
    until = f"保障到 {cover.last} 止" if cover.first <= cover.last else "没有一天在保"
    raise CorrectionRefused(
        f"这个号码的参保已批改减员，{until}，更正不能恢复；请将这一条也办批改减员，"
        f"仍应参保的再按这个号码办批改增员，从 {cover.last + timedelta(days=1)} 起"
    )


def _leaves_room(gone: Enrollment, person: Enrollment) -> bool:
    """Whether the row's days, under the same number, neither overlap those of the one that is gone nor go on from
    where they were ended unseen by the insurer."""
    cover = cover_of(gone)
    if cover.first <= cover.last:
        return person.covered_from is not None and person.covered_from > cover.last
    removals = Endorsement.objects.filter(enrollment=gone, kind="remove", state="agreed")
    return person.covered_from is not None or removals.filter(reason=Endorsement.Reason.DUPLICATE).exists()


def _record_link(person: Enrollment, right: RightNumber, index: str, by: User) -> IdCorrection:
    return IdCorrection.objects.create(
        edition=person.edition,
        enrollment=person,
        region_path=person.region_path,
        insurer_id=person.insurer_id,
        name=person.name,
        old_number=person.id_number.reveal(),
        old_index=person.id_index,
        new_index=index,
        reason=right.reason,
        proof=without_numbers(right.proof.strip())[:120],
        made_by=by,
    )


def _write(person: Enrollment, number: IdNumber, index: str) -> None:
    person.id_number, person.id_index, person.id_kind = as_18(number.value), index, number.kind
    person.sex = SEXES[number.sex] or person.sex
    person.content = content_of(
        person.name, as_18(number.value), person.village_id, person.household, person.relation, person.group,
        person.address, person.phone.reveal(), person.bank, person.account.reveal(),
    )  # fmt: skip
    person.version += 1
    person.save(update_fields=["id_number", "id_index", "id_kind", "sex", "content", "version"])
