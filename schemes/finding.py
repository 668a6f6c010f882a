"""Editions and terms by what an operator writes: a code, or a document's file."""

from schemes.models import Edition
from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms
from schemes.terms.problems import Problem


class EditionUnknown(Exception):
    """No published edition has this code; the message names those that there are."""


class DocumentBroken(Exception):
    """The document doesn't pass the check; `problems` in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.sentence for problem in problems))


def published_edition(code: str) -> Edition:
    """The edition with its place; a draft is as good as none."""
    editions = Edition.objects.select_related("place", "scheme")
    edition = editions.filter(code=code).first()
    if edition is None:
        known = "、".join(_published_codes()) or "还没有，请先用 load_edition --publish 装入"
        raise EditionUnknown(f"没有年度方案“{code}”，已发布的有：{known}")
    if edition.state != Edition.State.PUBLISHED:
        raise EditionUnknown(f"年度方案“{code}”还是草稿，请先发布（load_edition --publish）")
    return edition


def _published_codes() -> list[str]:
    return list(Edition.objects.filter(state=Edition.State.PUBLISHED).values_list("code", flat=True))


def terms_in(document: str, name: str) -> EditionTerms:
    """The terms of a document that is not stored."""
    loaded = load_document(document, name)
    if loaded.terms is None:
        raise DocumentBroken(loaded.problems)
    return loaded.terms
