"""The portal's main job, walked through in a browser: roster, claim, settlement, allocation sheet."""

import io
from pathlib import Path

import openpyxl
import pytest

from calc.capital import capital_amount
from config.demo_photo import synthetic_photo
from tests.browser.rosters import dazhou_roster

pytestmark = pytest.mark.browser


def test_a_roster_a_claim_a_payment_and_the_sheet(at_desk, tmp_path: Path) -> None:
    clerk = at_desk("dazhou.zhou")
    clerk.is_tidy()
    _roster(clerk, tmp_path)
    number = _report(clerk)
    _nobody_else_sees(at_desk, number)
    _settle(at_desk, number)
    _sheet(at_desk("caizheng.ran"))


def _roster(clerk, tmp_path: Path) -> None:
    clerk.page.click("nav.menu >> text=名册导入")
    clerk.is_tidy()
    status, template = clerk.fetch("/roster/import/template.xlsx")
    assert status == 200
    assert "身份证号" in str(list(openpyxl.load_workbook(io.BytesIO(template)).active.values))
    clerk.page.set_input_files("[name=file]", dazhou_roster(tmp_path / "大周镇名册.xlsx"))
    clerk.page.click("text=上传并校验")
    clerk.page.wait_for_selector("text=与现名册相比", timeout=30_000)
    clerk.is_tidy()
    words = clerk.text()
    assert "校验位" in words
    assert "没有这个村" in words
    assert "第 4 行" in words
    with clerk.page.expect_download() as download:
        clerk.page.click("text=下载错误工作簿")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    reasons = [str(cell) for row in book.active.values for cell in row if cell and "校验" in str(cell)]
    assert reasons, "the error workbook names the wrong check digit"
    clerk.page.click("text=仅导入正确行")
    clerk.page.wait_for_selector("text=已导入", timeout=30_000)
    assert "新增 6 人" in clerk.text()


def _report(clerk) -> str:
    clerk.page.click("nav.menu >> text=报案")
    clerk.page.fill("#q", "cmj")
    clerk.page.click("main >> text=查找 >> nth=-1")
    clerk.page.click("tr:has-text('测某甲') >> a")
    clerk.page.select_option("#coverage", "major_illness_inpatient")
    clerk.page.wait_for_selector("#id_fact_admitted_on")
    clerk.is_tidy()
    _fill_with_a_mistake(clerk)
    clerk.page.click("text=提交报案")
    clerk.page.wait_for_selector(".errors")
    assert clerk.page.input_value("#id_fact_hospital") == "（示例）三级医院"
    assert clerk.page.input_value("#id_fact_discharged_on") == "2021-08-01"
    clerk.complaints.clear()  # Chromium logs the 422 of the refused form
    clerk.is_tidy()
    clerk.page.fill("#id_fact_discharged_on", "20210826")
    clerk.page.fill("#id_reporter_phone", "10000000003")
    clerk.page.wait_for_selector("#trial >> text=3,000.00")
    clerk.page.click("text=提交报案")
    clerk.page.wait_for_selector("text=已报案，案件号")
    number = clerk.page.url.rstrip("/").rsplit("/", 1)[-1]
    photo = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": synthetic_photo("invoice")}
    clerk.page.set_input_files("#paper-file", photo)
    clerk.page.wait_for_selector("text=第1份")
    clerk.is_tidy()
    _reported_twice(clerk)
    return number


def _fill_with_a_mistake(clerk) -> None:
    page = clerk.page
    page.fill("#id_fact_admitted_on", "2021年8月11日")
    page.fill("#id_fact_discharged_on", "2021-08-01")
    page.fill("#id_fact_hospital", "（示例）三级医院")
    page.select_option("#id_not_one_stop_reason", "out_of_area")
    page.select_option("#id_payee", "insured")
    page.fill("#id_reporter_name", "冉某")
    page.fill("#id_reporter_phone", "10000000003")
    for field, amount in {
        "fact_eligible_expense": "30000", "fact_paid_by__basic_medical": "18,000", "fact_paid_by__major_illness_insurance": "3000",
        "fact_paid_by__civil_affairs_aid": "2000", "fact_paid_by__poverty_medical_fund": "１０００",
    }.items():  # fmt: skip
        page.fill(f"#id_{field}", amount)
    page.keyboard.press("Tab")


def _reported_twice(clerk) -> None:
    """The same stay again is pointed out, not taken in silence."""
    clerk.page.click("nav.menu >> text=报案")
    clerk.page.fill("#q", "测某甲")
    clerk.page.press("#q", "Enter")
    clerk.page.click("tr:has-text('测某甲') >> a")
    clerk.page.select_option("#coverage", "major_illness_inpatient")
    clerk.page.wait_for_selector("#id_fact_admitted_on")
    _fill_with_a_mistake(clerk)
    clerk.page.fill("#id_fact_discharged_on", "2021-08-26")
    clerk.page.click("text=提交报案")
    clerk.page.wait_for_selector("text=可能重复报案")
    clerk.complaints.clear()


def _nobody_else_sees(at_desk, number: str) -> None:
    for stranger in ("ganning.he", "life.liang", "pingan.tan", "caizheng.ran"):
        desk = at_desk(stranger)
        assert desk.go(f"/claims/{number}/") == 404
        desk.go("/roster/")
        assert "测某甲" not in desk.page.content()


def _settle(at_desk, number: str) -> None:
    adjuster, approver = at_desk("picc.peng"), at_desk("picc.tang")
    page = adjuster.page
    adjuster.go(f"/claims/{number}/")
    page.click("button:text-is('受理')")
    page.wait_for_selector("text=应在")
    page.click("button:text-is('理算')")
    page.wait_for_selector("text=送审批，应赔 3,000.00 元")
    assert "五（二）" in adjuster.text()
    assert "10% × 30,000.00" in adjuster.text()
    adjuster.is_tidy()
    page.click("text=送审批，应赔")
    approver.go(f"/claims/{number}/")
    approver.is_tidy()
    approver.page.click("text=同意，赔付 3,000.00 元")
    approver.page.wait_for_selector("text=已同意赔付")
    status, statement = approver.fetch(f"/claims/{number}/statement.pdf")
    assert status == 200
    assert statement.startswith(b"%PDF")
    adjuster.go(f"/claims/{number}/")
    page.click("summary:has-text('登记支付')")
    page.fill("#reference", "示例流水0001")
    page.click("text=确认已付给")
    page.wait_for_selector("text=已登记支付")
    page.click("button:text-is('结案')")
    page.wait_for_selector("text=已结案")
    adjuster.is_tidy()


def _sheet(finance) -> None:
    finance.page.click("nav.menu >> text=保费分配表")
    finance.is_tidy()
    status, content = finance.fetch("/premiums/wanzhou-2021/allocation.xlsx")
    assert status == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    ((persons, yuan),) = [row[3:5] for row in rows if row[1] == "合计"]
    assert (persons >= 3006, yuan) == (True, persons * 130)  # other journeys through this portal enrol people too
    for printed in (f"{persons:,}", f"{yuan:,}.00", capital_amount(yuan * 100)):
        assert printed in finance.text()
    status, content = finance.fetch("/premiums/wanzhou-2021/allocation.pdf")
    assert (status, content[:4]) == (200, b"%PDF")
    finance.page.click("text=出账，补齐到")
    finance.page.wait_for_selector("text=已出保费账单 49 张")
