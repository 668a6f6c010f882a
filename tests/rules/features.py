"""The made-up editions under tests/editions, one for each feature of the language, loaded once."""

from functools import cache
from pathlib import Path

from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms

FOLDER = Path(__file__).parent.parent / "editions"
FEATURES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def text_of(feature: str) -> str:
    return (FOLDER / f"{feature}.yaml").read_text(encoding="utf-8")


@cache
def terms_of(feature: str) -> EditionTerms:
    loaded = load_document(text_of(feature), f"{feature}.yaml")
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    return loaded.terms


def terms_but(feature: str, *changes: tuple[str, str]) -> EditionTerms:
    """The same edition with something put differently."""
    text = text_of(feature)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    loaded = load_document(text, f"{feature}.yaml")
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    return loaded.terms
