"""Objections that villagers raise against a list on the board; the township writes them down and answers them."""

from django.db import transaction

from enrollment.models import Enrollment, Objection, PublicNotice
from enrollment.services.objecting import (
    accept_explanation,
    explain_objection,
    raise_objection,
    remove_for_objection,
)
from enrollment.services.publishing import NoticeRefused
from enrollment.services.stepping import StepRefused
from orgs.models import User
from orgs.scope import visible


@transaction.atomic
def write_down_objection(*, notice: PublicNotice, head: int, reason: str, note: str, by: User) -> Objection:
    """Somebody said that a person does not belong on the list; `note` tells who said what. Raises NoticeRefused."""
    if notice.state != PublicNotice.State.POSTED:
        raise NoticeRefused(f"这份公示现在是“{notice.get_state_display()}”，不再登记异议；请看最新情况")
    if not note.strip():
        raise NoticeRefused("请写明是谁提的、怎么说的")
    people = visible(Enrollment, by).filter(edition=notice.edition, village=notice.village, removed_at__isnull=True)
    person = people.select_related("edition").filter(pk=head).first()
    if person is None:
        raise NoticeRefused("名单里没有这个人，可能刚减员；请看最新名单")
    try:
        return raise_objection(enrollment=person, step=Objection.Step.PUBLICITY, reason=reason, note=note, by=by)
    except StepRefused as refused:
        raise NoticeRefused(str(refused)) from refused


@transaction.atomic
def answer_villager(*, objection: Objection, upheld: bool, answer: str, by: User) -> Objection:
    """Take the person out, or let them stand with the reason. Raises NoticeRefused."""
    try:
        if upheld:
            return remove_for_objection(objection=objection, by=by)
        if objection.state == Objection.State.OPEN:
            objection = explain_objection(objection=objection, answer=answer, by=by)
        return accept_explanation(objection=objection, by=by)
    except StepRefused as refused:
        raise NoticeRefused(str(refused)) from refused
