"""Editions stored as drafts, with the insurers of their townships."""

from django.db import transaction

from orgs.audit import record
from orgs.models import Organization, Region, User
from orgs.services.regions import names_of
from orgs.versions import EditConflict
from schemes.models import Edition, InsurerAssignment, Scheme
from schemes.services.documents import (
    EditionRefused,
    keep_document,
    read_document,
    refuse_stranger,
    served_regions,
    sha256_of,
)
from schemes.terms.model import EditionTerms, Insurer


@transaction.atomic
def store_edition(*, document: str, name: str, by: User | None, read_version: int | None = None) -> Edition:
    """Keep a document that reads as a draft; the same document again changes nothing.

    A draft that had been checked has to be checked anew. Raises EditionRefused, or EditConflict where
    `read_version` is told and somebody has stored it since.
    """
    terms, place = read_document(document, name)
    refuse_stranger(by, "edition.draft", place)
    edition = Edition.objects.select_for_update().filter(code=terms.code).first()
    if edition and by and not edition.place.path.startswith(by.organization.region.path):
        raise EditionRefused([f"{name} edition.code：代码“{terms.code}”已有别处在用，请换一个代码"])
    if edition and edition.sha256 == sha256_of(document):
        return edition
    if edition and edition.is_published:
        raise EditionRefused([f"{terms.code} 已经发布，条款不能再改；政策有变动，请另立年度方案或修订"])
    if edition and read_version is not None and edition.version != read_version:
        raise EditConflict(edition)
    edition = _write(edition, terms, place, document, by)
    _assign_insurers(edition, terms)
    record("edition.store", by=by, target=edition, region_path=edition.place.path, sha256=edition.sha256)
    return edition


def _write(edition: Edition | None, terms: EditionTerms, place: Region, document: str, by: User | None) -> Edition:
    scheme, _ = Scheme.objects.get_or_create(
        code=terms.scheme_code, defaults={"name": terms.scheme_name, "place": place}
    )
    edition = edition or Edition(code=terms.code)
    edition.scheme, edition.place, edition.title = scheme, place, terms.short_title
    edition.first_day, edition.last_day = terms.period.range.first, terms.period.range.last
    keep_document(edition, document, by)
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
