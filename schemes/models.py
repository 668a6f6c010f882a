"""Schemes, their editions with frozen terms, and which insurer serves which township."""

from functools import cached_property

from django.db import models

from schemes.terms.cache import terms_of_document
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


class Edition(models.Model):
    """A scheme in one place for one period. The document is the terms; publishing freezes it with its hash."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"

    code = models.SlugField("代码", max_length=60, unique=True)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="editions")
    place = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="editions")
    title = models.CharField("名称", max_length=80)
    first_day = models.DateField("起")
    last_day = models.DateField("止")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    scope_kind = "place"

    class Meta:
        ordering = ["-first_day", "code"]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def terms(self) -> EditionTerms:
        """The parsed terms of this document."""
        return terms_of_document(self.document, self.sha256)


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


class DraftText(models.Model):
    """起草稿: the document of an edition while people write it, whether it passes the check or not."""

    place = models.ForeignKey("orgs.Region", on_delete=models.PROTECT, related_name="draft_texts")
    code = models.CharField("代码", max_length=60, blank=True)  # as far as the document says one
    title = models.CharField("名称", max_length=120)
    document = models.TextField()
    source = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="+")  # 底稿
    problems = models.PositiveIntegerField("问题数", default=0)  # at the last save, examples included
    changed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    scope_kind = "drafts"

    class Meta:
        ordering = ["-changed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "code"], condition=~models.Q(code=""), name="edition_has_one_draft_text_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.title
