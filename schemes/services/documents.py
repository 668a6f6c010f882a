"""What editions and amendments have in common: a document that is read, kept, checked and frozen."""

import hashlib

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from orgs.models import Region, User
from orgs.permissions import may
from orgs.services.regions import names_of
from orgs.versions import EditConflict
from schemes.models import TermsRecord
from schemes.terms.check import check_document
from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms
from schemes.terms.problems import Problem
from schemes.trial_figures import MadeUp, blocking_trials
from schemes.workflow import STATE, TRANSITION, Transition


class EditionRefused(Exception):
    """The document can't be stored, checked or published as it is; every problem in sentences."""

    def __init__(self, sentences: list[str], problems: tuple[Problem, ...] = ()) -> None:
        self.sentences, self.problems = sentences, problems
        super().__init__("\n".join(sentences))


class TrialFiguresLeft(EditionRefused):
    """Made-up figures decide what is paid: not to be published outside trial mode."""

    def __init__(self, figures: tuple[MadeUp, ...]) -> None:
        self.figures = figures
        super().__init__([figure.sentence for figure in figures])


def townships_of(place: Region) -> dict[str, list[str]]:
    """Each region that an edition of this place serves, with its other names, for the check of a document."""
    return {names[0]: names[1:] for names in names_of(served_regions(place)).values()}


def served_regions(place: Region) -> QuerySet[Region]:
    """The townships of a county; the counties, zones among them, of a city or province."""
    level = Region.Level.TOWNSHIP if place.level == Region.Level.COUNTY else Region.Level.COUNTY
    return Region.objects.filter(path__startswith=place.path, level=level, active=True).order_by("path")


def sha256_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def read_document(document: str, name: str) -> tuple[EditionTerms, Region]:
    """The terms of a document that fits its county's townships, and the place; EditionRefused otherwise."""
    loaded = load_document(document, name)
    if loaded.terms is None:
        raise EditionRefused([problem.sentence for problem in loaded.problems], loaded.problems)
    place = Region.objects.filter(code=loaded.terms.place).first()
    if place is None:
        raise EditionRefused([f"{name}：行政区划里没有代码 {loaded.terms.place}，请先导入这个县的区划"])
    fitting = load_document(document, name, townships_of(place))
    if fitting.terms is None:
        raise EditionRefused([problem.sentence for problem in fitting.problems], fitting.problems)
    return fitting.terms, place


def keep_document(record: TermsRecord, document: str, by: User | None) -> None:
    """Another document in a draft: what was checked is no longer it. Saving is left to the caller."""
    record.document, record.sha256 = document, sha256_of(document)
    record.__dict__.pop("terms", None)
    record.state = TRANSITION["store"].target
    record.drafted_by, record.drafted_at = by, timezone.now()
    record.checked_by, record.checked_at = None, None
    record.version += 1


def mark_checked(record: TermsRecord, by: User | None) -> None:
    record.state = TRANSITION["check"].target
    record.checked_by, record.checked_at = by, timezone.now()
    record.version += 1


def mark_published(record: TermsRecord, by: User | None) -> None:
    record.state = TRANSITION["publish"].target
    record.published_by, record.published_at = by, timezone.now()
    record.version += 1


def demand_passing(document: str, name: str, place: Region) -> EditionTerms:
    """The terms; EditionRefused with every problem of the document and every example that comes out otherwise."""
    result = check_document(document, name, townships_of(place))
    if result.terms is None or not result.passed:
        sentences = [problem.sentence for problem in result.problems] + [failed.message for failed in result.failed]
        raise EditionRefused(sentences, result.problems)
    return result.terms


def demand_real_figures(terms: EditionTerms) -> None:
    """TrialFiguresLeft where a made-up figure decides what is paid and people are really insured."""
    figures = blocking_trials(terms)
    if figures and not settings.TRIAL:
        raise TrialFiguresLeft(figures)


def refuse_stranger(by: User | None, act: str, place: Region) -> None:
    """EditionRefused unless the person may do this at this place; nobody is the command line."""
    if by is not None and not (may(by, act) and place.path.startswith(by.organization.region.path)):
        raise EditionRefused([f"您的角色或辖区不能办理{place.name}的年度方案，请由当地主管部门办理"])


def refuse_step(record: TermsRecord, action: str, by: User | None, read_version: int | None) -> None:
    """EditionRefused where the workflow or the second-person rule forbids the step; EditConflict where it changed."""
    step = TRANSITION[action]
    checked_here = action == "publish" and by is None  # the command line has the check made in the same breath
    if record.state not in step.sources and not checked_here:
        raise EditionRefused([_not_now(step, record)])
    if read_version is not None and record.version != read_version:
        raise EditConflict(record)
    if step.another_person and by is not None and record.drafted_by_id == by.pk:
        raise EditionRefused([f"条款是您起草的，{step.name}要由另一个人；请另一位有权限的同事核对后{step.name}"])


def _not_now(step: Transition, record: TermsRecord) -> str:
    wanted = "、".join(f"“{STATE[source].name}”" for source in step.sources)
    return f"现在是“{STATE[record.state].name}”，{wanted}时才能{step.name}；可能别人刚改过，请先看最新的条款"
