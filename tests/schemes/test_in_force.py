"""Whoever asks what would be paid is answered by the terms of the day that decides: on screen, by API, by command."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from schemes.models import Edition
from schemes.quote_lines import QuoteDesk
from tests.api.calling import program_of
from tests.cast import EDITION, Cast, read_edition
from tests.schemes.documents import RAISED, amended
from tests.schemes.test_amendments import ended  # noqa: F401 - a fixture

BEFORE, AFTER = "2021-06-30", "2021-07-01"
MUCH = {"eligible_expense": "9999.00", "paid_by": {}}


def asked(day: str = "", coverage: str = "accident_medical") -> dict[str, Any]:
    facts = MUCH | ({"accident_date": day} if day else {})
    return {"edition": EDITION, "coverage": coverage, "facts": facts}


def death(day: str) -> dict[str, Any]:
    return {"edition": EDITION, "coverage": "illness_death", "facts": {"event": "illness_death", "death_date": day}}


def by_desk(document: dict[str, Any], tmp_path) -> dict[str, Any]:
    return QuoteDesk().answer(json.dumps(document).encode())


def by_command(document: dict[str, Any], tmp_path) -> dict[str, Any]:
    file, out = tmp_path / "facts.json", StringIO()
    file.write_text(json.dumps({"facts": document["facts"]}))
    call_command("quote", EDITION, document["coverage"], "--facts", str(file), "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def raised(cast: Cast) -> Edition:
    """意外医疗 up to 8,000.00 from 1 July, 5,000.00 before."""
    amended(read_edition(), cast, *RAISED)
    return read_edition()


@pytest.mark.parametrize("ask", [by_desk, by_command])
@pytest.mark.parametrize(("day", "payable"), [(BEFORE, "5000.00"), (AFTER, "8000.00"), ("", "8000.00")])
def test_the_day_that_decides_chooses_the_terms(raised: Edition, ask, day: str, payable: str, tmp_path) -> None:
    """Without the day, those of today: the year is over, so the last ones."""
    assert ask(asked(day), tmp_path)["payable"] == payable


def test_until_it_takes_effect_a_case_without_its_day_goes_by_the_terms_of_today(
    raised: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    monkeypatch.setattr("schemes.in_force.timezone.localdate", lambda: date(2021, 6, 30))
    assert QuoteDesk().answer_to(asked())["payable"] == "5000.00"
    assert QuoteDesk().answer_to(asked(AFTER))["payable"] == "8000.00"


def test_the_api_answers_the_same_one_by_one_and_in_a_batch(raised: Edition, cast: Cast) -> None:
    program = program_of(cast.adjuster, cast.administrator)
    said = [program.post("quotes/", asked(day)).json()["payable"] for day in (BEFORE, AFTER)]
    batch = program.post("quotes/batch/", {"quotes": [asked(BEFORE), asked(AFTER), asked()]}).json()["answers"]
    assert said + [one["payable"] for one in batch] == ["5000.00", "8000.00", "5000.00", "8000.00", "8000.00"]


@pytest.mark.parametrize("odd", ["很久以前", "2021-02-30", 7, ["2021-06-30"], {}, None, True, "9" * 5000])
def test_a_day_that_is_none_is_refused_and_no_accident(raised: Edition, odd: Any) -> None:
    document = asked()
    document["facts"] = MUCH | {"accident_date": odd}
    answer = QuoteDesk().answer_to(document)
    assert "errors" in answer or answer["payable"] == "8000.00"


@pytest.mark.parametrize("facts", [None, [], "x", 1])
def test_facts_that_are_none_are_refused(raised: Edition, facts: Any) -> None:
    assert QuoteDesk().answer_to(asked() | {"facts": facts})["errors"]


def test_a_coverage_that_ended_is_quoted_for_the_days_before(cast: Cast, ended) -> None:  # noqa: F811
    assert QuoteDesk().answer_to(death(BEFORE))["payable"] == "1000.00"
    refused = QuoteDesk().answer_to(death(AFTER))["errors"]
    assert [(one["where"], "的条款里没有「疾病身故" in one["message"]) for one in refused] == [("death_date", True)]
    unknown = QuoteDesk().answer_to(asked(coverage="no-such"))["errors"]
    assert "没有保障责任「no-such」" in unknown[0]["message"]


# --- on screen -----------------------------------------------------------------------------------------------------
TRY = f"/editions/{EDITION}/try/"
ASKED = {"coverage": "accident_medical", "quote": "yes", "fact_eligible_expense": "9999"}


@pytest.mark.parametrize(
    ("day", "payable", "terms"),
    [
        ("2021年6月30日", "5,000.00", "按修订前的条款"),
        ("20210701", "8,000.00", "按第1次修订的条款（2021-07-01 起）"),
        ("", "8,000.00", "按第1次修订的条款"),
    ],
)
def test_the_page_says_by_which_terms(raised: Edition, cast: Cast, login, day: str, payable: str, terms: str) -> None:
    page = login(cast.clerk).get(
        TRY, {key: value for key, value in (ASKED | {"fact_accident_date": day}).items() if value}
    )
    text = page.content.decode()
    result = text.split('id="result"', 1)[1]
    assert (payable in result, terms in text) == (True, True)


def test_the_page_offers_what_ended_and_refuses_the_days_after(cast: Cast, ended, login) -> None:  # noqa: F811
    client = login(cast.clerk)
    query = {"coverage": "illness_death", "quote": "yes", "fact_event": "illness_death"}
    assert 'value="illness_death"' in client.get(TRY).content.decode()
    assert "人民币壹仟元整" in client.get(TRY, query | {"fact_death_date": BEFORE}).content.decode()
    late = client.get(TRY, query | {"fact_death_date": AFTER}).content.decode()
    assert 'id="id_fact_death_date-error"' in late
    assert "的条款里没有「疾病身故" in late


def test_an_example_is_computed_with_the_document_it_stands_in(raised: Edition, cast: Cast, login) -> None:
    client, examples = login(cast.clerk), raised.published_amendments[0].terms.examples
    for number, one in enumerate(examples, start=1):
        page = client.get(TRY, {"example": str(number)}).content.decode()
        assert "算出的也是这样" in page, one.name
