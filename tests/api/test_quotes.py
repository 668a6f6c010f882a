"""Quotes over HTTP: the command's answers, its refusals, and whatever else may be sent."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from orgs.models import AuditEvent
from schemes.api.views import MOST_QUOTES
from tests.api.calling import QUOTE, Program, another_edition, foreign_authority, is_problem, program_of
from tests.cast import EDITION, FACTS, Cast
from tests.ground import everything


@pytest.fixture
def program(cast: Cast) -> Program:
    return program_of(cast.adjuster, cast.administrator)


@pytest.mark.parametrize("coverage", FACTS)
def test_the_answer_is_that_of_the_command(coverage: str, program: Program, tmp_path) -> None:
    file = tmp_path / "facts.json"
    document = {"facts": FACTS[coverage], "paid_before": [], "edition_paid_before": []}
    file.write_text(json.dumps(document))
    out = StringIO()
    call_command("quote", EDITION, coverage, "--facts", str(file), "--json", stdout=out)
    response = program.post("quotes/", {"edition": EDITION, "coverage": coverage} | document)
    assert response.status_code == 200
    assert response.json() == json.loads(out.getvalue())


def test_what_was_paid_before_counts(program: Program) -> None:
    before = [{"coverage": "accident_medical", "amount": "4999.00"}]
    fresh, later = (program.post("quotes/", QUOTE | {"paid_before": paid}).json() for paid in ([], before))
    assert float(later["payable"]) < float(fresh["payable"])


def test_refused_facts_are_named_all_at_once(program: Program) -> None:
    facts = FACTS["accident_medical"] | {"eligible_expense": "很多", "no_such_fact": 1}
    said = is_problem(program.post("quotes/", QUOTE | {"facts": facts}), 422)
    assert {error["where"] for error in said["errors"]} >= {"eligible_expense", "no_such_fact"}


@pytest.mark.parametrize("document", [[], "x", 1, None, True, {}, {"edition": 1}, {"edition": EDITION}, {"edition": EDITION, "coverage": []}])  # fmt: skip
def test_what_is_no_quote_is_refused(document: Any, program: Program) -> None:
    said = is_problem(program.post("quotes/", document), 422)
    assert said["errors"]


def test_a_foreign_edition_is_as_unknown_as_none_and_as_a_draft(program: Program, cast: Cast) -> None:
    another_edition(cast, code="foreign-2021", foreign=True)
    another_edition(cast, code="draft-2022", draft=True)
    said = [
        is_problem(program.post("quotes/", QUOTE | {"edition": code}), 404) | {"trace": ""}
        for code in ("foreign-2021", "no-such-one", "draft-2022", "\0", "\ud800", "x" * 5000)
    ]
    assert all(one == said[0] for one in said)
    assert EDITION in said[0]["detail"]
    assert "foreign" not in json.dumps(said)
    elsewhere = program_of(foreign_authority(cast), cast.stranger)
    is_problem(elsewhere.post("quotes/", QUOTE), 404)
    assert elsewhere.post("quotes/", QUOTE | {"edition": "foreign-2021"}).status_code == 200


def test_a_batch_answers_in_order_whatever_stands_in_it(program: Program) -> None:
    wrong = [QUOTE | {"facts": {}}, 7, QUOTE | {"edition": "no-such-one"}, QUOTE | {"coverage": "none"}]
    answers = program.post("quotes/batch/", {"quotes": [QUOTE, *wrong, QUOTE]}).json()["answers"]
    one = program.post("quotes/", QUOTE).json()
    assert (answers[0], answers[-1], len(answers)) == (one, one, 6)
    assert all(set(answer) == {"errors"} and answer["errors"] for answer in answers[1:-1])


def test_a_batch_answers_like_the_command(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [{"edition": EDITION, "coverage": code, "facts": facts} for code, facts in FACTS.items()]
    documents.append(QUOTE | {"facts": {"eligible_expense": "x"}})
    lines = "\n".join(json.dumps(document) for document in documents).encode()
    monkeypatch.setattr("sys.stdin", type("In", (), {"buffer": lines.splitlines()}))
    out = StringIO()
    call_command("quote", "--batch", stdout=out)
    answers = program.post("quotes/batch/", {"quotes": documents}).json()["answers"]
    assert answers == [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_batch_has_a_most(program: Program) -> None:
    is_problem(program.post("quotes/batch/", {"quotes": [1] * (MOST_QUOTES + 1)}), 422)
    assert len(program.post("quotes/batch/", {"quotes": [1] * MOST_QUOTES}).json()["answers"]) == MOST_QUOTES
    assert program.post("quotes/batch/", {"quotes": []}).json() == {"answers": []}
    for odd in ({}, [], {"quotes": {}}, {"quotes": [], "more": 1}, None):
        is_problem(program.post("quotes/batch/", odd), 422)


def test_nothing_is_stored(program: Program) -> None:
    with everything():
        before = AuditEvent.objects.count()
    program.post("quotes/", QUOTE)
    with everything():
        assert AuditEvent.objects.count() == before


# --- a fuzz of shapes -------------------------------------------------------------------------------------------
LEAVES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**30, 0.1, "", "x", "\0", "\ud800", "１２", "-0", "NaN", "1e400", "2021-02-30", "9" * 400,
    [], {}, [[]], [{}], {"": ""}, {"\ud800": 1}, ["x"] * 50, {"amount": "x"},
)  # fmt: skip


def _bent(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The document with each of its parts, and of its facts, replaced by each odd value."""
    bent = [document | {key: leaf} for key in (*document, "paid_before", "edition_paid_before", "edition_state", "new") for leaf in LEAVES]  # fmt: skip
    for key, value in document["facts"].items():
        bent += [document | {"facts": document["facts"] | {key: leaf}} for leaf in LEAVES]
        if isinstance(value, dict):
            inner = [value | {name: leaf} for name in (*value, "no_such_payer") for leaf in LEAVES]
            bent += [document | {"facts": document["facts"] | {key: odd}} for odd in inner]
    entries = [{"coverage": leaf, "amount": leaf} for leaf in LEAVES] + [{"amount": leaf} for leaf in LEAVES]
    return bent + [document | {name: [entry]} for name in ("paid_before", "edition_paid_before") for entry in entries]


@pytest.mark.parametrize("coverage", FACTS)
def test_no_shape_breaks_it(coverage: str, program: Program) -> None:
    """Every odd document gets an answer of either shape; none a 500."""
    documents = _bent({"edition": EDITION, "coverage": coverage, "facts": FACTS[coverage]})
    for start in range(0, len(documents), MOST_QUOTES):
        some = documents[start : start + MOST_QUOTES]
        response = program.post("quotes/batch/", {"quotes": some})
        assert response.status_code == 200, response.content
        for document, answer in zip(some, response.json()["answers"], strict=True):
            fitting = set(answer) == {"errors"} or {"payable", "steps"} <= set(answer)
            assert fitting, (document, answer)
            assert "errors" not in answer or all(error["message"] for error in answer["errors"])


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"NaN", b'{"quotes": [Infinity]}', b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000, "'甲'".encode(),
     b'{"edition": "\xd8"}', b"\x00", b'{"quotes": [1e999, "\\ud800"]} x'],
)  # fmt: skip
@pytest.mark.parametrize("path", ["quotes/", "quotes/batch/"])
def test_what_is_no_json_is_refused(path: str, body: bytes, program: Program) -> None:
    is_problem(program.raw(path, body), 400)


def test_nothing_is_no_quote(program: Program) -> None:
    is_problem(program.raw("quotes/", b""), 415)
    empty = program.client.post("/api/v1/quotes/", CONTENT_TYPE="application/json", headers=program.headers)
    is_problem(empty, 400)


def test_numbers_without_end_are_no_accident(program: Program) -> None:
    answer = program.raw("quotes/batch/", b'{"quotes": [1e999, "\\ud800", {"edition": "\\ud800", "\\udfff": 1}]}')
    assert [set(one) for one in answer.json()["answers"]] == [{"errors"}] * 3
