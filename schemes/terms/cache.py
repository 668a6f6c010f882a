"""Parsed terms by the hash of their document: parsing takes longer than a thousand payouts."""

import hashlib
from collections import OrderedDict

from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms

MOST_KEPT = 64


class BrokenTerms(Exception):
    """A stored document that no longer reads: it passed the check when it was stored, so the code has changed."""


class ForgedTerms(Exception):
    """A stored document that is not the one that was hashed: somebody has changed it past the portal."""


_kept: OrderedDict[str, EditionTerms] = OrderedDict()


def kept_terms(sha256: str) -> EditionTerms | None:
    """The terms of a document that this process has read before; spares fetching the document."""
    return _kept.get(sha256)


def terms_of_document(document: str, sha256: str) -> EditionTerms:
    """The terms of a document that has passed the check. Its hash is verified when it is first read."""
    terms = _kept.get(sha256)
    if terms is None:
        terms = _kept[sha256] = _read(document, sha256)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return terms


def _read(document: str, sha256: str) -> EditionTerms:
    if hashlib.sha256(document.encode()).hexdigest() != sha256:
        raise ForgedTerms(f"条款与冻结时的校验码 {sha256[:8].upper()} 不符，数据库里的条款被改动过；请从备份恢复")
    loaded = load_document(document, sha256[:12], checked=True)
    if loaded.terms is None:
        raise BrokenTerms("；".join(problem.sentence for problem in loaded.problems))
    return loaded.terms
