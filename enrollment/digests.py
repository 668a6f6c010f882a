"""What a part of a roster comes to: a digest of its people, and its sums. They change whenever a person on it does."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from calc.money import to_fen
from enrollment.models import Enrollment, VillageTotal
from schemes.rules.premium import Heads, person_premium_of, premium_of
from schemes.terms.model import EditionTerms

CHUNK = 5_000
SHOWN = 16  # characters of a digest that a form sends back


@dataclass(frozen=True, slots=True)
class Totals:
    """`premium_fen` None: the premium doesn't follow from the roster of one township alone."""

    persons: int
    households: int
    premium_fen: int | None


def village_digests(people: QuerySet[Enrollment]) -> dict[int, str]:
    """Village id → digest of its people in force, whoever they are."""
    rows = people.filter(removed_at__isnull=True).order_by("village_id", "id")
    hashes: dict[int, hashlib._Hash] = {}
    for village, pk, version, content in rows.values_list("village_id", "id", "version", "content").iterator(CHUNK):
        found = hashes.get(village) or hashes.setdefault(village, hashlib.sha256())
        found.update(f"{pk}:{version}:{content}\n".encode())
    return {village: found.hexdigest() for village, found in hashes.items()}


def township_digest(villages: dict[int, str]) -> str:
    """One digest over those of the villages."""
    return digest_of(f"{village}:{digest}" for village, digest in sorted(villages.items()))


def digest_of(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def totals_of(totals: QuerySet[VillageTotal], terms: EditionTerms) -> Totals:
    """The sums of these villages, with the premium that they come to."""
    found = totals.aggregate(persons=Sum("persons", default=0), households=Sum("households", default=0))
    persons, households = found["persons"], found["households"]
    premium = _premium(terms, Heads(persons=persons, households=households))
    return Totals(persons, households, None if premium is None else to_fen(premium))


def _premium(terms: EditionTerms, heads: Heads) -> Decimal | None:
    """None where rates differ by categories that a roster doesn't know, or a part is one sum or goes by units."""
    bases = {part.basis for part in terms.premium.parts}
    if terms.premium.categories or terms.premium.figures != "roster" or not bases <= {"person", "household"}:
        return None
    return person_premium_of(terms, heads) if bases == {"person"} else premium_of(terms, heads)
