"""When an ID number on a roster is put right, the person's claims, payments and used limits go along."""

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from calc.id_number import IdNumber, check_id_number
from claims.history import COUNTED
from claims.models import Claim, ClaimStep, LimitUse, Payment
from claims.services.adjusting import LimitHeld, limits_of
from claims.workflow import STATE
from enrollment.models import Enrollment, IdCorrection
from enrollment.services.correcting import CorrectionRefused
from orgs.audit import record
from orgs.models import User
from orgs.scope import system_scope


@transaction.atomic
def follow_corrected_id(*, correction: IdCorrection, by: User) -> int:
    """Count under the new number what counted under the old one; how many claims.

    Settled amounts stay as they were paid. Raises CorrectionRefused where the new number has been paid for before and
    the two together would be too much: then the county has two persons, or one who was paid twice.
    """
    with system_scope("身份证号更正：此人的案件、赔付和限额用量改记到新号码"):
        person = Enrollment.objects.get(pk=correction.enrollment_id)
        # also of an earlier row of theirs in this edition, taken out and put on again under the wrong number
        same = Q(edition=correction.edition, id_index=correction.old_index, person_name=correction.name)
        theirs = Claim.objects.filter(Q(enrollment=person) | same).select_related("edition").order_by("pk")
        followed = [_follow(claim, person, by) for claim in theirs.select_for_update(of=("self",))]
        _move_payments(followed, correction)
    return len(followed)


def _follow(claim: Claim, person: Enrollment, by: User) -> Claim:
    before = limits_of(claim) if claim.state in COUNTED else []
    claim.id_number, claim.id_index = person.id_number.reveal(), person.id_index
    if claim.payee == Claim.Payee.INSURED:
        claim.payee_id_number = person.id_number.reveal()
    if STATE[claim.state].open and claim.state not in COUNTED:
        _tell_birth_date(claim)
    after = {held.code: held for held in limits_of(claim)} if before else {}
    for held in before:
        _move_use(claim, held, after[held.code])
    claim.version += 1
    claim.save(update_fields=["id_number", "id_index", "payee_id_number", "facts", "version"])
    _write_step(claim, by)
    return claim


def _tell_birth_date(claim: Claim) -> None:
    """Facts that the roster knows follow it while the claim is open; the approval computes once more anyway."""
    number = check_id_number(claim.id_number, today=timezone.localdate())
    if "birth_date" in claim.facts and isinstance(number, IdNumber) and number.birth_date:
        claim.facts = claim.facts | {"birth_date": number.birth_date.isoformat()}


def _move_use(claim: Claim, old: LimitHeld, new: LimitHeld) -> None:
    """From one holder's count to the other's; a limit that is counted by house or for everybody stays where it is."""
    if old.holder == new.holder:
        return
    uses = LimitUse.objects.filter(edition=claim.edition_id, limit=old.code)
    source = uses.select_for_update().get(holder=old.holder)
    target, _ = LimitUse.objects.get_or_create(
        edition=claim.edition,
        limit=old.code,
        holder=new.holder,
        defaults={
            "limit_fen": source.limit_fen,
            "region_path": claim.region_path,
            "insurer_id": claim.insurer_id,
        },
    )
    uses.filter(pk=target.pk, limit_fen__lt=source.limit_fen).update(limit_fen=source.limit_fen)
    uses.filter(pk=source.pk).update(used_fen=F("used_fen") - old.use)
    room = Q(used_fen__lte=F("limit_fen") - old.use)
    if not uses.filter(room, pk=target.pk).update(used_fen=F("used_fen") + old.use):
        raise CorrectionRefused(
            "新号码在本年度方案下已有赔付，两处合计超过限额，没有更正；请先核对是不是同一人重复参保，处理好案件再更正"
        )


def _move_payments(claims: list[Claim], correction: IdCorrection) -> None:
    try:
        with transaction.atomic():
            Payment.objects.filter(claim__in=claims).update(id_index=correction.new_index)
    except IntegrityError as error:
        raise CorrectionRefused("新号码已领过同一项只赔一次的待遇，没有更正；请先核对是不是同一人重复领取") from error


def _write_step(claim: Claim, by: User) -> None:
    """A line of the log that is no step of the workflow: it leads to no state."""
    ClaimStep.objects.create(
        claim=claim,
        region_path=claim.region_path,
        insurer_id=claim.insurer_id,
        action="correct_id",
        name="更正身份证号",
        from_state=claim.state,
        to_state="",
        by=by,
        by_name=f"{by.name}（{by.organization.short_name}）"[:80],
    )
    record("claim.correct_id", by=by, target=claim)
