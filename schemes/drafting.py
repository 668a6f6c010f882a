"""Writes of draft texts (起草稿): every save keeps what was typed, whether it passes the check or not."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from orgs.audit import record
from orgs.models import Region, User
from orgs.versions import EditConflict, save_versioned
from schemes.models import Amendment, DraftText, Edition
from schemes.services import EditionRefused, broken_ties, store_amendment, store_edition, townships_of
from schemes.terms.check import check_document
from schemes.terms.loader import load_document
from schemes.terms.outcomes import Outcome, outcomes_of
from schemes.terms.outline import NotReadable, outline
from schemes.terms.problems import Problem

NAME = "草稿"  # what the check calls the text
UNNAMED = "（还读不出名称）"
LONGEST = 1_000_000  # signs; the longest notice here makes 60,000


class DraftRefused(Exception):
    """The text can't be kept, or can't become an edition; every reason in sentences."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("；".join(sentences))


@dataclass(frozen=True)
class Findings:
    """What the check says of a text: problems by line, and examples that come out otherwise."""

    problems: tuple[Problem, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def misfits(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.fits)

    @property
    def count(self) -> int:
        return len(self.problems) + len(self.misfits)


def findings_of(document: str, place: Region, amendment: Amendment | None = None) -> Findings:
    """Every problem of a document for this county, and its examples where it reads.

    An amendment's document has to be that of its edition still.
    """
    loaded = load_document(document, NAME, townships_of(place))
    if loaded.terms is None:
        return Findings(loaded.problems, ())
    broken = broken_ties(amendment.edition, loaded.terms, document, NAME) if amendment else ()
    return Findings(broken, outcomes_of(loaded.terms))


@transaction.atomic
def start_draft(*, document: str, place: Region, by: User, source: Edition | None = None) -> DraftText:
    """A new text to work on. DraftRefused where its code is taken or is another place's."""
    document = clean(document)
    _refuse_foreign(place, by)
    draft = DraftText(place=place, source=source, changed_by=by)
    _describe(draft, document)
    _refuse_taken(draft)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        raise DraftRefused([_being_drafted(draft.code)]) from None
    record("edition.draft", by=by, target=draft, region_path=place.path, code=draft.code)
    return draft


@transaction.atomic
def open_amendment_text(*, amendment: Amendment, by: User) -> DraftText:
    """The text of an amendment's draft: the one that somebody began, or a new one with the document as stored."""
    place = amendment.edition.place
    _refuse_foreign(place, by)
    if amendment.is_published:
        raise DraftRefused([f"{amendment}已经发布，条款不能再改；还要改，请另起草一次修订"])
    begun = DraftText.objects.filter(amendment=amendment).first()
    if begun:
        return begun
    draft = DraftText(place=place, source=amendment.edition, amendment=amendment, changed_by=by)
    _describe(draft, amendment.document)
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:  # somebody began at the same moment
        return DraftText.objects.get(amendment=amendment)
    record("edition.draft", by=by, target=draft, region_path=place.path, code=draft.code, number=amendment.number)
    return draft


@transaction.atomic
def save_draft(*, draft: DraftText, document: str, by: User, read_version: int) -> DraftText:
    """Keep another text; EditConflict where somebody saved since it was read, and then nothing is written."""
    document = clean(document)
    _refuse_foreign(draft.place, by)
    if document == draft.document and draft.version == read_version:
        return draft
    draft.changed_by = by
    _describe(draft, document)
    fields = ["document", "code", "title", "problems", "changed_by_id", "changed_at"]
    draft.changed_at = timezone.now()
    try:
        with transaction.atomic():
            save_versioned(draft, read_version=read_version, fields=fields)
    except IntegrityError:
        raise DraftRefused([_being_drafted(draft.code)]) from None
    record("edition.draft", by=by, target=draft, region_path=draft.place.path, code=draft.code)
    return draft


@transaction.atomic
def store_draft(*, draft: DraftText, by: User, read_version: int, amendment_version: int = 0) -> Edition | Amendment:
    """The text as the draft of its edition or amendment, which a second person may publish.

    DraftRefused with every reason; EditConflict where the text, or the amendment, was changed since it was read.
    """
    _refuse_foreign(draft.place, by)
    locked = DraftText.objects.select_for_update().get(pk=draft.pk)
    if locked.version != read_version:
        raise EditConflict(locked)
    _refuse_other_place(locked)
    result = check_document(locked.document, NAME, townships_of(locked.place))
    if not result.passed:
        problems = [problem.sentence for problem in result.problems]
        raise DraftRefused(problems + [failed.message for failed in result.failed])
    try:
        if locked.amendment is None:
            return store_edition(document=locked.document, name=locked.code, by=by)
        return store_amendment(
            amendment=locked.amendment, document=locked.document, by=by, read_version=amendment_version
        )
    except EditionRefused as refused:
        raise DraftRefused(refused.sentences) from refused


@transaction.atomic
def drop_draft(*, draft: DraftText, by: User, read_version: int) -> None:
    """The text is thrown away; an edition that was stored from it stays."""
    _refuse_foreign(draft.place, by)
    deleted, _ = DraftText.objects.filter(pk=draft.pk, version=read_version).delete()
    if not deleted:
        raise EditConflict(DraftText.objects.get(pk=draft.pk))
    record("edition.draft_drop", by=by, label=draft.title, region_path=draft.place.path, code=draft.code)


def place_of(document: str, by: User) -> Region:
    """The place that a document names, where the person drafts for it; the person's own otherwise."""
    own = by.organization.region
    try:
        code = outline(document).text("edition.place")
    except NotReadable:
        return own
    return Region.objects.filter(code=code, path__startswith=own.path).first() or own


def clean(document: str) -> str:
    """One kind of line break, no byte order mark; DraftRefused where a text can't be kept."""
    document = document.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(document) > LONGEST:
        raise DraftRefused([f"文件有 {len(document):,} 个字符，最多 {LONGEST:,} 个。请核对是不是选错了文件"])
    if not document.strip():
        raise DraftRefused(["没有内容。请粘贴年度方案的文本，或选择 .yaml 文件"])
    if "\0" in document:
        raise DraftRefused(["文件里有看不见的控制字符，不像是文本文件。请核对是不是选错了文件"])
    return document


def _describe(draft: DraftText, document: str) -> None:
    """The text with what it says of itself, as far as that can be read."""
    draft.document = document
    try:
        found = outline(document)
        draft.code = found.text("edition.code").strip()[:60]
        draft.title = (found.text("edition.title") or found.text("edition.short_title"))[:120] or UNNAMED
    except NotReadable:
        draft.title = draft.title or UNNAMED
    if draft.amendment:
        draft.title = str(draft.amendment)[:120]
    draft.problems = findings_of(document, draft.place, draft.amendment).count


def _refuse_foreign(place: Region, by: User) -> None:
    if not place.path.startswith(by.organization.region.path):
        raise DraftRefused([f"{place.name}不在您的辖区，请由当地主管部门起草"])


def _refuse_taken(draft: DraftText) -> None:
    if not draft.code:
        return
    if DraftText.objects.filter(place=draft.place, code=draft.code).exists():
        raise DraftRefused([_being_drafted(draft.code)])
    edition = Edition.objects.filter(code=draft.code).select_related("place").first()
    if edition and edition.place_id != draft.place_id:
        raise DraftRefused([f"代码“{draft.code}”已有别处在用，请换一个"])
    if edition and edition.state == Edition.State.PUBLISHED:
        raise DraftRefused([f"“{draft.code}”已经发布，请换一个新代码"])


def _being_drafted(code: str) -> str:
    return f"代码“{code}”已有一份起草稿，请打开那一份，或换一个代码"


def _refuse_other_place(draft: DraftText) -> None:
    """What a document names as its place and code has to be this place's own."""
    try:
        found = outline(draft.document)
    except NotReadable as unreadable:
        raise DraftRefused([str(unreadable)]) from unreadable
    code = found.text("edition.place")
    if code != draft.place.code:
        raise DraftRefused([f"edition.place 写的是 {code}，应是{draft.place.name}的 {draft.place.code}。请改正"])
    taken = Edition.objects.filter(code=found.text("edition.code")).exclude(place=draft.place).exists()
    if taken:
        raise DraftRefused([f"代码“{draft.code}”已有别处在用，请换一个"])
