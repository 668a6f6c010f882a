"""An ID number is put right: the person stays one, with their claims, limits and earlier years."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from calc.id_number import IdNumber, as_18, check_id_number
from enrollment.models import Enrollment, IdCorrection
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
        return
    if visible(Enrollment, by).filter(pk=taken).exists():
        raise CorrectionRefused("名册上已有这个号码的人，请先核对是不是同一人；是同一人的，删去其中一条再更正")
    raise CorrectionRefused("该证件暂不能在本乡镇登记，请联系区县主管部门处理")


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
