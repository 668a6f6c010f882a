"""Bad facts are refused by name, all at once, never turned into a number."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemes.rules.payout import quote
from schemes.rules.premium import Heads, premium_of
from schemes.rules.quoting import quote_document, refusal_document
from schemes.rules.refusal import FactsRefused
from tests.rules.editions import WANZHOU, cases, terms_of

INPATIENT = {"eligible_expense": "5000.00", "paid_by": {"basic_medical": "4000.00"}}


def refusal(coverage, facts, **more):
    with pytest.raises(FactsRefused) as refused:
        quote(terms_of(WANZHOU), coverage, facts, **more)
    return {problem.where: problem.message for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("coverage", "facts", "where", "words"),
    [
        ("accident_medical", {"eligible_expense": "-1.00"}, "eligible_expense", "不能小于 0"),
        ("accident_medical", {"eligible_expense": 800}, "eligible_expense", "文字"),
        ("accident_medical", {"eligible_expense": 800.5}, "eligible_expense", "文字"),
        ("accident_medical", {"eligible_expense": "1.005"}, "eligible_expense", "两位小数"),
        ("accident_medical", {"eligible_expense": Decimal("NaN")}, "eligible_expense", "看不懂"),
        ("accident_medical", {"eligible_expense": Decimal("1E+30")}, "eligible_expense", "看不懂"),
        ("accident_medical", {"eligible_expense": ""}, "eligible_expense", "缺少"),
        ("accident_medical", {**INPATIENT, "paid_by": {"x": "1.00"}}, "paid_by.x", "基本医保报销"),
        ("accident_medical", {**INPATIENT, "paid_by": "4000.00"}, "paid_by", "分别写金额"),
        ("accident_medical", {**INPATIENT, "paid_by": {"basic_medical": "-1.00"}}, "paid_by.basic_medical", "不能小于"),
        (
            "accident_medical",
            {**INPATIENT, "paid_by": {"basic_medical": "3000.00", "civil_affairs_aid": "2000.01"}},
            "paid_by",
            "合计 5,000.01 大于",
        ),
        ("accident_medical", {**INPATIENT, "colour": "red"}, "colour", "不是本方案的事实"),
        ("accident_medical", {**INPATIENT, "accident_date": "2021-02-30"}, "accident_date", "不存在"),
        ("accident_medical", {**INPATIENT, "accident_date": 20210230}, "accident_date", "不存在"),
        (
            "major_illness_inpatient",
            {**INPATIENT, "admitted_on": "2021-08-11", "discharged_on": "2021-08-01"},
            "discharged_on",
            "出院日期 2021-08-01 早于入院日期 2021-08-11",
        ),
        ("illness_death", {"event": "unknown"}, "event", "没有「unknown」"),
        ("illness_death", {"event": ["illness_death"]}, "event", "没有"),
        ("illness_death", {}, "event", "缺少「出险类别」"),
        ("accident_death_disability", {"event": "accident_disability"}, "disability_items", "缺少「伤残项目」"),
        ("accident_death_disability", {"event": "accident_disability", "disability_grade": 11}, "disability_items[1]", "1 到 10"),
        ("accident_death_disability", {"event": "accident_disability", "disability_items": []}, "disability_items", "至少一项"),
        (
            "accident_death_disability",
            {"event": "accident_disability", "disability_items": [{"grade": 3}, {"grade": 4}]},
            "same_accident",
            "缺少",
        ),
        (
            "accident_death_disability",
            {"event": "accident_disability", "disability_items": [{"grade": 3}, {"grade": 4}], "same_accident": False},
            "same_accident",
            "分别报案",
        ),
        ("student_critical_illness", {"stay_number": "-1", "birth_date": date(2010, 1, 1)}, "stay_number", "不带小数"),
        ("student_critical_illness", {"in_school": "maybe"}, "in_school", "“是”或“否”"),
        ("unheard_of", {}, "coverage", "没有保障责任"),
    ],
)  # fmt: skip
def test_bad_fact(coverage, facts, where, words):
    assert words in refusal(coverage, facts)[where]


def test_all_problems_come_at_once():
    facts = {"cause": "x", "structure": "steel", "assessed_loss": "-1"}
    assert list(refusal("rural_housing", facts)) == ["cause", "structure", "assessed_loss"]


def test_a_claim_must_state_what_the_coverage_requires():
    missing = refusal("major_illness_inpatient", INPATIENT, complete=True)
    assert list(missing) == ["admitted_on", "discharged_on", "hospital"]
    assert missing["admitted_on"] == "缺少「入院日期」，请填写"
    death = {"event": "accident_death", "accident_date": "2021-05-01"}
    assert list(refusal("accident_death_disability", death, complete=True)) == ["death_date"]


def test_a_complete_claim_is_computed():
    facts = {
        **INPATIENT,
        "admitted_on": "2021-08-11",
        "discharged_on": "2021-08-26",
        "hospital": "（示例）医院",
    }
    assert quote(terms_of(WANZHOU), "major_illness_inpatient", facts, complete=True).payable == 500


def test_earlier_payments_are_checked_too():
    paid = [{"coverage": "nothing", "amount": "1.00"}, {"coverage": "accident_medical", "amount": 5}]
    assert list(refusal("accident_medical", INPATIENT, paid_before=paid)) == [
        "paid_before[1].coverage",
        "paid_before[2].amount",
    ]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"facts": []},
        {"facts": {}, "paid_before": {}},
        {"facts": {}, "edition_state": 1},
        {"facts": {}, "x": 1},
    ],
)
def test_a_document_of_another_shape_is_refused(document):
    with pytest.raises(FactsRefused) as refused:
        quote_document(terms_of(WANZHOU), "illness_death", document)
    assert refusal_document(refused.value)["errors"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_whatever_comes_in_is_computed_or_refused(data):
    terms = terms_of(WANZHOU)
    codes = st.sampled_from([*terms.facts, "disability_grade"])
    facts = data.draw(st.dictionaries(codes, JSON, max_size=6))
    coverage = data.draw(st.sampled_from(sorted(terms.coverages)))
    try:
        outcome = quote(terms, coverage, facts)
    except FactsRefused as refused:
        outcome = refused
    if isinstance(outcome, FactsRefused):
        assert all(problem.message for problem in outcome.problems)
    else:
        assert outcome.payable >= 0


def test_the_premium_of_the_roster():
    for row in cases("premiums")["roster_premium"]:
        if row["edition"] == WANZHOU:
            assert premium_of(terms_of(WANZHOU), Heads(persons=row["persons"])) == Decimal(row["premium"])
    with pytest.raises(ValueError, match="人数"):
        premium_of(terms_of(WANZHOU), Heads(persons=-1))
