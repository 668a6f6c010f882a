"""Published terms are frozen: the database refuses, the hash is verified, and a document of old reads as it read then."""

import hashlib
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError, connection, transaction

from schemes.models import Amendment, Edition
from schemes.rules.quoting import quote_of
from schemes.rules.refusal import FactsRefused
from schemes.terms.cache import ForgedTerms, terms_of_document
from schemes.terms.loader import load_document
from tests.cast import Cast, read_edition
from tests.schemes.documents import RAISED, amended, amendment_of, drafted

FROZEN = Path(__file__).parents[1] / "frozen"
DOCUMENTS = sorted(FROZEN.glob("*-????.yaml"))
NEVER = "published terms are never changed"


def refused(sql: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match=NEVER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("column", ["document", "sha256", "code", "title", "state"])
def test_a_published_edition_is_not_rewritten(cast: Cast, column: str) -> None:
    refused(f"UPDATE schemes_edition SET {column} = 'x' WHERE code = 'wanzhou-2021'")


def test_nor_moved_nor_shortened_nor_deleted(cast: Cast) -> None:
    refused(
        "UPDATE schemes_edition SET place_id = %s WHERE code = 'wanzhou-2021'", cast.stranger.organization.region_id
    )
    refused("UPDATE schemes_edition SET last_day = '2021-06-30' WHERE code = 'wanzhou-2021'")
    refused("UPDATE schemes_edition SET first_day = '2020-01-01' WHERE code = 'wanzhou-2021'")
    refused("DELETE FROM schemes_edition WHERE code = 'wanzhou-2021'")


@pytest.mark.parametrize("column", ["document", "sha256", "reason", "state"])
def test_nor_is_a_published_amendment(cast: Cast, column: str) -> None:
    amended(read_edition(), cast, *RAISED)
    refused(f"UPDATE schemes_amendment SET {column} = 'x'")
    refused("UPDATE schemes_amendment SET effective_from = '2021-01-02'")
    refused("DELETE FROM schemes_amendment")


def test_drafts_may_change_and_go(cast: Cast) -> None:
    draft, amendment = drafted(cast), amendment_of(read_edition(), cast, *RAISED)
    assert Edition.objects.filter(pk=draft.pk).update(title="别的名称") == 1
    assert Amendment.objects.filter(pk=amendment.pk).update(reason="别的原因") == 1
    amendment.delete()
    draft.delete()


def test_a_document_that_is_not_the_one_hashed_is_not_read() -> None:
    text = (FROZEN / "wanzhou-2021.yaml").read_text(encoding="utf-8")
    forged = text.replace('"50000.00"', '"90000.00"')
    with pytest.raises(ForgedTerms, match="校验码"):
        terms_of_document(forged, hashlib.sha256(b"never read in these tests" + text.encode()).hexdigest())


def results_of(path: Path) -> dict:
    return yaml.safe_load(path.with_suffix(".results.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_kept_documents_are_those_of_then(path: Path) -> None:
    assert hashlib.sha256(path.read_bytes()).hexdigest() == results_of(path)["sha256"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_document_ever_published_reads_and_pays_as_it_did(path: Path) -> None:
    loaded = load_document(path.read_text(encoding="utf-8"), path.name)
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    found = [{"example": one.name, "result": _result(loaded.terms, one)} for one in loaded.terms.examples]
    assert found == results_of(path)["results"]


def _result(terms, example) -> str:
    try:
        return f"{quote_of(terms, example.coverage, example.document).payable:.2f}"
    except FactsRefused as refused_:
        return "refused: " + "、".join(problem.where for problem in refused_.problems)


def test_there_is_something_frozen() -> None:
    assert [path.stem for path in DOCUMENTS] == ["wanzhou-2021"]
