"""The life of an edition and of its amendments as screens show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from orgs.models import User
from orgs.permissions import may
from orgs.scope import visible
from schemes.models import Amendment, DraftText, Edition, TermsRecord
from schemes.trial_figures import MadeUp, blocking_trials, warning_trials
from schemes.workflow import MAIN_PATH, STATE


@dataclass(frozen=True)
class StepMark:
    name: str
    mark: str  # done, now or nothing
    detail: str


@dataclass(frozen=True)
class Lifecycle:
    """`waits`: why the person can't take the next step although their role could."""

    steps: tuple[StepMark, ...]
    may_check: bool
    may_publish: bool
    waits: str
    blocking: tuple[MadeUp, ...]
    warning: tuple[MadeUp, ...]


def lifecycle_of(record: TermsRecord, user: User) -> Lifecycle:
    """Where the record stands, and what this person may do about it."""
    drafts = may(user, "edition.draft")
    blocking = blocking_trials(record.terms) if drafts else ()
    stopped = bool(blocking) and not settings.TRIAL
    ready = record.state == record.State.CHECKED and may(user, "edition.publish") and not stopped
    own = record.drafted_by_id == user.pk
    return Lifecycle(
        steps=step_bar(record),
        may_check=record.state == record.State.DRAFT and drafts,
        may_publish=ready and not own,
        waits="条款是您起草的，发布要由另一位有权限的同事核对后办理" if ready and own else "",
        blocking=blocking,
        warning=warning_trials(record.terms) if drafts else (),
    )


def step_bar(record: TermsRecord) -> tuple[StepMark, ...]:
    """草稿 → 已检查 → 已发布（另一人）, each with who and when."""
    at = MAIN_PATH.index(record.state)
    who = {
        "draft": (record.drafted_at, record.drafted_by),
        "checked": (record.checked_at, record.checked_by),
        "published": (record.published_at, record.published_by),
    }
    return tuple(
        StepMark(_step_name(state), _mark(position, at), _detail(*who[state]) if position <= at else "")
        for position, state in enumerate(MAIN_PATH)
    )


def _step_name(state: str) -> str:
    return "已发布（另一人）" if state == "published" else STATE[state].name


def _mark(position: int, at: int) -> str:
    return "done" if position <= at else ("now" if position == at + 1 else "")


def _detail(when: datetime | None, by: User | None) -> str:
    if when is None:
        return ""
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M} {by.name if by else '系统'}"


def with_history(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Each with `superseded` (a later year of the scheme is published) and `amended` (how often)."""
    later = Edition.objects.filter(
        scheme=OuterRef("scheme"), state=Edition.State.PUBLISHED, first_day__gt=OuterRef("first_day")
    )
    amended = Count("amendments", filter=Q(amendments__state=Amendment.State.PUBLISHED))
    return editions.annotate(superseded=Exists(later), amended=amended)


def amendments_for(edition: Edition, user: User) -> QuerySet[Amendment]:
    """The published ones, and for who drafts, the drafts as well; without their documents."""
    amendments = edition.amendments.select_related("drafted_by", "checked_by", "published_by").defer("document")
    if not may(user, "edition.draft"):
        amendments = amendments.filter(state=Amendment.State.PUBLISHED)
    return amendments.order_by("number")


@dataclass(frozen=True)
class Links:
    """Where a page of terms leads, as far as the role goes. Codes are empty where there is nothing to lead to.

    `past`: whose claims a what-if would take, and what to compare with; `proposed`: how a what-if names these terms.
    """

    may_draft: bool
    proposed: str = ""
    past: str = ""
    before: str = ""


def links_of(record: TermsRecord, user: User) -> Links:
    """For an edition: last year's, or what it was copied from; for an amendment, its own edition."""
    drafts, tries = may(user, "edition.draft"), may(user, "edition.what_if")
    if isinstance(record, Amendment):
        return Links(drafts, f"{record.edition.code}~{record.number}" if tries else "", record.edition.code)
    before = _before(record, user)
    return Links(drafts, record.code if tries and before else "", before, before)


def _before(edition: Edition, user: User) -> str:
    """The code of what it was copied from, else of the scheme's latest published edition; empty where there is none."""
    seen = visible(Edition, user).exclude(pk=edition.pk)
    text = DraftText.objects.filter(place=edition.place_id, code=edition.code, amendment=None)
    source = seen.filter(pk__in=text.values("source")).values_list("code", flat=True).first()
    earlier = seen.filter(scheme=edition.scheme_id, state=Edition.State.PUBLISHED, first_day__lt=edition.first_day)
    return source or earlier.order_by("-first_day").values_list("code", flat=True).first() or ""


def history_context(edition: Edition, user: User) -> dict[str, Any]:
    """What the edition's page shows of its life."""
    return {
        "lifecycle": lifecycle_of(edition, user),
        "links": links_of(edition, user),
        "amendments": list(amendments_for(edition, user)),
        "may_amend": edition.is_published and may(user, "edition.draft"),
    }
