"""Parsed terms by the hash of their document: parsing takes longer than a thousand payouts."""

from functools import lru_cache

from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms


class BrokenTerms(Exception):
    """A stored document that no longer reads: it passed the check when it was stored, so the code has changed."""


_documents: dict[str, str] = {}


def terms_of_document(document: str, sha256: str) -> EditionTerms:
    """The terms of a document that has passed the check."""
    _documents[sha256] = document
    return _parsed(sha256)


@lru_cache(maxsize=64)
def _parsed(sha256: str) -> EditionTerms:
    loaded = load_document(_documents.pop(sha256), sha256[:12])
    if loaded.terms is None:
        raise BrokenTerms("；".join(problem.sentence for problem in loaded.problems))
    return loaded.terms
