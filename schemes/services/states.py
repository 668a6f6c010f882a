"""Recording how an edition stands: a decision on paper, by the authority of its place."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from orgs.audit import record
from orgs.models import User
from schemes.models import Edition, EditionState
from schemes.rules.facts import read_facts
from schemes.rules.refusal import FactProblem
from schemes.services.documents import EditionRefused, refuse_stranger
from schemes.states import is_computed, text_of
from schemes.terms.model import Fact


@transaction.atomic
def record_state(
    *, edition: Edition, code: str, value: object, document_number: str, decided_on: date, reason: str, by: User
) -> EditionState:
    """Note what was decided; the former records stay. Pressed twice is once. Raises EditionRefused."""
    edition = Edition.objects.select_for_update(of=("self",)).select_related("place").get(pk=edition.pk)
    refuse_stranger(by, "edition.state", edition.place)
    fact = _declared(edition, code)
    _refuse_gaps(fact, value, document_number, decided_on, reason)
    given = {"value": text_of(value), "document_number": document_number.strip(), "decided_on": decided_on}
    latest = edition.states.filter(code=code).order_by("-id").first()
    if latest and all(getattr(latest, name) == what for name, what in given.items()):
        return latest
    made = EditionState.objects.create(edition=edition, code=code, reason=reason.strip(), recorded_by=by, **given)
    record(
        "edition.state", by=by, target=edition, region_path=edition.place.path, code=code, value=made.value,
        former=latest.value if latest else "", document=made.document_number, decided_on=f"{decided_on}",
        reason=made.reason,
    )  # fmt: skip
    return made


def _declared(edition: Edition, code: str) -> Fact:
    declared = edition.terms_on(timezone.localdate()).state
    if not edition.is_published:
        raise EditionRefused(["方案还没有发布，发布以后才能登记情况"])
    if code not in declared:
        raise EditionRefused([f"方案没有声明情况「{code}」，请在方案的 state 里写明后再登记"])
    if is_computed(code):
        raise EditionRefused([f"「{declared[code].label}」按已有的数字自动计算，不用登记"])
    return declared[code]


def _refuse_gaps(fact: Fact, value: object, document_number: str, decided_on: date, reason: str) -> None:
    problems: list[FactProblem] = []
    if fact.code not in read_facts({fact.code: fact}, {fact.code: value}, problems) and not problems:
        problems.append(FactProblem(fact.code, f"请填「{fact.label}」"))
    sentences = [problem.message for problem in problems]
    if not document_number.strip():
        sentences.append("请填决定文号；没有书面决定的不登记")
    if decided_on > timezone.localdate():
        sentences.append(f"决定日期 {decided_on} 还没有到，请填文件上的日期")
    if not reason.strip():
        sentences.append("请写明原因，例如何时何地的何种灾害")
    if sentences:
        raise EditionRefused(sentences)
