"""What the language of terms can say beside what Wanzhou says: the same document with one thing put differently."""

from datetime import date

import pytest

from calc.dates import Due, WorkCalendar
from schemes.rules.deadlines import due_of
from schemes.rules.payout import quote
from schemes.rules.refusal import FactsRefused
from schemes.terms.loader import load_document
from schemes.terms.present import figure_lines
from tests.rules.editions import WANZHOU, terms_of, text_of

AGE = '        at_least: "3"\n        at_most: "22"\n'
ACCIDENT_LIMIT = "意外医疗每人每年最高额\n    per: person"


def wanzhou_but(old, new):
    assert old in text_of(WANZHOU)
    loaded = load_document(text_of(WANZHOU).replace(old, new), "x.yaml")
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    return loaded.terms


def test_a_deductible_is_taken_off():
    terms = wanzhou_but("          - threshold:\n", "          - deductible:\n")
    facts = {"eligible_expense": "5000.00", "paid_by": {"basic_medical": "2000.00"}}
    result = quote(terms, "major_illness_inpatient", facts)
    assert result.payable == 1500
    assert result.formula == "5,000.00 − 2,000.00 − 1,000.00 − 10% × 5,000.00 ＝ 1,500.00"
    assert figure_lines(terms, terms.coverages["major_illness_inpatient"])[0].label == "免赔额"


def test_a_sum_below_zero_pays_nothing_and_says_so():
    facts = {"eligible_expense": "12000.00", "paid_by": {"basic_medical": "10900.00"}}
    result = quote(terms_of(WANZHOU), "major_illness_inpatient", facts)
    assert result.payable == 0
    assert result.reason == "余额 −100.00，不足 0 按 0.00"
    assert result.formula.endswith("＝ −100.00，不足 0 按 0.00")


def test_a_limit_per_claim_forgets_earlier_payments():
    terms = wanzhou_but(ACCIDENT_LIMIT, ACCIDENT_LIMIT.replace("person", "claim"))
    paid = [{"coverage": "accident_medical", "amount": "5000.00"}]
    assert quote(terms, "accident_medical", {"eligible_expense": "6000.00"}, paid_before=paid).payable == 5000


def test_a_limit_of_the_whole_edition_counts_everybodys_payments():
    terms = wanzhou_but(ACCIDENT_LIMIT, ACCIDENT_LIMIT.replace("person", "edition"))
    paid = [{"coverage": "accident_medical", "amount": "4900.00"}]
    result = quote(terms, "accident_medical", {"eligible_expense": "600.00"}, edition_paid_before=paid)
    assert result.payable == 100


def test_a_limit_shared_by_name_counts_both_coverages():
    terms = wanzhou_but("limits: [accident_medical_maximum]", "limits: [accident_medical_maximum, accident_maximum]")
    paid = [{"coverage": "accident_death_disability", "amount": "49000.00"}]
    result = quote(terms, "accident_medical", {"eligible_expense": "6000.00"}, paid_before=paid)
    assert (result.payable, [step.op for step in result.steps].count("限")) == (1000, 2)
    assert result.formula == "6,000.00 × 100% ＝ 6,000.00，以 1,000.00 为限"


@pytest.mark.parametrize(
    ("bounds", "ages", "text"),
    [
        ('        above: "3"\n        below: "5"\n', [4], "大于 3 周岁、不满 5 周岁"),
        ('        at_least: "3"\n        below: "5"\n', [3, 4], "满 3 周岁、不满 5 周岁"),
        ('        above: "3"\n        at_most: "5"\n', [4, 5], "大于 3 周岁、不超过 5 周岁"),
        ('        at_most: "4"\n', [2, 3, 4], "不超过 4 周岁"),
    ],
)
def test_the_word_says_on_which_side_an_age_falls(bounds, ages, text):
    terms = wanzhou_but(AGE, bounds)
    facts = {"diagnosed_on": "2021-06-15", "in_school": True, "first_diagnosis": "是", "illness": "paralysis"}
    paying = [
        age
        for age in range(2, 7)
        if quote(terms, "student_critical_illness", {**facts, "birth_date": f"{2021 - age}-06-15"}).payable
    ]
    assert paying == ages
    assert figure_lines(terms, terms.coverages["student_critical_illness"])[1].text == text


def test_calendar_days_are_not_moved_from_a_day_off():
    terms = wanzhou_but("    until: paid\n    working_days:", "    until: paid\n    calendar_days:")
    calendar = WorkCalendar({}, known_until=date(2021, 12, 31))
    due = due_of(terms.deadlines["settlement"], date(2021, 9, 8), calendar)
    assert due == Due(date(2021, 9, 18), provisional=False)
    assert due_of(terms.deadlines["acceptance"], date(2021, 9, 10), calendar).day == date(2021, 9, 14)


def test_days_within_an_edition_must_follow_one_another():
    facts = {"event": "accident_death", "accident_date": "2021-05-02", "death_date": "2021-05-01"}
    with pytest.raises(FactsRefused, match="死亡日期 2021-05-01 早于事故日期 2021-05-02"):
        quote(terms_of(WANZHOU), "accident_death_disability", facts)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("when: {event: accident_death}}", "when: {hospital: accident_death}}", "不是已声明的选择项"),
        ("when: {event: accident_death}}", "when: {event: [accident_deaf]}}", "不是「出险类别」的选项"),
        ("papers: [death_certificate,", "papers: [death_certificate, death_certificate,", "列了两遍"),
        ("marks: [1000元]", "marks: 1000元", "写的不是列表"),
        ("    label: 疾病身故\n", "    label:\n", "没有写"),
        ("    label: 疾病身故\n", "    label: yes\n", '请改为 "yes"'),
        ("      adobe: {value", "      mud: {value", "不是「房屋结构」的选项"),
        ("    working_days:\n", "    weeks:\n", "时限天数没有写清"),
    ],
)
def test_more_mistakes(old, new, words):
    assert old in text_of(WANZHOU)
    problems = load_document(text_of(WANZHOU).replace(old, new, 1), "x.yaml").problems
    assert words in " ".join(problem.sentence for problem in problems)


def test_nesting_without_end_is_refused():
    assert "读不通" in load_document("[" * 5000, "x.yaml").problems[0].sentence
