"""Each feature of the language in a made-up edition: its examples come out, and what no example can say holds."""

import re
from datetime import date
from decimal import Decimal

import pytest

from schemes.rules.payout import quote
from schemes.rules.premium import Heads, HeadsRefused, carried_over, premium_of, premiums_by_region, pro_rata
from schemes.rules.quoting import quote_of
from schemes.rules.refusal import FactsRefused
from schemes.rules.shares import (
    NoShare,
    handling_of,
    payers_of,
    recoupment_of,
    shared_losses,
    vote_passes,
    working_fund_of,
)
from schemes.terms.check import check_document
from schemes.terms.present import figure_lines, premium_lines
from tests.rules.features import FEATURES, FOLDER, terms_but, terms_of, text_of


@pytest.mark.parametrize("feature", FEATURES)
def test_every_example_of_a_feature_comes_out(feature):
    result = check_document(text_of(feature), f"{feature}.yaml")
    assert [problem.sentence for problem in result.problems] == []
    assert [failed.message for failed in result.failed] == []
    assert result.run >= 3
    assert terms_of(feature).code == feature


@pytest.mark.parametrize("feature", FEATURES)
def test_every_step_of_an_explanation_cites_a_clause_and_ends_with_what_is_paid(feature):
    terms = terms_of(feature)
    for example in terms.examples:
        if example.payable is None:
            continue
        found = quote_of(terms, example.coverage, example.document)
        assert {step.clause for step in found.steps} <= set(terms.clauses)
        assert found.steps[-1].label == "应赔金额"
        assert found.steps[-1].value.replace(",", "") == str(found.payable) == str(example.payable)
        assert bool(found.reason) == (not found.payable)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_made_up_edition_says_that_it_is_made_up(feature):
    terms = terms_of(feature)
    assert "虚构" in terms.notice.title
    assert terms.notice.issuer.startswith("示例县")
    assert "虚构" in text_of(feature).splitlines()[0]


@pytest.mark.parametrize("feature", FEATURES)
def test_every_figure_can_be_shown_beside_its_clause(feature):
    terms = terms_of(feature)
    lines = [line for coverage in terms.coverages.values() for line in figure_lines(terms, coverage)]
    lines += premium_lines(terms.premium)
    assert all(line.text and line.label and line.clause in terms.clauses for line in lines)


def test_the_index_names_every_file():
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\(([\w-]+)\.yaml\)", index)) == FEATURES


# what is paid for the cover, and by whom


def test_shares_by_payer_add_up_to_the_fen():
    parts = payers_of(terms_of("shares-by-payer"), "示例县", Decimal("100.01"))
    assert parts == {"province": Decimal("40.01"), "county": Decimal("35.00"), "person": Decimal("25.00")}
    assert sum(parts.values()) == Decimal("100.01")


@pytest.mark.parametrize(
    ("region", "province", "county"),
    [("示例甲县", "80.00", "20.00"), ("示例丙县", "50.00", "50.00"), ("示例丁县", "0.00", "100.00")],
)
def test_shares_follow_the_class_of_the_county(region, province, county):
    parts = payers_of(terms_of("shares-by-class"), region, Decimal(100))
    assert parts == {"province": Decimal(province), "county": Decimal(county)}


def test_a_county_in_no_class_has_no_share():
    rest = '  - {label: 其他县区, clause: 二, regions: all, parts: {county: "100%"}}\n'
    with pytest.raises(NoShare, match="「示例丁县」没有出资比例"):
        payers_of(terms_but("shares-by-class", (rest, "")), "示例丁县", Decimal(100))


def test_premium_and_shares_by_category_of_person():
    terms = terms_of("shares-by-category")
    heads = Heads(persons=13, by_category={"ordinary": 10, "destitute": 3})
    assert premium_of(terms, heads) == 290  # 10 × 20 + 3 × 30
    parts = payers_of(terms, "示例县", Decimal(290), heads)
    assert parts == {"province": 140, "county": 100, "person": 50}  # 80 + 60, 70 + 30, 50
    with pytest.raises(HeadsRefused, match="各类人数相加是 13，与总人数 12 不符"):
        premium_of(terms, Heads(persons=12, by_category={"ordinary": 10, "destitute": 3}))


def test_premium_by_person_household_unit_and_lump_sum():
    terms = terms_of("premium-bases")
    assert premium_of(terms, Heads(persons=1000, households=300, units=20)) == 15000 + 2400 + 1000 + 10000
    regions = [Heads(persons=600, households=200, units=20), Heads(persons=400, households=100)]
    assert premiums_by_region(terms, regions) == (9000 + 1600 + 1000 + 6000, 6000 + 800 + 4000)
    assert [line.label for line in premium_lines(terms.premium)] == ["每人", "每户", "每份", "总价"]


def test_premium_on_the_census_of_a_reference_year():
    terms = terms_of("premium-census")
    assert (terms.premium.figures, terms.premium.figures_of) == ("census", "2023年末公安户籍人口数")
    assert premium_of(terms, Heads(persons=512_345)) == 1_024_690


@pytest.mark.parametrize(
    ("first", "last", "due"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "24.00"),
        (date(2025, 7, 1), date(2025, 12, 31), "12.00"),
        (date(2025, 7, 2), date(2025, 12, 31), "12.00"),  # six months begun
        (date(2025, 12, 31), date(2025, 12, 31), "2.00"),
        (date(2024, 1, 1), date(2025, 1, 31), "2.00"),
        (date(2026, 1, 1), date(2026, 1, 2), "0.00"),
    ],
)
def test_premium_pro_rata_by_months(first, last, due):
    assert pro_rata(terms_of("premium-pro-rata"), Decimal(24), first, last) == Decimal(due)


def test_premium_pro_rata_by_days():
    terms = terms_but("premium-pro-rata", ("pro_rata: months", "pro_rata: days"))
    assert pro_rata(terms, Decimal("36.50"), date(2025, 12, 30), date(2026, 3, 1)) == Decimal("0.20")
    assert pro_rata(terms, Decimal("36.50"), date(2025, 1, 1), date(2025, 12, 31)) == Decimal("36.50")


@pytest.mark.parametrize(
    ("premium", "balance", "due", "used", "left"),
    [("1000.00", "500.00", "600.00", "400.00", "100.00"), ("100.00", "500.00", "0.00", "100.00", "400.00"),
     ("1000.00", "0.00", "1000.00", "0.00", "0.00")],
)  # fmt: skip
def test_last_years_balance_is_carried_over(premium, balance, due, used, left):
    carried = carried_over(terms_of("premium-carry-over"), Decimal(premium), Decimal(balance))
    assert (carried.due, carried.used, carried.left) == (Decimal(due), Decimal(used), Decimal(left))


def test_age_bands_change_the_premium():
    terms = terms_of("age-bands")
    assert premium_of(terms, Heads(persons=6, by_category={"minor": 1, "adult": 2, "elder": 3})) == 10 + 40 + 45


# who bears the losses


@pytest.mark.parametrize(
    ("amount", "way"),
    [("9999.99", "lead_insurer_alone"), ("10000.00", "inform_coinsurers"), ("99999.99", "inform_coinsurers"),
     ("100000.00", "joint_meeting")],
)  # fmt: skip
def test_a_pool_handles_a_case_by_its_amount(amount, way):
    assert handling_of(terms_of("coinsurance-pool"), Decimal(amount)).way == way


def test_a_pool_shares_payouts_votes_and_a_working_fund():
    terms = terms_of("coinsurance-pool")
    assert recoupment_of(terms, Decimal("0.07")) == {
        "lead": Decimal("0.04"),
        "life": Decimal("0.02"),
        "farm": Decimal("0.01"),
    }
    assert not vote_passes(terms, Decimal("0.5"))
    assert vote_passes(terms, Decimal("0.51"))
    assert working_fund_of(terms, Decimal(106_000)) == 2000


def test_an_edition_without_a_pool_says_so():
    with pytest.raises(NoShare, match="没有共保体"):
        handling_of(terms_of("shares-by-payer"), Decimal(1))
    with pytest.raises(NoShare, match="没有风险分担"):
        shared_losses(terms_of("shares-by-payer"), Decimal(1), Decimal(1))


@pytest.mark.parametrize(
    ("losses", "insurer", "county"),
    [
        ("100.00", "100.00", "0.00"),
        ("100.01", "100.01", "0.00"),
        ("150.00", "125.00", "25.00"),
        ("200.00", "125.00", "75.00"),
    ],
)
def test_losses_are_shared_with_the_government_layer_by_layer(losses, insurer, county):
    layers = shared_losses(terms_of("risk-sharing"), Decimal(100), Decimal(losses))
    assert sum(layer.amount for layer in layers) == Decimal(losses)
    assert sum(layer.parts["insurer"] for layer in layers) == Decimal(insurer)
    assert sum(layer.parts["county"] for layer in layers) == Decimal(county)


# what an example can't say


def test_a_limit_that_is_a_multiple_says_how_it_was_reckoned():
    found = quote(terms_of("aggregate-times-premium"), "death", {}, edition_state={"total_premium": "100000.00"})
    assert [step.label for step in found.steps if step.op == "限"] == [
        "年度累计限额 1.5 × 总保费 100,000.00 ＝ 150,000.00"
    ]
    with pytest.raises(FactsRefused, match="缺少「总保费」"):
        quote(terms_of("aggregate-times-premium"), "death", {"happened_on": "2025-05-01"}, complete=True)


def test_what_a_claim_uses_is_told_for_the_next_one():
    found = quote(terms_of("progressive-ladder"), "yearly", {"expense": "9000.00"})
    assert (found.uses.deducted, found.uses.base) == (1000, 8000)
    stay = {"happened_on": "2025-03-01", "discharged_on": "2025-03-11"}
    assert quote(terms_of("daily-allowance"), "allowance", stay).uses.days == 7


def test_a_day_without_a_price_pays_nothing():
    terms = terms_but("daily-allowance", ('amount: {value: "50.00"', 'amount: {value: "0.00"'))
    stay = {"happened_on": "2025-03-01", "discharged_on": "2025-03-11"}
    before = [{"coverage": "allowance", "amount": "1.00"}]
    assert quote(terms, "allowance", stay, paid_before=before).payable == 0


def test_a_state_of_the_edition_may_choose_the_benefit():
    lump_sum = text_of("dated-amounts").split("    pays:\n")[1].split("    deadlines:")[0]
    by_level = (
        "      by: level\n      clause: 三\n      otherwise: 没有启动\n      cases:\n        major:\n          lump_sum:\n"
        '            {label: 意外身故, amount: {value: "700.00", clause: 三}}\n'
    )
    terms = terms_but(
        "dated-amounts",
        (lump_sum, by_level),
        (
            "facts:\n  happened_on",
            "state:\n  level: {label: 响应级别, type: choice, options: {major: 重大, none: 无}}\n\nfacts:\n  happened_on",
        ),
    )
    assert quote(terms, "death", {}, edition_state={"level": "major"}).payable == 700
    assert quote(terms, "death", {}, edition_state={"level": "none"}).reason == "响应级别：无，没有启动"
    with pytest.raises(FactsRefused, match="缺少「响应级别」"):
        quote(terms, "death", {})


def test_a_renewed_cover_says_why_the_waiting_period_does_not_count():
    facts = {"joined_on": "2025-01-01", "happened_on": "2025-01-02", "renewed": True}
    labels = [step.label for step in quote(terms_of("waiting-period"), "illness", facts).steps]
    assert "续保：是，不适用：在等待期之内" in labels


def test_advances_and_their_settlement_come_to_what_was_due():
    terms = terms_of("advances")
    advance = quote(terms, "advance", {}).payable
    before = [{"coverage": "advance", "amount": str(advance), "same_accident": True}]
    for expense, whole in (("40000.00", 40000), ("100000.00", 100_000), ("250000.00", 100_000)):
        assert advance + quote(terms, "settlement", {"expense": expense}, paid_before=before).payable == whole


def test_a_house_that_is_not_named_is_the_same_house():
    facts = {"area": "100", "rooms": 2}
    terms = terms_of("housing-units")
    other = [{"coverage": "shed", "amount": "800.00", "house": "上院"}]
    assert quote(terms, "shed", facts, paid_before=other).payable == 0


def test_a_roster_takes_its_steps_in_the_order_of_the_notice():
    steps = terms_of("roster-steps").roster_steps
    assert steps.order == ("review", "police", "collate", "underwrite")
    assert [steps.of(one).due for one in steps.order] == [
        date(2024, 12, 10),
        date(2024, 12, 15),
        None,
        date(2024, 12, 31),
    ]
    assert steps.of("collate").interpretation.title == "汇总期限"
    assert (steps.publicity.days.value, steps.publicity.clause) == (5, "五")
    assert terms_of("waiting-period").roster_steps is None


def test_made_up_days_of_publicity_do_not_keep_an_edition_from_being_published():
    trial = ('days: {value: "5", clause: 五}', 'days: {value: "5", clause: 五, trial: true}')
    terms = terms_but("roster-steps", trial)
    assert [one.where for one in terms.trials] == ["roster_steps.publicity.days"]
    assert terms.blocking_trials() == ()
