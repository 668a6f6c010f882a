"""Schemes, their editions with frozen terms, dated amendments, and which insurer serves which township."""

from datetime import date
from functools import cached_property

from django.db import models
from django.db.models import F, Q

from schemes.terms.cache import kept_terms, terms_of_document
from schemes.terms.model import EditionTerms


class Scheme(models.Model):
    """A line of policy insurance that runs year after year in one place."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField("险种", max_length=60)
    place = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="schemes")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class TermsRecord(models.Model):
    """A document on its way from draft to published terms; the way stands in schemes/workflow.py.

    Published, its document and hash are frozen: triggers of the database refuse to change or delete them.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        CHECKED = "checked", "已检查"
        PUBLISHED = "published", "已发布"

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    drafted_at = models.DateTimeField(null=True)
    drafted_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @cached_property
    def terms(self) -> EditionTerms:
        """The parsed terms of this document."""
        return kept_terms(self.sha256) or terms_of_document(self.document, self.sha256)


class Edition(TermsRecord):
    """A scheme in one place for one period. The document is the terms; publishing freezes it with its hash."""

    code = models.SlugField("代码", max_length=60, unique=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="editions")
    place = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="editions")
    title = models.CharField("名称", max_length=80)
    first_day = models.DateField("起")
    last_day = models.DateField("止")  # an amendment may put it later, never earlier

    scope_kind = "place"

    class Meta:
        ordering = ["-first_day", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="edition_is_published_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def published_amendments(self) -> list["Amendment"]:
        """Latest first, without their documents, which are fetched only where this process has not read them."""
        published = self.amendments.filter(state=self.State.PUBLISHED)
        return list(published.defer("document").order_by("-effective_from"))

    def record_on(self, day: date) -> TermsRecord:
        """Whose document holds on a day: the latest amendment that has taken effect, else the edition itself."""
        in_force = (one for one in self.published_amendments if one.effective_from <= day)
        return next(in_force, self)

    def terms_on(self, day: date) -> EditionTerms:
        """The terms in force on a day."""
        return self.record_on(day).terms

    @property
    def last_record(self) -> TermsRecord:
        """Whose document holds at the end of the period: what next year begins with and is compared to."""
        return self.record_on(self.last_day)

    def versions(self) -> list[EditionTerms]:
        """All published terms of this edition, the latest first."""
        return [*(one.terms for one in self.published_amendments), self.terms]

    def terms_with_hash(self, sha256: str) -> EditionTerms:
        """The terms that a claim was adjusted with; KeyError where this edition never had them."""
        for one in [*self.published_amendments, self]:
            if one.sha256 == sha256:
                return one.terms
        raise KeyError(sha256)

    def hash_on(self, day: date) -> str:
        """The hash of the terms in force on a day."""
        return self.record_on(day).sha256


class Amendment(TermsRecord):
    """修订: a dated change of a published edition, as a full document that follows its terms."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField("第几次修订")
    effective_from = models.DateField("自何日起")
    reason = models.CharField("修订原因", max_length=200)
    notice_title = models.CharField("修订依据的文件", max_length=120, blank=True)
    notice_number = models.CharField("文号", max_length=60, blank=True)

    class Meta:
        ordering = ["edition_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="amendment_number_is_given_once"),
            models.UniqueConstraint(
                fields=["edition", "effective_from"],
                condition=Q(state="published"),
                name="one_amendment_takes_effect_a_day",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("drafted_by")),
                name="amendment_is_published_by_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition.title} 第{self.number}次修订"


class InsurerAssignment(models.Model):
    """承保分片: the insurer that serves a township in an edition; none means that the township takes no part."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="assignments")
    township = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="assignments")
    insurer = models.ForeignKey("orgs.Organization", on_delete=models.PROTECT, null=True, related_name="assignments")
    position = models.PositiveSmallIntegerField()
    clause = models.CharField(max_length=40)

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "township"], name="township_has_one_insurer_an_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.township} → {self.insurer}"


class EditionState(models.Model):
    """How an edition stands, on paper: a disaster that was declared, a level that was set. The latest record of a
    code counts, the former ones stay: triggers of the database refuse to change or delete them.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="states")
    code = models.CharField("情况", max_length=60)
    value = models.CharField("登记为", max_length=60)  # text as schemes/states.py writes it
    document_number = models.CharField("决定文号", max_length=80)
    decided_on = models.DateField("决定日期")
    reason = models.CharField("原因", max_length=200)
    recorded_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition_id", "id"]
        indexes = [models.Index(fields=["edition", "code", "-id"], name="edition_state_latest")]

    def __str__(self) -> str:
        return f"{self.edition} {self.code}"


class DraftText(models.Model):
    """起草稿: the document of an edition, or of an amendment's draft, while people write it, right or wrong."""

    place = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="draft_texts")
    code = models.CharField("代码", max_length=60, blank=True)  # as far as the document says one
    title = models.CharField("名称", max_length=120)
    document = models.TextField()
    source = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")  # 底稿
    amendment = models.OneToOneField(Amendment, on_delete=models.CASCADE, null=True, related_name="draft_text")
    problems = models.PositiveIntegerField("问题数", default=0)  # at the last save, examples included
    changed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    scope_kind = "drafts"

    class Meta:
        ordering = ["-changed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "code"],
                condition=~Q(code="") & Q(amendment__isnull=True),
                name="edition_has_one_draft_text_a_place",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DisabilityItem(models.Model):
    """An item of the disability scale JR/T 0083—2013; `code` is our running index inside a subsection (7.5-03)."""

    class Source(models.TextChoices):
        """How sure the row is; what is said of a doubtful one stands in schemes/disability.py."""

        OFFICIAL = "official", "已对照标准原件"
        TEXT = "S1", "标准全文抄本"
        TEXT_AND_MORE = "S1+S2", "标准全文抄本，另有转载佐证"
        ILLEGIBLE = "S1-ocr", "抄本字迹不清"
        INFERRED = "S1-infer", "抄本缺字，推定"
        ELSEWHERE = "S2only", "只见于转载"

    code = models.CharField("编号", max_length=12, unique=True)
    position = models.PositiveIntegerField(editable=False)
    category_code = models.PositiveSmallIntegerField("大类号")
    category = models.CharField("大类", max_length=40)
    subcategory_code = models.CharField("小类号", max_length=8)
    subcategory = models.CharField("小类", max_length=60)
    text = models.CharField("条文", max_length=200)
    grade = models.PositiveSmallIntegerField("等级")
    source = models.CharField("来源", max_length=10, choices=Source.choices)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=models.Q(grade__range=(1, 10)), name="disability_grade_is_1_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def doubtful(self) -> bool:
        """Whether the sources leave a doubt about its figure."""
        return self.source in {self.Source.ILLEGIBLE, self.Source.INFERRED, self.Source.ELSEWHERE}
