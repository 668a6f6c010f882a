"""The past edition's claims as a what-if reads them: in the order of their approval, a thousand at a time."""

from array import array
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import DateField, F, Max, OuterRef, Q, QuerySet, Subquery, Value

from claims.history import COUNTED
from claims.models import Claim, Payment
from orgs.models import User
from orgs.scope import acting, scope_of, visible
from schemes.models import Edition

CHUNK = 1_000
ORDERED_BY = {"counted": "approve", "denied": "deny"}


class PastClaim(NamedTuple):
    """What of a stored claim decides its payout, and that of later ones. `fen`: what it was paid; None or 0: denied.

    `paid_on` is None where it was approved and is not paid yet.
    """

    pk: int
    coverage: str
    township_id: int
    id_index: str
    household: str
    event_date: date
    fen: int | None
    facts: Mapping[str, Any]
    region_path: str = ""
    paid_on: date | None = None


FIELDS = (
    "pk", "coverage", "township_id", "id_index", "household", "event_date", "adjusted_fen", "facts", "region_path",
    "paid_on",
)  # fmt: skip


class PastClaims:
    """Claims of an edition that somebody sees. `which`: counted (approved, paid, closed), or denied with nothing due.

    `days_of_payment`: whether the terms ask on which day an earlier claim was paid; it costs a look-up for each.
    Only their keys are held; between two chunks no transaction stays open, so that the job's lease is seen to live.
    """

    def __init__(self, edition: Edition, by: User, which: str, *, days_of_payment: bool = False) -> None:
        self.edition, self.by, self.which, self.days_of_payment = edition, by, which, days_of_payment
        with acting(scope_of(by)):
            self.keys = array("q", self._keys().iterator())

    def __len__(self) -> int:
        return len(self.keys)

    def chunks(self) -> Iterator[list[PastClaim]]:
        """A claim that has left its state since the keys were read is left out."""
        for start in range(0, len(self.keys), CHUNK):
            keys = self.keys[start : start + CHUNK].tolist()
            with acting(scope_of(self.by)):
                rows = self._with_day_of_payment().filter(pk__in=keys).order_by().values_list(*FIELDS)
                found = {row[0]: PastClaim._make(row) for row in rows}
            yield [found[key] for key in keys if key in found]

    def _with_day_of_payment(self) -> QuerySet[Claim]:
        if not self.days_of_payment:
            return self._rows().annotate(paid_on=Value(None, DateField()))
        paid = visible(Payment, self.by).filter(claim=OuterRef("pk"), voided_at__isnull=True)
        return self._rows().annotate(paid_on=Subquery(paid.values("paid_on")[:1]))

    def _rows(self) -> QuerySet[Claim]:
        claims = visible(Claim, self.by).filter(edition=self.edition)
        if self.which == "counted":
            return claims.filter(state__in=COUNTED)
        return claims.filter(state="denied", adjusted_fen=0)

    def _keys(self) -> QuerySet[Claim]:
        """By their last approval (or denial): a claim whose approval was taken back came in anew."""
        step = Q(steps__action=ORDERED_BY[self.which])
        last = self._rows().order_by().values("pk").annotate(last=Max("steps__pk", filter=step))
        return last.order_by(F("last").asc(nulls_first=True), "pk").values_list("pk", flat=True)
