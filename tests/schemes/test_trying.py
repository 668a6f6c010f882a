"""试算: any coverage, any facts, the payout explained, an address that can be shared; nothing is kept."""

from copy import copy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.http import QueryDict

from schemes.models import Edition
from schemes.rules.quoting import quote_document, quote_of
from schemes.rules.refusal import FactProblem, FactsRefused
from schemes.services import store_edition
from schemes.services.documents import sha256_of
from schemes.terms.model import EditionTerms, Fact
from schemes.try_form import TryForm, query_of_example
from tests.cast import EDITION, Cast, read_edition
from tests.ground import everything
from tests.rules.editions import ROOT, terms_of

TRY = f"/editions/{EDITION}/try/"
EDITIONS = sorted(path.stem for path in Path(ROOT, "fixtures/editions").glob("*.yaml"))
EXAMPLES = [(edition, at) for edition in EDITIONS for at in range(len(terms_of(edition).examples))]
HOSPITAL = {
    "coverage": "major_illness_inpatient",
    "quote": "yes",
    "fact_eligible_expense": "30,000",
    "fact_paid_by__basic_medical": "18000",
    "fact_paid_by__major_illness_insurance": "3000",
    "fact_paid_by__civil_affairs_aid": "2000",
    "fact_paid_by__poverty_medical_fund": "１０００",
}
DEATH = {"coverage": "accident_death_disability", "quote": "yes", "fact_event": "accident_death"}


def page_of(client, query: dict[str, Any], address: str = TRY) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def form_of(query: dict[str, str]) -> TryForm:
    data = QueryDict(mutable=True)
    data.update(query)
    terms = terms_of(EDITION)
    return TryForm(data, terms=terms, coverage=terms.coverages[query["coverage"]])


@pytest.fixture
def draft(cast: Cast) -> Edition:
    with everything():
        document = read_edition().document.replace(f"code: {EDITION}", "code: wanzhou-draft")
        assert "wanzhou-draft" in document
        return store_edition(document=document, name="draft", by=cast.authority)


# --- what comes out -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("edition", "at"), EXAMPLES)
def test_every_example_comes_out_of_the_form_as_it_says(edition: str, at: int, db: None) -> None:
    terms = terms_of(edition)
    example = terms.examples[at]
    form = TryForm(query_of_example(example), terms=terms, coverage=terms.coverages[example.coverage])
    try:
        payable = quote_of(terms, example.coverage, form.document()).payable if form.is_valid() else None
    except FactsRefused as refused:
        form.add_refusals(refused.problems)
        payable = None
    assert payable == example.payable, form.errors
    if example.refused:
        assert form.has_error(f"fact_{example.refused.replace('.', '__')}"), form.errors


def test_the_payout_is_explained(cast: Cast, login) -> None:
    page = page_of(login(cast.clerk), HOSPITAL)
    for words in ("3,000.00", "人民币叁仟元整", "基本医保报销", "−18,000.00", "达到", "口径说明", "应赔金额=单次就诊"):
        assert words in page, words
    assert 'value="30,000"' in page, "what was typed stays"


def test_a_real_event_that_is_not_covered_says_why(cast: Cast, login) -> None:
    asked = {"coverage": "chronic_outpatient", "quote": "yes", "fact_visit": "ordinary_outpatient"}
    page = page_of(login(cast.clerk), asked | {"fact_eligible_expense": "800"})
    assert "不属于这项责任：" in page
    assert "除慢性病和重特大疾病外的其它门诊医疗费用不纳入赔付" in page
    assert "人民币零元整" in page


def test_answers_are_not_cut_down_to_what_is_covered(cast: Cast, login) -> None:
    page = page_of(login(cast.clerk), {"coverage": "illness_death"})
    assert '<option value="accident_death">意外身故</option>' in page


def test_refusals_stand_beside_their_fields_and_what_was_typed_stays(cast: Cast, login) -> None:
    wrong = {
        "fact_admitted_on": "2021-08-11",
        "fact_discharged_on": "2021-08-01",
        "fact_paid_by__basic_medical": "40000",
        "paid-1-coverage": "rural_housing",
    }
    page = page_of(login(cast.clerk), HOSPITAL | wrong)
    assert "还算不出" in page
    for field in ("fact_discharged_on", "fact_paid_by__basic_medical", "paid-1-amount"):
        assert f'id="id_{field}-error"' in page, field
        assert f'href="#id_{field}"' in page, field
    assert 'value="40000"' in page


def test_a_day_outside_the_period_and_a_broken_one(cast: Cast, login) -> None:
    client = login(cast.clerk)
    late = page_of(
        client,
        {"coverage": "illness_death", "quote": "yes", "fact_event": "illness_death", "fact_death_date": "2022年1月1日"},
    )
    assert "不属于这项责任" in late
    broken = page_of(client, {"coverage": "illness_death", "quote": "yes", "fact_death_date": "2021-02-30"})
    assert 'id="id_fact_death_date-error"' in broken


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_coverage_of_every_edition_can_be_asked(edition: str, db: None) -> None:
    terms = terms_of(edition)
    for coverage in terms.coverages.values():
        form = TryForm(None, terms=terms, coverage=coverage)
        asked = {asked.code for asked in coverage.asks}
        shown = {listed.code for listed in form.asked}
        left_out = {
            code for code in asked - shown if terms.facts[code].type != "text" and not terms.facts[code].sources
        }
        assert left_out == set(), coverage.code
        page = str(form)
        assert [name for name in form.fields if f'name="{name}' not in page] == [], coverage.code


# --- what is asked --------------------------------------------------------------------------------------------------
def test_what_the_roster_would_tell_is_asked_and_what_nobody_computes_with_is_not(cast: Cast, login) -> None:
    client = login(cast.clerk)
    assert "fact_birth_date" in page_of(client, {"coverage": "student_critical_illness"})
    hospital = page_of(client, {"coverage": "major_illness_inpatient"})
    assert "fact_hospital" not in hospital
    assert "fact_diagnosis" not in hospital
    assert "fact_house" in page_of(client, {"coverage": "rural_housing"}), "a limit per house reads it"


def test_a_text_in_the_address_is_asked_no_more_for_that(cast: Cast, login) -> None:
    page = page_of(login(cast.clerk), HOSPITAL | {"fact_hospital": "某某医院", "fact_no_such_fact": "某某"})
    assert "某某" not in page


def test_a_fact_of_another_coverage_that_the_address_names_is_asked_too() -> None:
    form = form_of(HOSPITAL | {"fact_in_school": "yes"})
    assert form.is_valid()
    assert form.document()["facts"]["in_school"] is True


def test_several_disability_items_say_which_counts(cast: Cast, login) -> None:
    items = {
        "fact_disability_items-0-item": "7.3-01",
        "fact_disability_items-3-grade": "4",
        "fact_same_accident": "yes",
    }
    page = page_of(login(cast.clerk), DEATH | items | {"fact_event": "accident_disability"})
    assert "按 3 级计：最重的 4 级有 2 处，晋一级" in page
    assert "40,000.00" in page


# --- earlier payments -----------------------------------------------------------------------------------------------
def test_earlier_payments_use_up_the_limit(cast: Cast, login) -> None:
    paid = {"paid-0-coverage": "accident_death_disability", "paid-0-amount": "40000", "paid-0-paid_on": "20210301"}
    assert "人民币壹万元整" in page_of(login(cast.clerk), DEATH | paid)
    assert "人民币伍万元整" in page_of(login(cast.clerk), DEATH)


def test_rows_of_payments_become_what_the_rules_take() -> None:
    rows = {
        "paid-2-coverage": "accident_medical",
        "paid-2-amount": "1,000",
        "paid-2-same_accident": "no",
        "paid-4-coverage": "rural_housing",
        "paid-4-amount": "20",
        "paid-4-paid_on": "2021.3.1",
        "paid-4-days": "25",
        "paid-4-of": "edition",
    }
    form = form_of(DEATH | rows)
    assert form.is_valid(), form.errors
    document = form.document()
    assert document["paid_before"] == [{"coverage": "accident_medical", "amount": "1000.00", "same_accident": False}]
    assert document["edition_paid_before"] == [
        {"coverage": "rural_housing", "amount": "20.00", "paid_on": "2021-03-01", "days": 25}
    ]
    assert len(list(form.paid_rows())) == 5


def test_an_example_with_payments_of_everybody_and_of_one_fills_both() -> None:
    own = {"coverage": "rural_housing", "amount": "5.00", "same_accident": False}
    everybody = {"coverage": "illness_death", "amount": "7.00", "days": 3}
    terms = terms_of(EDITION)
    given = {"facts": {}, "paid_before": [own], "edition_paid_before": [everybody]}
    example = type(terms.examples[0])("某例", "illness_death", given, None, "event")
    form = TryForm(query_of_example(example), terms=terms, coverage=terms.coverages["illness_death"])
    assert form.is_valid(), form.errors
    assert form.document()["paid_before"] == [own]
    assert form.document()["edition_paid_before"] == [everybody]


# --- how the edition stands -----------------------------------------------------------------------------------------
def with_states() -> EditionTerms:
    """Terms whose payouts go by the edition's state too."""
    texts = {"options": {}, "hint": "", "group": "", "unit": "", "not_before": ""}
    states = [
        Fact(code="premium_total", label="保费总额", type="money", **texts),
        Fact(code="major_disaster_declared", label="宣布为重大灾害", type="yes_no", **texts),
    ]
    terms = copy(terms_of(EDITION))
    object.__setattr__(terms, "state", {fact.code: fact for fact in states})
    return terms


def test_the_state_of_the_edition_is_asked_and_given_to_the_rules() -> None:
    terms = with_states()
    given = {"facts": {}, "edition_state": {"premium_total": "20000000.00", "major_disaster_declared": False}}
    example = type(terms.examples[0])("某例", "illness_death", given, None, "event")
    form = TryForm(query_of_example(example), terms=terms, coverage=terms.coverages["illness_death"])
    assert form.is_valid(), form.errors
    assert form.document()["edition_state"] == given["edition_state"]
    assert [bound.name for bound in form.states()] == ["state_premium_total", "state_major_disaster_declared"]
    form.add_refusals([FactProblem("edition_state.premium_total", "某句"), FactProblem("premium_total", "又一句")])
    assert form.errors["state_premium_total"] == ["某句", "又一句"]


# --- the address ----------------------------------------------------------------------------------------------------
def test_the_address_is_shared_without_what_was_left_empty(cast: Cast, login) -> None:
    client = login(cast.clerk)
    answer = client.get(TRY, HOSPITAL | {"fact_admitted_on": "", "paid-0-coverage": ""})
    assert answer.status_code == 302
    shared = urlsplit(answer["Location"])
    assert dict(parse_qsl(shared.query)) == HOSPITAL
    login(cast.auditor)
    assert "人民币叁仟元整" in page_of(client, dict(parse_qsl(shared.query)))


def test_an_example_fills_the_form_and_is_compared(cast: Cast, login) -> None:
    client = login(cast.clerk)
    page = page_of(client, {"example": "3"})
    assert "残疾赔过4万元后身故" in page
    assert 'value="40000.00"' in page
    assert "应赔 10,000.00 元，算出的也是这样" in page
    number = next(at for at, one in enumerate(terms_of(EDITION).examples, start=1) if one.refused == "structure")
    assert "应拒绝，算出的也是这样" in page_of(client, {"example": str(number)})


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"coverage": "no-such-coverage", "quote": "yes"},
        {"example": "0"},
        {"example": "999"},
        {"example": "²"},
        {"example": "-1"},
    ],
)
def test_an_odd_address_offers_the_coverages(query: dict[str, str], cast: Cast, login) -> None:
    page = page_of(login(cast.clerk), query)
    assert "请选择" in page
    assert 'id="try"' not in page


@pytest.mark.parametrize(
    "odd",
    [
        {"paid-99-amount": "1", "paid-0-__class__": "x"},
        {"fact_disability_items-99999999999-item": "7.3-01"},
        {"fact_disability_items-0-item": "'; DROP TABLE --" * 40},
        {"fact_eligible_expense": "999999999999999.99"},
        {"fact_eligible_expense": "NaN"},
        {"fact_stay_number": "9" * 30},
        {"fact_event": "<script>"},
        {"quote": "yes", "state_premium_total": "x"},
        {"fact_admitted_on": "9" * 500},
    ],
)
def test_hostile_addresses_are_answered(odd: dict[str, str], cast: Cast, login) -> None:
    for start in (HOSPITAL, DEATH):
        page = page_of(login(cast.clerk), start | odd)
        assert "<script>" not in page


# --- who may --------------------------------------------------------------------------------------------------------
def test_a_draft_is_tried_by_those_who_may_draft(draft: Edition, cast: Cast, login) -> None:
    address = f"/editions/{draft.code}/try/"
    assert "人民币叁仟元整" in page_of(login(cast.authority), HOSPITAL, address)
    assert login(cast.clerk).get(address, HOSPITAL).status_code == 404


def test_the_page_of_an_edition_leads_to_it(draft: Edition, cast: Cast, login) -> None:
    page = login(cast.clerk).get(f"/editions/{EDITION}/").content.decode()
    assert f'href="{TRY}"' in page
    assert f'href="{TRY}?coverage=rural_housing"' in page
    assert "/try/" not in login(cast.finance).get(f"/editions/{EDITION}/").content.decode()
    assert f"/editions/{draft.code}/try/" in login(cast.authority).get(f"/editions/{draft.code}/").content.decode()


def test_the_form_and_the_command_say_the_same() -> None:
    form = form_of(HOSPITAL)
    assert form.is_valid()
    assert quote_document(terms_of(EDITION), "major_illness_inpatient", form.document())["payable"] == "3000.00"


def test_a_document_that_no_longer_reads_is_told(draft: Edition, cast: Cast, login) -> None:
    with everything():
        Edition.objects.filter(pk=draft.pk).update(document="edition: broken", sha256=sha256_of("edition: broken"))
    page = page_of(login(cast.authority), HOSPITAL, f"/editions/{draft.code}/try/")
    assert "条款还有错误，改正后才能试算" in page
