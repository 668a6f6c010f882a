"""Editions stored and published. Published terms never change."""

import hashlib

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from orgs.audit import record
from orgs.models import Organization, Region, User
from orgs.services.regions import names_of
from schemes.models import Edition, InsurerAssignment, Scheme
from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms, Insurer
from schemes.terms.problems import Problem


class EditionRefused(Exception):
    """The document can't be stored or published as it is; every problem in sentences."""

    def __init__(self, sentences: list[str], problems: tuple[Problem, ...] = ()) -> None:
        self.sentences, self.problems = sentences, problems
        super().__init__("\n".join(sentences))


def townships_of(place: Region) -> dict[str, list[str]]:
    """Each region that an edition of this place serves, with its other names, for the check of a document."""
    return {names[0]: names[1:] for names in names_of(served_regions(place)).values()}


def served_regions(place: Region) -> QuerySet[Region]:
    """The townships of a county; the counties, zones among them, of a city or province."""
    level = Region.Level.TOWNSHIP if place.level == Region.Level.COUNTY else Region.Level.COUNTY
    return Region.objects.filter(path__startswith=place.path, level=level, active=True).order_by("path")


@transaction.atomic
def store_edition(*, document: str, name: str, by: User | None) -> Edition:
    """Keep a document that passes the check as a draft; the same document again changes nothing."""
    terms = _checked(document, name)
    sha256 = hashlib.sha256(document.encode()).hexdigest()
    edition = Edition.objects.select_for_update().filter(code=terms.code).first()
    if edition and edition.sha256 == sha256:
        return edition
    if edition and edition.state == Edition.State.PUBLISHED:
        raise EditionRefused([f"{terms.code} 已经发布，条款不能再改；政策有变动，请另立年度方案或修订"])
    edition = _write(edition, terms, document, sha256)
    _assign_insurers(edition, terms)
    record("edition.store", by=by, target=edition, region_path=edition.place.path, sha256=sha256)
    return edition


def _checked(document: str, name: str) -> EditionTerms:
    loaded = load_document(document, name)
    if loaded.terms is None:
        raise EditionRefused([problem.sentence for problem in loaded.problems], loaded.problems)
    place = Region.objects.filter(code=loaded.terms.place).first()
    if place is None:
        raise EditionRefused([f"{name}：行政区划里没有代码 {loaded.terms.place}，请先导入这个县的区划"])
    with_townships = load_document(document, name, townships_of(place))
    if with_townships.terms is None:
        raise EditionRefused([problem.sentence for problem in with_townships.problems], with_townships.problems)
    return with_townships.terms


def _write(edition: Edition | None, terms: EditionTerms, document: str, sha256: str) -> Edition:
    place = Region.objects.get(code=terms.place)
    scheme, _ = Scheme.objects.get_or_create(
        code=terms.scheme_code, defaults={"name": terms.scheme_name, "place": place}
    )
    edition = edition or Edition(code=terms.code)
    edition.scheme, edition.place, edition.title = scheme, place, terms.short_title
    edition.first_day, edition.last_day = terms.period.range.first, terms.period.range.last
    edition.document, edition.sha256 = document, sha256
    edition.__dict__.pop("terms", None)
    edition.version += 1
    edition.save()
    return edition


def _assign_insurers(edition: Edition, terms: EditionTerms) -> None:
    edition.assignments.all().delete()
    regions = list(served_regions(edition.place))
    by_name = {name: pk for pk, names in names_of(regions).items() for name in names}
    rows: list[tuple[int, Organization | None, str]] = []
    for insurer in terms.insurers:
        served = [by_name[name] for name in insurer.townships]
        if insurer.everywhere:
            served = [region.pk for region in regions if not _left_out(terms, region.pk, by_name)]
        organization = _organization(insurer, edition)
        rows += [(pk, organization, insurer.clause) for pk in served]
    left_out = terms.not_taking_part
    rows += [(by_name[name], None, left_out.clause) for name in (left_out.townships if left_out else ())]
    InsurerAssignment.objects.bulk_create(
        InsurerAssignment(edition=edition, township_id=township, insurer=insurer, clause=clause, position=position)
        for position, (township, insurer, clause) in enumerate(rows)
    )


def _left_out(terms: EditionTerms, region: int, by_name: dict[str, int]) -> bool:
    left_out = terms.not_taking_part
    return left_out is not None and region in [by_name[name] for name in left_out.townships]


def _organization(insurer: Insurer, edition: Edition) -> Organization:
    """The insurer's branch; EditionRefused where the name belongs to an organization that is not this place's own."""
    organization, _ = Organization.objects.get_or_create(
        name=insurer.name,
        defaults={
            "short_name": insurer.short_name,
            "kind": Organization.Kind.INSURER,
            "region": edition.place,
            "hotline": insurer.hotline,
        },
    )
    inside = edition.place.path.startswith(organization.region.path)
    if organization.kind != Organization.Kind.INSURER or not inside:
        raise EditionRefused(
            [f"机构“{insurer.name}”已登记在{organization.region.name}，不是本地的承保机构；请核对名称，或写到分支机构"]
        )
    return organization


@transaction.atomic
def publish_edition(*, edition: Edition, by: User | None) -> Edition:
    """Freeze the terms; from now on claims are computed with them."""
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.state == Edition.State.PUBLISHED:
        return edition
    edition.state, edition.published_at, edition.published_by = Edition.State.PUBLISHED, timezone.now(), by
    edition.version += 1
    edition.save(update_fields=["state", "published_at", "published_by", "version"])
    record("edition.publish", by=by, target=edition, region_path=edition.place.path, sha256=edition.sha256)
    return edition
