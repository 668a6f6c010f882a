"""The premium of a roster."""

from decimal import Decimal

from schemes.terms.model import EditionTerms


def premium_of(terms: EditionTerms, persons: int) -> Decimal:
    """Rate × persons in yuan, exact; raises ValueError for a negative count."""
    if persons < 0:
        raise ValueError(f"参保人数 {persons} 不能小于 0，请核对名册")
    return terms.premium.rate.value * persons
