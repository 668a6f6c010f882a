"""check_edition, load_edition, quote and due_date, as scripts see them."""

import json

import pytest

from schemes.models import Edition
from tests.commands.conftest import ANOTHER, WANZHOU
from tests.rules.editions import cases

DEATH = {"facts": {"event": "accident_death"}}
COVERAGE = "accident_death_disability"


def test_the_edition_at_hand_passes_with_its_examples(places, run):
    said = run("check_edition", WANZHOU)
    assert (said.code, said.document["errors"]) == (0, [])
    assert said.document["examples"]["failed"] == 0 < said.document["examples"]["run"]
    assert set(said.document) == {"edition", "coverages", "examples", "interpretations", "errors"}


def test_every_mistake_of_a_document_is_named(places, run, tmp_path):
    broken = tmp_path / "broken.yaml"
    text = WANZHOU.read_text(encoding="utf-8").replace('value: "130.00"', "value: 130").replace("响水镇、", "", 1)
    broken.write_text(text.replace("[高峰镇, ", "[乌有镇, "), encoding="utf-8")
    said = run("check_edition", broken)
    assert said.code == 1
    assert "premium.rate.value" in " ".join(said.errors)
    assert "broken.yaml 第" in said.err


def test_a_failing_example_keeps_a_document_out(another, run):
    another.write_text(
        another.read_text(encoding="utf-8").replace('payable: "10000.00"', 'payable: "10000.01"', 1),
        encoding="utf-8",
    )
    assert [run(command, another).code for command in ("check_edition", "load_edition")] == [1, 1]
    assert not Edition.objects.filter(code=ANOTHER).exists()


def test_load_keeps_a_draft_then_publishes_the_same(another, run):
    draft, published, again = (
        run("load_edition", another),
        run("load_edition", another, "--publish"),
        run("load_edition", another),
    )
    assert [said.document["state"] for said in (draft, published, again)] == [
        "draft",
        "published",
        "published",
    ]
    assert len({said.document["sha256"] for said in (draft, published, again)}) == 1


def test_a_file_that_is_not_there_is_refused_in_a_sentence(run, db):
    said = run("load_edition", "nowhere.yaml")
    assert (said.code, said.errors) == (1, ["nowhere.yaml"])
    assert "找不到文件" in said.err


@pytest.mark.parametrize("how", ["stored", "file"])
def test_a_quote_explains_itself(wanzhou, run, how):
    source = ["wanzhou-2021", COVERAGE] if how == "stored" else [COVERAGE, "--file", WANZHOU]
    said = run("quote", *source, stdin=json.dumps(DEATH))
    assert (said.code, said.document["payable"]) == (0, "50000.00")
    assert all({"label", "value", "clause"} <= step.keys() for step in said.document["steps"])


def test_facts_may_stand_in_a_yaml_file(wanzhou, run, tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("facts: {event: accident_disability, disability_grade: 3}\n", encoding="utf-8")
    assert run("quote", "wanzhou-2021", COVERAGE, "--facts", facts).document["payable"] == "40000.00"


def test_refusals_and_wrong_usage_differ(wanzhou, run):
    refused = run("quote", "wanzhou-2021", "chronic_outpatient", stdin='{"facts": {"eligible_expense": "800.00"}}')
    assert (refused.code, refused.errors) == (1, ["visit"])
    assert run("quote", "wanzhou-2021").code == 2
    assert run("quote", "--batch", "wanzhou-2021").code == 2
    assert run("quote", "wanzhou-2099", COVERAGE, stdin=json.dumps(DEATH)).errors == ["edition"]
    assert run("quote", "wanzhou-2021", COVERAGE, stdin="{[").code == 1
    assert run("quote", "wanzhou-2021", COVERAGE, stdin="3").code == 1


def test_a_batch_answers_each_line_in_order(wanzhou, run):
    worked = [case for case in cases("payouts") if case["edition"] == "wanzhou-2021"]
    keys = ("edition", "coverage", "facts", "paid_before", "edition_paid_before", "edition_state")
    lines = [json.dumps({key: case[key] for key in keys if key in case}, default=str) for case in worked]
    said = run("quote", "--batch", stdin="\n".join(lines), as_json=False)
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert [answer.get("payable") for answer in answers] == [case.get("payable") for case in worked]


def test_no_line_stops_a_batch(wanzhou, run):
    good = json.dumps({"edition": "wanzhou-2021", "coverage": COVERAGE, **DEATH})
    odd = ["", "{", "[]", "{}", '{"edition": 1}', '{"edition": "wanzhou-2021", "coverage": ["x"]}', "[" * 100_000,
           '{"edition": "wanzhou-2021", "coverage": "illness_death", "facts": {"event": "\\ud800"}}']  # fmt: skip
    said = run("quote", "--batch", stdin="\n".join([*odd, good]), as_json=False)
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert (said.code, len(answers)) == (0, len(odd) + 1)
    assert all(answer["errors"] for answer in answers[:-1])
    assert answers[-1]["payable"] == "50000.00"


def test_due_dates_of_the_cases(places, run):
    for case in cases("deadlines"):
        if "working_days" in case:
            said = run("due_date", case["start"], "--working-days", case["working_days"])
            assert said.document == {"due": str(case["due"]), "provisional": False}, case


def test_due_dates_beyond_the_calendar_are_provisional(places, run):
    assert run("due_date", "2030-01-01", "--working-days", 1).document["provisional"]
    assert run("due_date", "2001-01-01", "--working-days", 1).document["provisional"]
    assert run("due_date", "2016-02-30", "--working-days", 1).errors == ["START"]
    assert run("due_date", "9999-12-30", "--working-days", 9).code == 1
