"""Editions as data: the figures of the page, for those who see the page."""

import hashlib
import json

import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schemes.terms.present import figure_lines
from tests.api.calling import Program, another_edition, is_problem, program_of
from tests.cast import COUNTY, EDITION, Cast, read_edition


def test_the_list_names_the_editions_of_ones_place(cast: Cast) -> None:
    another_edition(cast, code="foreign-2021", foreign=True)
    answer = program_of(cast.clerk, cast.administrator).get("editions/").json()
    edition = read_edition()
    assert (answer["count"], answer["next"], answer["previous"]) == (1, None, None)
    assert answer["results"] == [
        {
            "code": EDITION, "title": edition.title, "scheme": {"code": edition.scheme.code, "name": edition.scheme.name},
            "place": {"code": COUNTY, "name": "万州区"}, "first_day": str(edition.first_day), "last_day": str(edition.last_day),
            "state": "published", "published_at": answer["results"][0]["published_at"], "sha256": edition.sha256,
        }
    ]  # fmt: skip


def test_pages_have_a_size_and_an_end(cast: Cast) -> None:
    for n in range(4):
        another_edition(cast, code=f"more-{n}")
    program = program_of(cast.clerk, cast.administrator)
    codes = []
    for page, size in ((1, 2), (2, 2), (3, 1)):
        answer = program.get(f"editions/?size=2&page={page}").json()
        assert (answer["count"], len(answer["results"])) == (5, size)
        codes += [line["code"] for line in answer["results"]]
    assert len(set(codes)) == 5
    assert len(program.get("editions/?size=100000").json()["results"]) == 5
    for odd in ("4", "0", "-1", "²", "9" * 5000, "x", "%00"):
        response = program.get(f"editions/?size=2&page={odd}")
        is_problem(response, 400 if odd == "%00" else 404)


def test_a_draft_is_for_those_who_may_draft(cast: Cast) -> None:
    another_edition(cast, code="draft-2022", draft=True)
    authority, clerk = (program_of(person, cast.administrator) for person in (cast.authority, cast.clerk))
    assert {line["code"] for line in authority.get("editions/").json()["results"]} == {EDITION, "draft-2022"}
    assert authority.get("editions/draft-2022/").status_code == 200
    assert {line["code"] for line in clerk.get("editions/").json()["results"]} == {EDITION}
    is_problem(clerk.get("editions/draft-2022/"), 404)
    is_problem(clerk.get("editions/draft-2022/document/"), 404)


def test_the_terms_are_those_of_the_page(cast: Cast) -> None:
    edition = read_edition()
    answer = program_of(cast.adjuster, cast.administrator).get(f"editions/{EDITION}/").json()
    assert answer["notice"]["number"] == edition.terms.notice.number
    assert answer["sha256"] == edition.sha256
    assert [coverage["code"] for coverage in answer["coverages"]] == list(edition.terms.coverages)
    for coverage in answer["coverages"]:
        lines = figure_lines(edition.terms, edition.terms.coverages[coverage["code"]])
        assert coverage["figures"] == [
            {"label": line.label, "text": line.text, "clause": line.clause, "trial": line.trial} for line in lines
        ]
        assert {listed["code"] for listed in coverage["facts"]} <= {fact["code"] for fact in answer["facts"]}
        assert set(coverage["limits"]) <= {limit["code"] for limit in answer["limits"]}
    assert len(answer["interpretations"]) == len(edition.terms.interpretations())


def test_every_township_has_its_insurer_or_is_told_to_take_no_part(cast: Cast) -> None:
    answer = program_of(cast.clerk, cast.administrator).get(f"editions/{EDITION}/").json()
    served = {town["name"]: insurer["name"] for insurer in answer["insurers"] for town in insurer["townships"]}
    rows = read_edition().assignments.select_related("township", "insurer")
    assert served == {row.township.name: row.insurer.name if row.insurer else "" for row in rows}


def test_the_document_is_the_one_that_was_published(cast: Cast) -> None:
    response = program_of(cast.clerk, cast.administrator).get(f"editions/{EDITION}/document/")
    assert response["Content-Type"] == "application/yaml; charset=utf-8"
    assert hashlib.sha256(response.content).hexdigest() == read_edition().sha256
    assert yaml.safe_load(response.content)["edition"]


def test_no_figure_is_a_float(cast: Cast) -> None:
    """0.1 as a float is not 10 %."""
    body = program_of(cast.clerk, cast.administrator).get(f"editions/{EDITION}/").content
    json.loads(body, parse_float=lambda text: (_ for _ in ()).throw(AssertionError(text)))


def test_more_editions_ask_no_more_questions(cast: Cast) -> None:
    program = program_of(cast.clerk, cast.administrator)
    program.get("editions/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert program.get("editions/").status_code == 200
        skipped = ("SAVEPOINT", "RELEASE", "SELECT set_config")
        return len([query for query in captured.captured_queries if not query["sql"].startswith(skipped)])

    few = asked()
    for n in range(5):
        another_edition(cast, code=f"more-{n}")
    assert (few, asked()) == (3, 3)  # the token with its account, the count, the rows


def test_the_page_for_people_has_nothing_inline(cast: Cast, login) -> None:
    client = login(cast.clerk)
    for path in ("", "editions/", f"editions/{EDITION}/", "quotes/"):
        response = client.get(f"/api/v1/{path}", headers={"Accept": "text/html,*/*;q=0.8"})
        page = response.content.decode()
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert not [
            word for word in ("<style", " style=", "<script>", "onclick", "http://", "https://") if word in page
        ]
    assert response.status_code == 405  # asked with GET, and the page offers the form
    assert 'name="json"' in page


def test_the_index_names_every_address(cast: Cast) -> None:
    answer = program_of(cast.finance, cast.administrator).get("").json()
    assert {(line["method"], line["path"]) for line in answer["endpoints"]} == {
        ("GET", "/api/v1/editions/"),
        ("GET", "/api/v1/editions/{code}/"),
        ("GET", "/api/v1/editions/{code}/document/"),
        ("POST", "/api/v1/quotes/"),
        ("POST", "/api/v1/quotes/batch/"),
    }


def test_nobody_in_particular_gets_nothing(db: None) -> None:
    for path in ("", "schema/", "editions/", f"editions/{EDITION}/", f"editions/{EDITION}/document/"):
        response = Program().get(path)
        is_problem(response, 401)
        assert response["WWW-Authenticate"].startswith("Bearer")
