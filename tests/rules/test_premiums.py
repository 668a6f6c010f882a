"""Premium, payers, pool and shared losses: the worked cases, and what must hold for every number."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calc.money import from_fen, to_fen
from schemes.rules.payout import quote
from schemes.rules.premium import Heads, HeadsRefused, carried_over, premium_of, premiums_by_region, pro_rata
from schemes.rules.shares import (
    NoShare,
    handling_of,
    payers_of,
    recoupment_of,
    shared_losses,
    stated_in_wan,
    vote_passes,
    working_fund_of,
)
from schemes.terms.loader import load_document
from schemes.terms.premiums import target_of
from tests.rules.editions import WANZHOU, cases, terms_of, text_of

WORKED = cases("premiums")
DAZU, LIAOCHENG, ZHENPING = "dazu-2024", "liaocheng-2022", "zhenping-2016"
BASIS = '  basis: person\n  rate: {value: "130.00", clause: 三}\n'
COUNT = st.integers(min_value=0, max_value=2_000_000)
FEN = st.integers(min_value=0, max_value=10**12)
YUAN = FEN.map(from_fen)


def wanzhou_with(premium=BASIS, more=""):
    """Wanzhou's document with another premium; `more` stands before the insurers."""
    text = text_of(WANZHOU)
    assert BASIS in text
    loaded = load_document(text.replace(BASIS, premium).replace("\ninsurers:\n", f"\n{more}\ninsurers:\n", 1), "x.yaml")
    assert loaded.terms is not None, [problem.sentence for problem in loaded.problems]
    return loaded.terms


BY_CATEGORY = wanzhou_with(
    """  categories: {poor: 脱贫人口, other: 其他居民}
  parts:
    - label: 按人
      basis: person
      rate: {by: category, clause: 三, values: {poor: {value: "100.00", clause: 三}, other: {value: "30.00", clause: 三}}}
    - {label: 按户, basis: household, rate: {value: "2.00", clause: 三}}
    - {label: 共享保额, basis: whole, rate: {value: "10000.01", clause: 三}}
""",
    """payers: {district: 区财政, person: 个人}
shares:
  - {label: 脱贫人口, category: poor, clause: 三, parts: {district: "100%", person: "0%"}}
  - {label: 其他居民, category: other, clause: 三, parts: {district: "33%", person: "67%"}}
""",
)
LUMP = wanzhou_with('  basis: whole\n  rate: {value: "1000000.00", clause: 三}\n')
CARRIED = wanzhou_with(f'{BASIS}  pro_rata: months\n  carry_over: {{ratio: {{value: "80%", clause: 三}}}}\n')
BY_DAYS = wanzhou_with(f"{BASIS}  pro_rata: days\n")
SHARED = wanzhou_with(
    more="""risk_sharing:
  clause: 三
  parties: {insurer: 保险公司, government: 政府}
  layers:
    - {at_most: "100%", shares: {insurer: "100%"}}
    - {above: "100%", at_most: "150%", shares: {insurer: "50%", government: "50%"}}
    - {above: "150%", shares: {government: "100%"}}
"""
)


# --- the worked cases -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("case", WORKED["roster_premium"], ids=lambda case: case["edition"])
def test_the_premium_of_a_roster(case):
    assert premium_of(terms_of(case["edition"]), Heads(case["persons"])) == Decimal(case["premium"])


@pytest.mark.parametrize("case", WORKED["census_premium"], ids=lambda case: case["county"])
def test_the_premium_of_a_census(case):
    heads = Heads(case["persons"], case["households"])
    assert premium_of(terms_of(LIAOCHENG), heads) == Decimal(case["premium"])


def test_every_county_has_the_shares_of_its_group():
    for group in WORKED["fiscal_shares"]["groups"]:
        for county in group["counties"]:
            parts = payers_of(terms_of(LIAOCHENG), county, Decimal("1000.00"))
            assert parts == {payer: Decimal(share) * 1000 for payer, share in group["shares"].items()}, county


@pytest.mark.parametrize("case", WORKED["fiscal_shares"]["splits"], ids=lambda case: case["county"])
def test_a_county_premium_is_split_to_the_fen(case):
    parts = payers_of(terms_of(LIAOCHENG), case["county"], Decimal(case["premium"]))
    assert parts == {
        "province": Decimal(case["province"]),
        "city": Decimal(case["city"]),
        "county": Decimal(case["county_share"]),
    }


@pytest.mark.parametrize("case", WORKED["fiscal_shares"]["city_allocation_in_wan"], ids=lambda case: case["exact"])
def test_an_appropriation_in_wan_carries_its_difference(case):
    exact = Decimal(case["exact"])
    stated = stated_in_wan(exact)
    assert stated.wan == int(case["stated_wan"])
    assert (stated.stated, stated.stated - stated.difference) == (stated.wan * 10_000, exact)


def test_participation_targets_are_those_of_the_annex():
    found = terms_of(ZHENPING).participation
    worked = WORKED["participation_targets"]
    assert found.ratio.value == Decimal(worked["ratio"])
    assert [(place.township, place.population, place.target) for place in found.places] == [
        (town["town"], town["population"], town["target"]) for town in worked["towns"]
    ]
    assert all(target_of(place.population, found.ratio.value) == place.target for place in found.places)
    total = worked["total"]
    assert sum(place.population for place in found.places) == total["population"]
    assert sum(place.target for place in found.places) == total["target"]


@pytest.mark.parametrize("declared", [False, True])
def test_all_payouts_stay_within_a_multiple_of_the_premium(declared):
    """The last claim gets what the aggregate limit leaves: 15 times the premium, 18 once a major disaster is declared."""
    [case] = WORKED["aggregate_limit"]
    top = Decimal(case["major_disaster" if declared else "normal"])
    terms = terms_of(LIAOCHENG)
    example = next(one for one in terms.examples if one.payable is not None and one.payable > 7)
    result = quote(
        terms,
        example.coverage,
        example.document["facts"],
        edition_paid_before=[{"coverage": example.coverage, "amount": str(top - 7)}],
        edition_state={"premium_total": case["premium_total"], "major_disaster_declared": declared},
    )
    assert result.payable == 7
    assert any(format(top, ",.2f") in step.label + step.value for step in result.steps)


@pytest.mark.parametrize("case", WORKED["coinsurance"]["tiers"], ids=lambda case: case["amount"])
def test_the_pool_handles_a_case_by_its_amount(case):
    assert handling_of(terms_of(DAZU), Decimal(case["amount"])).way == case["handling"]


@pytest.mark.parametrize(
    ("share", "carried"), [("0.50", False), ("0.5001", True), ("0.60", True), ("0", False), ("1", True)]
)
def test_more_than_half_of_the_shares_carries_a_vote(share, carried):
    assert vote_passes(terms_of(DAZU), Decimal(share)) is carried


def test_what_the_lead_paid_is_recouped_by_share():
    worked = WORKED["coinsurance"]["recoupment"]
    terms = terms_of(DAZU)
    assert {member.code: member.share.value for member in terms.pool.members} == {
        code: Decimal(share) for code, share in worked["shares"].items()
    }
    for case in worked["cases"]:
        parts = {code: Decimal(amount) for code, amount in case["parts"].items()}
        assert recoupment_of(terms, Decimal(case["paid_by_lead"])) == parts


def test_the_working_fund_goes_by_the_premium_without_tax():
    worked = WORKED["coinsurance"]["working_fund"]
    assert working_fund_of(terms_of(DAZU), Decimal(worked["made_up_premium_incl_tax"])) == Decimal(worked["fund"])


# --- what must hold for every number ----------------------------------------------------------------------------
@given(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=60))
def test_regions_and_payers_add_up_whatever_the_premium_rests_on(counts):
    """By category, by household and one sum for all at once: nothing is lost, nothing is below zero."""
    heads = [Heads(poor + other, households, 0, {"poor": poor, "other": other}) for poor, other, households in counts]
    assume(any(one.persons or one.households for one in heads) or len(heads) == 1)
    premiums = premiums_by_region(BY_CATEGORY, heads)
    whole = Heads(
        sum(one.persons for one in heads),
        sum(one.households for one in heads),
        0,
        {code: sum(one.by_category[code] for one in heads) for code in ("poor", "other")},
    )
    assert sum(premiums) == premium_of(BY_CATEGORY, whole)
    assert min(premiums) >= 0
    for one, premium in zip(heads, premiums, strict=True):
        if one.persons:
            parts = payers_of(BY_CATEGORY, "大周镇", premium, one)
            assert (sum(parts.values()), min(parts.values()) >= 0) == (premium, True)


@given(COUNT, COUNT, COUNT)
def test_more_people_never_cost_less(persons, households, more):
    terms = terms_of(LIAOCHENG)
    assert premium_of(terms, Heads(persons, households)) <= premium_of(terms, Heads(persons + more, households))
    assert premium_of(terms, Heads(persons, households)) <= premium_of(terms, Heads(persons, households + more))


@given(YUAN, st.sampled_from(["冠县", "东阿县", "度假区"]))
def test_payers_add_up_and_no_part_is_a_fen_off(premium, county):
    terms = terms_of(LIAOCHENG)
    parts = payers_of(terms, county, premium)
    assert sum(parts.values()) == premium
    share = next(share for share in terms.shares if share.serves(county, ""))
    for payer, amount in parts.items():
        assert abs(amount - premium * share.parts[payer].value) < Decimal("0.01")


@given(st.lists(COUNT, min_size=1, max_size=140))
def test_one_sum_is_split_to_the_fen_and_goes_with_the_people(persons):
    assume(any(persons) or len(persons) == 1)
    premiums = premiums_by_region(LUMP, [Heads(number) for number in persons])
    assert sum(premiums) == 1_000_000
    for number, premium in zip(persons, premiums, strict=True):
        assert premium >= 0
        if sum(persons):
            assert abs(premium - Decimal(1_000_000) * number / sum(persons)) < Decimal("0.01")


@given(YUAN, YUAN)
def test_a_balance_is_used_up_to_the_premium_and_nothing_is_lost(premium, balance):
    carried = carried_over(CARRIED, premium, balance)
    assert (carried.due + carried.used, carried.used + carried.left) == (premium, balance)
    assert min(carried.due, carried.used, carried.left) >= 0
    assert carried.used <= balance * Decimal("0.80") + Decimal("0.005")


@given(st.integers(-40, 420), st.integers(0, 400), st.integers(0, 30))
def test_a_part_of_the_period_costs_no_more_than_a_longer_part(start, length, more):
    first = date(2021, 1, 1) + timedelta(days=start)
    last = first + timedelta(days=length)
    for terms in (BY_DAYS, CARRIED):
        part = pro_rata(terms, Decimal("130.00"), first, last)
        assert 0 <= part <= pro_rata(terms, Decimal("130.00"), first, last + timedelta(days=more)) <= 130


@given(YUAN, YUAN)
def test_losses_are_borne_once(premium, losses):
    layers = shared_losses(SHARED, premium, losses)
    assert sum(layer.amount for layer in layers) == losses
    assert all(sum(layer.parts.values()) == layer.amount for layer in layers)
    assert min(amount for layer in layers for amount in layer.parts.values()) >= 0


@given(FEN)
def test_recoupment_adds_up(fen):
    parts = recoupment_of(terms_of(DAZU), from_fen(fen))
    assert sum(to_fen(part) for part in parts.values()) == fen


@given(FEN)
def test_wan_is_the_nearest(fen):
    stated = stated_in_wan(from_fen(fen))
    assert abs(stated.difference) <= 5_000
    assert stated.stated == from_fen(fen) + stated.difference


# --- edges and refusals -----------------------------------------------------------------------------------------
def test_parts_of_the_period():
    rate = Decimal("130.00")
    assert pro_rata(BY_DAYS, rate, date(2021, 1, 1), date(2021, 12, 31)) == rate
    assert pro_rata(BY_DAYS, rate, date(2021, 12, 31), date(2022, 5, 1)) == Decimal("0.36")
    assert pro_rata(BY_DAYS, rate, date(2022, 1, 1), date(2022, 5, 1)) == 0
    assert pro_rata(CARRIED, rate, date(2021, 3, 15), date(2021, 4, 14)) == Decimal("10.83")
    assert pro_rata(CARRIED, rate, date(2021, 3, 15), date(2021, 4, 15)) == Decimal("21.67")
    assert pro_rata(terms_of(WANZHOU), rate, date(2021, 12, 31), date(2021, 12, 31)) == rate


def test_one_sum_goes_by_households_where_nobody_counted_people():
    assert premiums_by_region(LUMP, [Heads(0, 3), Heads(0, 1)]) == (750_000, 250_000)
    assert premiums_by_region(LUMP, [Heads()]) == (1_000_000,)
    assert premiums_by_region(LUMP, []) == ()


@pytest.mark.parametrize(
    ("refuse", "words"),
    [
        (lambda: premiums_by_region(LUMP, [Heads(), Heads()]), "各地人数都是 0"),
        (lambda: premium_of(terms_of(WANZHOU), Heads(-1)), "参保人数 -1 不能小于 0"),
        (lambda: premium_of(terms_of(LIAOCHENG), Heads(1, -2)), "户数 -2 不能小于 0"),
        (lambda: premium_of(BY_CATEGORY, Heads(3, 1, 0, {"poor": 2})), "各类人数相加是 2，与总人数 3 不符"),
        (lambda: premium_of(BY_CATEGORY, Heads(1, 1, 0, {"rich": 1})), "人员类别「rich」不在本方案内"),
        (lambda: carried_over(CARRIED, Decimal(1), Decimal("-0.01")), "上年亏损不抵减保费"),
        (lambda: payers_of(terms_of(LIAOCHENG), "万州区", Decimal(1)), "「万州区」没有出资比例"),
        (lambda: payers_of(BY_CATEGORY, "大周镇", Decimal(100), Heads(1, 0, 0, {"rich": 1})), "rich"),
        (lambda: payers_of(BY_CATEGORY, "大周镇", Decimal(2), Heads(0, 1)), "没有各类人数"),
        (lambda: handling_of(terms_of(WANZHOU), Decimal(1)), "没有共保体"),
        (lambda: shared_losses(terms_of(WANZHOU), Decimal(1), Decimal(1)), "没有风险分担"),
    ],
)
def test_what_can_not_be_computed_is_refused_in_a_sentence(refuse, words):
    with pytest.raises((HeadsRefused, NoShare)) as refused:
        refuse()
    assert words in str(refused.value)


def test_nobody_costs_nobody_anything():
    assert payers_of(BY_CATEGORY, "大周镇", Decimal(0), Heads()) == {"district": 0, "person": 0}


def test_without_a_rule_nothing_is_carried_over():
    assert carried_over(terms_of(WANZHOU), Decimal(10), Decimal(7)).due == 10
