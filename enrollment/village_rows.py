"""The villages of a township as its page lists them: how many people, handed in, signed off, or changed since."""

from dataclasses import dataclass

from enrollment.digests import SHOWN, township_digest, village_digests
from enrollment.models import Enrollment, VillageReview, VillageTotal
from orgs.models import Region, User
from orgs.scope import visible
from schemes.models import Edition


@dataclass(frozen=True, slots=True)
class VillageRow:
    """`state`: empty (nobody on the roster), open, handed_in, signed, or lapsed (changed after it was signed)."""

    village: Region
    persons: int
    households: int
    state: str
    review: VillageReview | None
    digest: str


@dataclass(frozen=True, slots=True)
class Villages:
    rows: tuple[VillageRow, ...]
    digest: str  # of the township, as far as the person sees it
    persons: int
    households: int

    def n(self, *states: str) -> int:
        return sum(row.state in states for row in self.rows)

    @property
    def peopled(self) -> tuple[VillageRow, ...]:
        return tuple(row for row in self.rows if row.state != "empty")

    @property
    def empty(self) -> tuple[Region, ...]:
        return tuple(row.village for row in self.rows if row.state == "empty")

    @property
    def signed(self) -> int:
        return self.n("signed")

    @property
    def to_sign(self) -> int:
        return self.n("open", "handed_in", "lapsed")


def villages_of(edition: Edition, township: Region, user: User) -> Villages:
    """Every village of the township that the person sees, also those without people."""
    own = user.organization.region
    regions = Region.objects.filter(parent=township, level=Region.Level.VILLAGE)
    if own.level == Region.Level.VILLAGE:
        regions = regions.filter(pk=own.pk)
    totals = {one.village_id: one for one in visible(VillageTotal, user).filter(edition=edition, township=township)}
    reviews = visible(VillageReview, user).filter(edition=edition, township=township)
    kept = {one.village_id: one for one in reviews.select_related("signed_by", "handed_in_by")}
    digests = village_digests(visible(Enrollment, user).filter(edition=edition, township=township))
    rows = [
        _row(village, totals.get(village.pk), kept.get(village.pk), digests.get(village.pk, ""))
        for village in regions.order_by("path")
        if village.active or village.pk in totals
    ]
    return Villages(
        tuple(rows),
        township_digest(digests)[:SHOWN],
        sum(row.persons for row in rows),
        sum(row.households for row in rows),
    )


def _row(village: Region, total: VillageTotal | None, review: VillageReview | None, digest: str) -> VillageRow:
    state = "open" if digest else "empty"
    if digest and review is not None:
        if review.digest != digest:
            state = "lapsed" if review.signed_at else "open"
        elif review.signed_at or review.handed_in_at:
            state = "signed" if review.signed_at else "handed_in"
    persons, households = (total.persons, total.households) if total else (0, 0)
    return VillageRow(village, persons, households, state, review, digest[:SHOWN])
