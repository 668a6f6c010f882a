"""修订: a dated change of a published edition, on the same way from draft to published as the edition itself."""

from datetime import date

from django.db import transaction
from django.db.models import Max

from orgs.audit import record
from orgs.models import User
from orgs.versions import EditConflict
from schemes.models import Amendment, DraftText, Edition
from schemes.services.documents import (
    EditionRefused,
    demand_passing,
    demand_real_figures,
    keep_document,
    mark_checked,
    mark_published,
    read_document,
    refuse_step,
    refuse_stranger,
    sha256_of,
)
from schemes.services.same_edition import broken_ties
from schemes.terms.model import EditionTerms


@transaction.atomic
def draft_amendment(
    *,
    edition: Edition,
    effective_from: date,
    reason: str,
    by: User | None,
    notice_title: str = "",
    notice_number: str = "",
) -> Amendment:
    """A draft that starts as a copy of the terms in force on the day."""
    edition = Edition.objects.select_for_update(of=("self",)).select_related("place").get(pk=edition.pk)
    refuse_stranger(by, "edition.draft", edition.place)
    if not edition.is_published:
        raise EditionRefused([f"{edition.title}还没有发布，请直接改草稿，不用修订"])
    amendment = Amendment(edition=edition, number=_next_number(edition), version=0)
    _describe(amendment, effective_from, reason, notice_title, notice_number)
    keep_document(amendment, edition.record_on(effective_from).document, by)
    amendment.save()
    _record("draft", amendment, by)
    return amendment


@transaction.atomic
def store_amendment(*, amendment: Amendment, document: str, by: User | None, read_version: int) -> Amendment:
    """Another document in a draft; the same one again changes nothing, any other has to be checked anew.

    Raises EditionRefused with every problem, EditConflict where it was changed since it was read.
    """
    amendment = _locked(amendment)
    refuse_stranger(by, "edition.draft", amendment.edition.place)
    refuse_step(amendment, "store", by, None)
    if amendment.sha256 == sha256_of(document):
        return amendment
    if amendment.version != read_version:
        raise EditConflict(amendment)
    terms, _place = read_document(document, _name_of(amendment))
    _demand_same_edition(amendment, terms, document)
    keep_document(amendment, document, by)
    amendment.save()
    _record("store", amendment, by)
    return amendment


@transaction.atomic
def describe_amendment(
    *,
    amendment: Amendment,
    effective_from: date,
    reason: str,
    by: User | None,
    read_version: int,
    notice_title: str = "",
    notice_number: str = "",
) -> Amendment:
    """Another day, reason or notice of a draft; it has to be checked anew."""
    amendment = _locked(amendment)
    refuse_stranger(by, "edition.draft", amendment.edition.place)
    refuse_step(amendment, "store", by, read_version)
    _describe(amendment, effective_from, reason, notice_title, notice_number)
    keep_document(amendment, amendment.document, by)
    amendment.save()
    _record("store", amendment, by)
    return amendment


@transaction.atomic
def check_amendment(*, amendment: Amendment, by: User | None, read_version: int | None = None) -> Amendment:
    """Check its document as that of an edition, and that it is still the same edition."""
    amendment = _locked(amendment)
    refuse_stranger(by, "edition.draft", amendment.edition.place)
    if amendment.state == Amendment.State.CHECKED:
        return amendment  # pressed twice
    refuse_step(amendment, "check", by, read_version)
    _demand_fit(amendment)
    mark_checked(amendment, by)
    amendment.save()
    _record("check", amendment, by)
    return amendment


@transaction.atomic
def publish_amendment(*, amendment: Amendment, by: User | None, read_version: int | None = None) -> Amendment:
    """Freeze it as a second person: events from its day on are computed with it. Pressed twice is once."""
    amendment = _locked(amendment)
    refuse_stranger(by, "edition.publish", amendment.edition.place)
    if amendment.is_published:
        return amendment
    refuse_step(amendment, "publish", by, read_version)
    _demand_free_day(amendment)
    terms = _demand_fit(amendment)
    demand_real_figures(terms)
    last_day = terms.period.range.last
    mark_published(amendment, by)
    amendment.save()
    DraftText.objects.filter(amendment=amendment, document=amendment.document).delete()  # nothing in it is lost
    Edition.objects.filter(pk=amendment.edition_id, last_day__lt=last_day).update(last_day=last_day)
    _record("publish", amendment, by)
    return amendment


def _locked(amendment: Amendment) -> Amendment:
    """The edition's row is locked first: amendments of one edition take turns."""
    edition = Edition.objects.select_for_update(of=("self",)).select_related("place").get(pk=amendment.edition_id)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    amendment.edition = edition
    return amendment


def _next_number(edition: Edition) -> int:
    return (edition.amendments.aggregate(last=Max("number"))["last"] or 0) + 1


def _describe(amendment: Amendment, effective_from: date, reason: str, notice_title: str, notice_number: str) -> None:
    if not reason.strip():
        raise EditionRefused(["请写明修订原因，例如“医疗限额由 5,000.00 元提高到 8,000.00 元”"])
    edition = amendment.edition
    if not edition.first_day < effective_from <= edition.last_day:
        raise EditionRefused(
            [f"修订自 {effective_from} 起，不在保险期间内（{edition.first_day} 次日至 {edition.last_day}），请核对日期"]
        )
    amendment.effective_from, amendment.reason = effective_from, reason.strip()[:200]
    amendment.notice_title, amendment.notice_number = notice_title.strip()[:120], notice_number.strip()[:60]


def _demand_free_day(amendment: Amendment) -> None:
    taken = amendment.edition.amendments.filter(state=Amendment.State.PUBLISHED)
    other = taken.filter(effective_from=amendment.effective_from).first()
    if other:
        raise EditionRefused(
            [f"第{other.number}次修订也自 {other.effective_from} 起；一天只能有一次修订，请改日期，或合并成一次"]
        )


def _demand_fit(amendment: Amendment) -> EditionTerms:
    terms = demand_passing(amendment.document, _name_of(amendment), amendment.edition.place)
    _demand_same_edition(amendment, terms, amendment.document)
    return terms


def _demand_same_edition(amendment: Amendment, terms: EditionTerms, document: str) -> None:
    broken = broken_ties(amendment.edition, terms, document, _name_of(amendment))
    if broken:
        raise EditionRefused([problem.sentence for problem in broken], broken)


def _name_of(amendment: Amendment) -> str:
    return f"{amendment.edition.code}-{amendment.number}.yaml"


def _record(action: str, amendment: Amendment, by: User | None) -> None:
    record(
        f"amendment.{action}",
        by=by,
        target=amendment,
        region_path=amendment.edition.place.path,
        sha256=amendment.sha256,
        effective_from=amendment.effective_from.isoformat(),
    )
