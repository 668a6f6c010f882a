"""The terms of Wanzhou 2021 say what the notice says."""

from decimal import Decimal

from calc.dates import DateRange, parse_date
from schemes.terms.check import check_document
from schemes.terms.present import figure_lines
from tests.rules.editions import WANZHOU, terms_of, text_of, townships_of


def test_the_check_runs_every_example():
    document = check_document(text_of(WANZHOU), "wanzhou-2021.yaml", townships_of("500101", WANZHOU)).document()
    assert document["edition"] == WANZHOU
    assert document["examples"] == {"run": 25, "failed": 0}
    assert document["errors"] == []
    assert len(document["coverages"]) == 7


def test_period_roster_and_premium():
    terms = terms_of(WANZHOU)
    assert terms.period.range == DateRange(parse_date("2021-01-01"), parse_date("2021-12-31"))
    assert terms.insured.persons is not None
    assert terms.insured.persons.value == 106949
    assert (terms.premium.rate.value, terms.premium.rate.clause) == (Decimal("130.00"), "三")


def test_three_insurers_serve_49_townships_and_three_streets_take_no_part():
    terms = terms_of(WANZHOU)
    assert [(one.short_name, one.hotline, len(one.townships)) for one in terms.insurers] == [
        ("人保财险万州分公司", "95518", 21),
        ("中国人寿万州区支公司", "95519", 15),
        ("平安财险万州中心支公司", "95511", 13),
    ]
    assert terms.not_taking_part is not None
    assert terms.not_taking_part.townships == ("高笋塘街道", "牌楼街道", "周家坝街道")
    insurer = terms.insurer_of("大周镇")
    assert insurer is not None
    assert insurer.short_name == "人保财险万州分公司"
    assert terms.insurer_of("牌楼街道") is None


def test_what_depends_on_the_event():
    coverage = terms_of(WANZHOU).coverages["accident_death_disability"]
    death, disability = {"event": "accident_death"}, {"event": "accident_disability"}
    assert [one.code for one in coverage.payees if one.applies(death)] == ["heir"]
    assert [one.code for one in coverage.payees if one.applies(disability)] == ["insured", "guardian"]
    assert "death_certificate" in [one.code for one in coverage.papers if one.applies(death)]
    assert "death_certificate" not in [one.code for one in coverage.papers if one.applies(disability)]


def test_the_deadline_for_settlement_is_a_reading_and_a_trial_figure():
    deadline = terms_of(WANZHOU).coverages["illness_death"].deadline_until("paid")
    assert deadline is not None
    assert (deadline.after, deadline.unit, deadline.days.value, deadline.days.trial) == (
        "accepted",
        "working_days",
        10,
        True,
    )
    assert deadline.days.clause == "七（二）"
    assert deadline.days.interpretation is not None


def test_routes():
    terms = terms_of(WANZHOU)
    one_stop = [code for code, coverage in terms.coverages.items() if coverage.route == "one_stop"]
    assert one_stop == ["major_illness_inpatient", "chronic_outpatient"]
    assert terms.routes["one_stop"].reasons


def test_every_reading_says_where_it_stands():
    readings = terms_of(WANZHOU).interpretations()
    assert len(readings) == 15
    assert all(reading.where and reading.clause and reading.text for reading in readings)
    assert {reading.title for reading in readings if reading.trial} == {"受理天数", "赔付天数"}


def test_figures_as_the_page_shows_them():
    terms = terms_of(WANZHOU)
    shown = {
        code: [(line.label, line.text) for line in figure_lines(terms, coverage)]
        for code, coverage in terms.coverages.items()
    }
    assert shown["major_illness_inpatient"] == [("起付线", "1,000.00"), ("个人自付", "10%")]
    assert shown["chronic_outpatient"] == [("起付线", "无"), ("个人自付", "20%"), ("其它门诊", "不赔")]
    assert shown["accident_death_disability"] == [
        ("身故", "50,000.00"),
        ("残疾保额", "50,000.00"),
        ("残疾 1 至 10 级", "100% 至 10%"),
        ("意外身故、残疾合用最高额", "50,000.00"),
    ]
    assert shown["student_critical_illness"][1:] == [("年龄", "3 至 22 周岁"), ("病种", "15 种")]
