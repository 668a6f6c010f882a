from django.db import models

from orgs.scope import ScopedManager


class ScopedModel(models.Model):
    """A row that belongs to a region and, where one takes part, to an insurer.

    Both are stamped when the row is made. `objects` answers only under a scope and raises without one.
    """

    region_path = models.CharField(max_length=40, editable=False)
    insurer = models.ForeignKey(
        "orgs.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="承保机构",
    )

    objects = ScopedManager()
    scope_kind = "region_and_insurer"

    class Meta:
        abstract = True
