"""What the page says of turns of phrase that notices use, computed by hand and held against what is paid."""

import copy

import pytest

from schemes.terms.check import check_document
from tests.docs.making import DEATH, MEDICAL, sample, steps_of
from tests.rules.documents import page, plain, written

FACTS = {
    "enjoyed": {"type": "yes_no"},
    "rainfall": {"type": "number"},
    "days_in": {"type": "count"},
    "admitted_on": {"type": "date"},
    "joined_on": {"type": "date"},
    "cause": {"type": "choice", "options": {"accident": "意外", "illness": "疾病"}},
    "disability_items": {"type": "disability"},
    "same_accident": {"type": "yes_no"},
}
CLAUSE = "五（二）"
EXPENSE = {"eligible_expense": "1100.00"}  # 100.00 deductible, 80%: 800.00


def span(start):
    """The code on the page that begins so, as values."""
    at = page().index(f"`{start}") + 1
    return plain(page()[at : page().index("`", at)])


def figure(value):
    return {"value": value, "clause": CLAUSE}


def edition(*asked):
    """The sample asking these facts too, without its examples."""
    document = sample()
    for code in asked:
        document["facts"][code] = {"label": code, "group": "事故", **FACTS[code]}
        document["coverages"][MEDICAL]["asks"].append({"fact": code, "required": False})
    document["examples"] = []
    return document


def pays(document, *examples):
    """Every example comes out as told: facts, what is paid and what was paid before."""
    document["examples"] = [
        {"name": f"例{at}", "coverage": MEDICAL, "facts": facts, "payable": payable, **more}
        for at, (facts, payable, more) in enumerate(examples, start=1)
    ]
    result = check_document(written(document), "x.yaml")
    told = [problem.sentence for problem in result.problems] + [one.message for one in result.failed]
    assert told == []
    assert result.run == len(examples)


def with_condition(start, *asked):
    document = edition(*asked)
    document["coverages"][MEDICAL]["covered_when"] = [span(start)]
    return document


def test_enjoyed_elsewhere():
    document = with_condition("{fact: enjoyed", "enjoyed")
    pays(document, ({**EXPENSE, "enjoyed": False}, "800.00", {}), ({**EXPENSE, "enjoyed": True}, "0.00", {}))


def test_three_times_a_year():
    document = edition()
    document["coverages"][MEDICAL] |= span('at_most_paid: {times: {value: "3"')
    before = [{"coverage": MEDICAL, "amount": "10.00"}] * 3
    pays(
        document,
        (EXPENSE, "800.00", {"paid_before": before[:2]}),
        (EXPENSE, "0.00", {"paid_before": before}),
    )


def test_a_waiting_period_that_accidents_do_not_wait_for():
    document = with_condition("{day: admitted_on", "admitted_on", "joined_on", "cause")

    def one(day, cause="illness"):
        return {**EXPENSE, "joined_on": "2024-05-01", "admitted_on": day, "cause": cause}

    pays(
        document,
        (one("2024-05-31"), "0.00", {}),  # the first day isn't counted: the 31st is the thirtieth
        (one("2024-06-01"), "800.00", {}),
        (one("2024-05-02", "accident"), "800.00", {}),
    )


def test_a_deductible_of_two_coverages():
    document = edition()
    outside = copy.deepcopy(document["coverages"][MEDICAL])
    document["coverages"]["outside"] = outside
    (step,) = span('- {deductible: {value: "100.00"')
    steps_of(document)[1] = {**step, "shared_with": ["outside"]}
    outside["pays"]["expense"]["steps"][1] = {**step, "shared_with": [MEDICAL]}
    before = {"coverage": "outside", "amount": "0.00", "deducted": "60.00", "same_accident": True}
    pays(
        document,
        (EXPENSE, "800.00", {}),
        (EXPENSE, "848.00", {"paid_before": [before]}),
        (EXPENSE, "800.00", {"paid_before": [{**before, "same_accident": False}]}),
    )


def test_a_rate_of_the_whole_or_of_the_balance():
    facts = {"eligible_expense": "1000.00", "paid_by": {"basic_medical": "500.00"}}
    for start, payable in (('less_own_share: {value: "10%", c', "400.00"), ('times: {value: "90%"', "450.00")):
        document = edition()
        steps_of(document)[1:] = [span(start)]
        pays(document, (facts, payable, {}))


def test_days_of_one_stay_and_of_the_year():
    document = edition("days_in")
    daily = {"label": "津贴", "days": "days_in", "amount": figure("30.00"), **span("at_most_days: {stay: {value")}
    document["coverages"][MEDICAL]["pays"] = {"daily": daily}
    document["coverages"][MEDICAL]["asks"] = ["accident_date", "days_in"]
    del document["facts"]["eligible_expense"], document["facts"]["paid_by"]
    before = {"coverage": MEDICAL, "amount": "2400.00"}
    pays(
        document,
        ({"days_in": 16}, "450.00", {}),
        ({"days_in": 16}, "300.00", {"paid_before": [before]}),  # 2400.00 stand for 80 days
        ({"days_in": 16}, "450.00", {"paid_before": [{**before, "days": 75}]}),
    )


def test_the_higher_of_two_coverages():
    document = edition()
    coverages = document["coverages"]
    for code, other in ((DEATH, MEDICAL), (MEDICAL, DEATH)):
        coverages[code]["settles"] = {"coverages": [other], "label": "另一项已赔", "clause": CLAUSE}
    before = {"coverage": DEATH, "amount": "500.00", "same_accident": True}
    pays(
        document,
        (EXPENSE, "300.00", {"paid_before": [before]}),
        (EXPENSE, "0.00", {"paid_before": [{**before, "amount": "900.00"}]}),
        (EXPENSE, "800.00", {"paid_before": [{**before, "same_accident": False}]}),
    )


def test_too_little_is_not_paid_out():
    document = edition()
    steps_of(document).append({"threshold": figure("100.00")})
    pays(document, ({"eligible_expense": "225.00"}, "100.00", {}), ({"eligible_expense": "224.99"}, "0.00", {}))


def test_a_floor_does_not_lift_nothing():
    document = edition()
    steps_of(document).append({"at_least": figure("50.00")})
    pays(document, ({"eligible_expense": "100.00"}, "0.00", {}), ({"eligible_expense": "101.00"}, "50.00", {}))


def test_what_is_capped_is_the_excess():
    document = edition("rainfall")
    quantity = {"fact": "rainfall", "above": figure("50"), "at_most": figure("30")}
    benefit = {"label": "降雨", "amount": figure("10.00"), "times": [quantity]}
    document["coverages"][MEDICAL] |= {"pays": {"per_unit": benefit}, "asks": ["accident_date", "rainfall"]}
    del document["facts"]["eligible_expense"], document["facts"]["paid_by"]
    pays(document, ({"rainfall": "79"}, "290.00", {}), ({"rainfall": "90"}, "300.00", {}))


def test_limits_of_everybody_count_what_is_written_there_alone():
    document = edition()
    document["limits"]["medical_maximum"]["per"] = "event"
    before = {"coverage": MEDICAL, "amount": "4500.00"}
    pays(
        document,
        (EXPENSE, "800.00", {"paid_before": [before]}),
        (EXPENSE, "500.00", {"edition_paid_before": [{**before, "same_event": True}]}),
    )


def test_a_limit_leaves_the_base_of_a_ratio_alone():
    document = edition("disability_items", "same_accident")
    grades = {str(grade): f"{110 - grade * 10}%" for grade in range(1, 11)}
    scale = {
        "label": "残疾",
        "items": "disability_items",
        "same_event": "same_accident",
        "sum_insured": figure("50000.00"),
        "several": "worst",
        "ratios": {"clause": CLAUSE, "grades": grades},
    }
    document["coverages"][MEDICAL] |= {
        "pays": {"scale": scale},
        "asks": ["accident_date", "disability_items", "same_accident"],
    }
    document["limits"]["medical_maximum"]["amount"] = figure("50000.00")
    del document["facts"]["eligible_expense"], document["facts"]["paid_by"]
    before = {"coverage": MEDICAL, "amount": "48000.00"}
    pays(
        document,
        ({"disability_grade": 10}, "5000.00", {}),
        ({"disability_grade": 10}, "2000.00", {"paid_before": [before]}),
    )


@pytest.mark.parametrize(("expense", "payable"), [("100.02", "0.02"), ("100.03", "0.02"), ("100.06", "0.05")])
def test_a_payment_is_rounded_once_half_up(expense, payable):
    document = edition()
    steps_of(document)[2]["times"]["value"] = "75%"  # 0.015, 0.0225, 0.045
    pays(document, ({"eligible_expense": expense}, payable, {}))


def test_a_hotline_may_be_announced_later():
    document = edition()
    document["insurers"][0] |= span("hotline: 待公布")
    pays(document, (EXPENSE, "800.00", {}))
