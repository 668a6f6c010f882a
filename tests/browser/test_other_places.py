"""Another county's notice runs without code: an accident in Xiangning, asked, computed and explained by its terms."""

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_an_accident_in_xiangning_is_reported_and_explained(at_desk) -> None:
    clerk = at_desk("xn.changning.yan")
    clerk.go("/roster/")
    name = clerk.page.inner_text("main tbody tr:last-child th").strip()
    number = _report(clerk, name)
    adjuster = at_desk("xn.lipei.qiao")
    adjuster.go(f"/claims/{number}/")
    adjuster.page.click("button:text-is('受理')")
    adjuster.page.wait_for_selector("text=受理后 10 个工作日")
    adjuster.page.click("button:text-is('理算')")
    adjuster.page.wait_for_selector("text=送审批，应赔 1,200.00 元")  # 2,000 − 700 − 100
    assert "六（三）" in adjuster.text()
    assert "100.00" in adjuster.text()
    adjuster.is_tidy()
    assert at_desk("dazhou.zhou").go(f"/claims/{number}/") == 404


def _report(clerk, name: str) -> str:
    page = clerk.page
    page.click("nav.menu >> text=报案")
    page.fill("#q", name)
    page.press("#q", "Enter")
    page.click(f"tr:has-text('{name}') >> nth=0 >> a")
    page.select_option("#coverage", "accident_medical")
    page.wait_for_selector("#id_fact_accident_date")
    assert page.query_selector("#id_not_one_stop_reason") is None  # Xiangning has no 一站式结算
    page.fill("#id_fact_accident_date", "2025-06-03")
    page.fill("#id_fact_eligible_expense", "2000")
    page.fill("#id_fact_paid_by__basic_medical", "700")
    page.select_option("#id_payee", "insured")
    page.fill("#id_payee_account", "6200000000000000")
    page.fill("#id_reporter_name", "闫某")
    page.fill("#id_reporter_phone", "10000000003")
    page.keyboard.press("Tab")
    page.wait_for_selector("#trial >> text=1,200.00")
    clerk.is_tidy()
    page.click("text=提交报案")
    page.wait_for_selector("text=已报案，案件号")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_a_long_edition_reads_on_desk_and_phone(at_desk) -> None:
    from playwright.sync_api import expect

    for size in ({"width": 1366, "height": 768}, PHONE):
        desk = at_desk("dz.zhuguan.long", size)
        desk.go("/editions/dazu-2024/")
        desk.is_tidy()
        desk.page.click("nav.stuck >> text=共保体")
        expect(desk.page.locator("#pool")).to_be_in_viewport()
    words = desk.page.inner_text("#pool")
    assert "全体共保人会商" in words
    assert "试用参数" in words


def test_a_decision_is_recorded_on_the_page(at_desk) -> None:
    desk = at_desk("lc.zhuguan.yue")
    desk.go("/editions/liaocheng-2022/")
    desk.page.click("summary:has-text('登记“已决定按重特大灾害上浮限额”')")
    desk.is_tidy()
    desk.page.select_option("#id_major_disaster_declared_state_major_disaster_declared", "yes")
    for field, value in {
        "document_number": "聊应急〔2022〕某号",
        "decided_on": "2022-08-01",
        "reason": "某次洪涝",
    }.items():
        desk.page.fill(f"#id_major_disaster_declared_{field}", value)
    desk.page.click("button:text-is('登记')")
    desk.page.wait_for_selector("text=聊应急〔2022〕某号")
    assert "尚未作出决定" not in desk.page.inner_text("#states")
    desk.is_tidy()
    sheet = at_desk("lc.caizheng.shao")
    sheet.page.click("nav.menu >> text=保费分配表")
    assert "3,850,000" in sheet.page.inner_text("main")
    sheet.page.click("main >> text=录入人数")
    assert "演示用的编造数，不是统计数" in sheet.page.inner_text("main")
    sheet.is_tidy()
