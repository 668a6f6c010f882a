"""Endorsements from the ask to the sheet: in Xiangning, whose sums no other test counts on."""

import pytest

from tests.browser.conftest import PHONE
from tests.browser.rosters import made_number

pytestmark = pytest.mark.browser
RATE = 20


def test_a_removal_and_an_addition_reach_the_sheet_and_the_claims(at_desk) -> None:
    clerk, adjuster = at_desk("xn.changning.yan"), at_desk("xn.lipei.qiao")
    authority = at_desk("xn.zhuguan.niu")
    before = _premium(authority)
    _agreed(adjuster, _remove(clerk))
    assert _premium(authority) == before  # nothing comes back: this notice has no rule for it
    added = _add(clerk)
    _agreed(adjuster, added)
    assert _premium(authority) == before + RATE
    authority.is_tidy()
    assert "批改保费逐件相符" in authority.text()
    assert "（不符）" not in authority.page.inner_text("li:has-text('与参保名册逐人相符')")
    status, slip = adjuster.fetch(f"/endorsements/{added}/slip.pdf")
    assert (status, slip[:4]) == (200, b"%PDF")
    _report(clerk)
    assert at_desk("dazhou.zhou").go(f"/endorsements/{added}/") == 404


def test_an_endorsement_reads_on_a_phone(at_desk) -> None:
    clerk = at_desk("dazhou.zhou", PHONE)
    for address in ("/endorsements/", "/endorsements/add/", "/endorsements/WZ21-P0001/", "/roster/"):
        assert clerk.go(address) == 200
        clerk.is_tidy()
    clerk.page.click("text=减员 >> nth=0")
    clerk.page.wait_for_selector("text=停保日期")
    clerk.is_tidy()


def _premium(desk) -> int:
    """The last figure of the total: what the county pays, which is all of it."""
    desk.go("/premiums/")
    return int(desk.page.inner_text("tr.sum").split()[-1].replace(",", "").removesuffix(".00"))


def _remove(clerk) -> str:
    """The second person of the roster, ticked; a mistake first."""
    page = clerk.page
    clerk.go("/roster/")
    page.check("tbody tr:nth-child(2) input[name=person]")
    page.click("text=勾选的人批改减员")
    page.wait_for_selector("text=申请减员 1 人")
    clerk.is_tidy()
    page.fill("#id_effective_on", "20240101")
    page.select_option("#id_reason", "died")
    page.fill("#id_proof", "死亡医学证明（示例）")
    page.click("text=申请减员 1 人")
    page.wait_for_selector("text=不在保险期间")
    clerk.complaints.clear()  # Chromium logs the 422 of the refused form
    clerk.is_tidy()
    page.fill("#id_effective_on", "20250610")
    page.click("text=申请减员 1 人")
    page.wait_for_selector("text=等承保机构确认")
    clerk.is_tidy()
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def _add(clerk) -> str:
    page = clerk.page
    page.click("nav.menu >> text=批改")
    clerk.is_tidy()
    page.click(".acts >> text=增员")
    clerk.is_tidy()
    page.fill("#id_name", "测某增")
    page.fill("#id_id_number", made_number(21))
    page.select_option("#id_village", index=1)
    page.fill("#id_effective_on", "2025-07-01")
    page.select_option("#id_reason", "omitted")
    page.fill("#id_proof", "村委会证明（示例）")
    page.click("text=申请增员")
    page.wait_for_selector("text=已申请增员")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def _agreed(adjuster, number: str) -> None:
    adjuster.go(f"/endorsements/{number}/")
    adjuster.is_tidy()
    adjuster.page.click(".dock button.btn-primary")
    adjuster.page.wait_for_selector("text=名册已改")


def _report(clerk) -> None:
    """For whom was removed: not on the first day without cover, but on the day before."""
    page = clerk.page
    clerk.go("/endorsements/?state=agreed")
    name = page.inner_text("tbody tr:has-text('减员') th").strip()
    clerk.go("/claims/new/")
    page.fill("#q", name)
    page.press("#q", "Enter")
    page.wait_for_selector("text=保障到 2025-06-09 止，已停保，只能报此前的事故")
    clerk.is_tidy()
    page.click("tr:has-text('只能报此前的事故') >> a")
    page.select_option("#coverage", "accident_medical")
    page.wait_for_selector("#id_fact_accident_date")
    for field, text in {
        "fact_accident_date": "2025-06-10", "fact_eligible_expense": "2000", "fact_paid_by__basic_medical": "700",
        "payee_account": "6200000000000000", "reporter_name": "闫某", "reporter_phone": "10000000003",
    }.items():  # fmt: skip
        page.fill(f"#id_{field}", text)
    page.select_option("#id_payee", "insured")
    page.click("text=提交报案")
    page.wait_for_selector(".errors >> text=2025-06-10 已不在保")
    clerk.complaints.clear()
    page.fill("#id_fact_accident_date", "2025-06-09")
    page.fill("#id_payee_account", "6200000000000000")
    page.fill("#id_reporter_phone", "10000000003")
    page.click("text=提交报案")
    page.wait_for_selector("text=已报案，案件号")
