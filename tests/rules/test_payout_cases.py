"""Every worked payout of the notices comes out, with an explanation that adds up."""

from decimal import Decimal

import pytest

from schemes.rules.payout import quote
from schemes.rules.quoting import quote_document
from schemes.rules.refusal import FactsRefused
from tests.rules.editions import WANZHOU, cases, terms_of

WORKED = cases("payouts")
PAYING = [case for case in WORKED if "payable" in case]
REFUSED = [case for case in WORKED if "error" in case]
PLACES = {
    "wz-outpatient-visit-missing": "visit",
    "wz-inpatient-other-insurance-exceeds-expense": "paid_by.basic_medical",
    "wz-house-unknown-structure": "structure",
    "lc-peril-unknown-code": "peril",
}


def document_of(case):
    return {key: case[key] for key in ("facts", "paid_before", "edition_paid_before", "edition_state") if key in case}


@pytest.mark.parametrize("case", PAYING, ids=lambda case: case["id"])
def test_worked_payout(case):
    terms = terms_of(case["edition"])
    answer = quote_document(terms, case["coverage"], document_of(case))
    assert answer["payable"] == case["payable"]
    assert answer["steps"][-1]["op"] == "得"
    assert all(step["clause"] in terms.clauses for step in answer["steps"])
    assert bool(answer["reason"]) == (answer["payable"] == "0.00")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["id"])
def test_refused_facts(case):
    with pytest.raises(FactsRefused) as refused:
        quote_document(terms_of(case["edition"]), case["coverage"], document_of(case))
    assert [problem.where for problem in refused.value.problems] == [PLACES[case["id"]]]


def test_an_inpatient_ledger_reads_like_the_notice():
    facts = {
        "eligible_expense": "30000.00",
        "paid_by": {
            "basic_medical": "18000.00",
            "major_illness_insurance": "3000.00",
            "civil_affairs_aid": "2000.00",
            "poverty_medical_fund": "1000.00",
        },
    }
    result = quote(terms_of(WANZHOU), "major_illness_inpatient", facts)
    assert [(step.op, step.label, step.value, step.balance) for step in result.steps] == [
        ("", "单次住院合规医疗费用", "30,000.00", "30,000.00"),
        ("减", "基本医保报销", "−18,000.00", "12,000.00"),
        ("减", "大病保险报销", "−3,000.00", "9,000.00"),
        ("减", "民政医疗救助", "−2,000.00", "7,000.00"),
        ("判", "自己承担 7,000.00 ≥ 起付线 1,000.00，达到", "", "继续"),
        ("减", "贫困人口医疗救助基金", "−1,000.00", "6,000.00"),
        ("减", "个人自己承担 10% × 30,000.00", "−3,000.00", "3,000.00"),
        ("得", "应赔金额", "3,000.00", "3,000.00"),
    ]
    assert result.formula == ("30,000.00 − 18,000.00 − 3,000.00 − 2,000.00 − 1,000.00 − 10% × 30,000.00 ＝ 3,000.00")
    assert [reading.split("：")[0] for reading in result.interpretations] == ["单次", "起付线"]


@pytest.mark.parametrize(
    ("coverage", "facts", "reason"),
    [
        (
            "illness_death",
            {"event": "illness_death", "death_date": "2020-12-31"},
            "死亡日期 2020-12-31 不在保险期间",
        ),
        ("illness_death", {"event": "illness_death", "death_date": "2022-01-01"}, "不在保险期间"),
        ("illness_death", {"event": "accident_death"}, "不是因疾病身故"),
        ("accident_death_disability", {"event": "illness_death"}, "不是意外伤害造成的死亡或残疾"),
        (
            "rural_housing",
            {"cause": "other_cause", "structure": "adobe", "assessed_loss": "100.00"},
            "不是自然灾害或意外事故造成",
        ),
    ],
)
def test_an_event_that_is_not_covered_pays_nothing_and_says_why(coverage, facts, reason):
    result = quote(terms_of(WANZHOU), coverage, facts)
    assert (result.payable, result.covered) == (Decimal("0.00"), False)
    assert reason in result.reason
    assert result.reason in [step.label for step in result.steps]


def test_both_ends_of_the_period_are_inside():
    for day in ("2021-01-01", "2021-12-31"):
        result = quote(terms_of(WANZHOU), "illness_death", {"event": "illness_death", "death_date": day})
        assert result.payable == 1000


def test_a_used_up_limit_is_covered_and_says_so():
    paid = [{"coverage": "accident_medical", "amount": "5000.00"}]
    result = quote(terms_of(WANZHOU), "accident_medical", {"eligible_expense": "10.00"}, paid_before=paid)
    assert (result.payable, result.covered) == (Decimal("0.00"), True)
    assert result.reason == "意外医疗每人每年最高额 5,000.00 已用完"


def test_a_second_house_has_its_own_limit():
    facts = {"cause": "accident", "structure": "adobe", "assessed_loss": "30000.00", "house": "下院"}
    paid = [{"coverage": "rural_housing", "amount": "25000.00", "house": "上院"}]
    assert quote(terms_of(WANZHOU), "rural_housing", facts, paid_before=paid).payable == 25000
    same = [{**paid[0], "house": "下院"}]
    assert quote(terms_of(WANZHOU), "rural_housing", facts, paid_before=same).payable == 0


@pytest.mark.parametrize(
    ("grades", "payable"),
    [
        ((5, 8, 8), 30000),
        ((5, 5, 8), 35000),
        ((1, 1), 50000),
        ((8, 8, 8), 20000),
        ((10,), 5000),
        ((7, 9), 20000),
    ],
)
def test_several_items_of_one_accident(grades, payable):
    facts = {
        "event": "accident_disability",
        "same_accident": True,
        "disability_items": [{"grade": grade} for grade in grades],
    }
    assert quote(terms_of(WANZHOU), "accident_death_disability", facts).payable == payable


def test_a_share_below_the_fen_is_rounded_once_half_up():
    facts = {"visit": "severe_outpatient", "eligible_expense": "0.03"}
    result = quote(terms_of(WANZHOU), "chronic_outpatient", facts)
    assert (result.payable, result.steps[-2].balance) == (Decimal("0.02"), "0.024")
    assert result.steps[-1].note == "四舍五入到分"
