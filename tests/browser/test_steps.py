"""A township's roster in Xiangning goes all the way up: township, police, township again, police, bureau, insurer."""

import io
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
TOWN = "台头镇"


def test_a_village_hands_its_part_in_and_the_township_sees_it(at_desk) -> None:
    village = at_desk("xn.gaojiahe.wei", size=PHONE)
    village.page.click(".counts >> text=待交的人")
    words = village.text()
    assert "高家河村" in words
    assert "签收勾选的村" not in words  # that is the township's
    village.is_tidy()
    village.page.click("button:has-text('交乡镇审核')")
    village.page.wait_for_selector("text=村里已交")
    assert "魏某" in village.text()
    assert village.page.locator("button:has-text('交乡镇审核')").count() == 0
    village.is_tidy()
    clerk = at_desk("xn.taitou.ren")
    _to_township(clerk)
    assert "村里已交 魏某" in clerk.text()
    clerk.is_tidy()


def test_a_roster_goes_up_is_objected_to_comes_back_and_is_in_force(at_desk) -> None:
    clerk = at_desk("xn.taitou.ren")
    _to_township(clerk)
    assert "登记中" in clerk.text()
    _tidy_at_both_sizes(clerk)
    _put_up(clerk)
    _to_township(clerk)
    _sign_and_submit(clerk)

    police = at_desk("xn.huji.bai")
    police.page.click(".counts >> text=待确认户籍")
    police.is_tidy()
    _to_township(police)
    police.page.click("text=逐人核对")
    name = police.page.inner_text("tbody tr:first-child th").strip()
    police.page.click("tbody tr:first-child summary")
    _tidy_at_both_sizes(police)
    police.page.select_option("tbody tr:first-child select", "moved_out")
    police.page.click(f"text=对{name}提出异议")
    police.page.wait_for_selector("text=已提异议")
    police.page.click("text=看进度和异议")
    _tidy_at_both_sizes(police)
    police.page.click("text=其余确认，异议 1 条退回乡镇")
    police.page.wait_for_selector(".page-head >> text=登记中")

    clerk.go("/")
    clerk.is_tidy()
    clerk.page.click(".counts >> text=待答复的异议")
    clerk.page.click("tbody >> text=说明")
    clerk.is_tidy()
    clerk.page.click("text=从名册删除")
    clerk.page.wait_for_selector("text=成立，已删除")
    assert "签收后有变动" in clerk.text() or "没有参保人员" in clerk.text()
    _tell_what_changed(clerk)
    _to_township(clerk)
    _sign_and_submit(clerk)

    _to_township(police)
    police.page.click("button:has-text('确认户籍')")
    police.page.wait_for_selector(".page-head >> text=待汇总")

    bureau = at_desk("xn.zhuguan.niu")
    bureau.go("/roster/progress/")
    _tidy_at_both_sizes(bureau)
    bureau.page.click("text=汇总全部待汇总的乡镇")
    bureau.page.wait_for_selector("text=已汇总 1 个乡镇")

    _underwritten(at_desk("xn.lipei.qiao"))
    _to_township(clerk)
    assert "已生效" in clerk.text()
    _tidy_at_both_sizes(clerk)


def _put_up(clerk) -> None:
    """The lists hung in the villages for a week before this was entered."""
    clerk.go("/prints/")
    clerk.page.fill("[name=first_day]", f"{date.today() - timedelta(days=10)}")
    clerk.page.click("text=公示各村名单")
    for address in _notices(clerk):
        clerk.go(address)
        clerk.page.click("button:text-is('结束公示')")
        clerk.page.wait_for_selector("text=公示期满，没有异议")
    clerk.is_tidy()


def _tell_what_changed(clerk) -> None:
    for address in _notices(clerk):
        clerk.go(address)
        if "公示后又有变动" in clerk.text():
            clerk.page.fill("[name=text]", "公安核对后减员")
            clerk.page.click("button:text-is('写明变动')")
            clerk.page.wait_for_selector("text=公安核对后减员")


def _notices(clerk) -> list[str]:
    clerk.go("/prints/")
    links = clerk.page.locator("main a[href^='/prints/notices/']")
    return sorted({links.nth(at).get_attribute("href") for at in range(links.count())})


def _underwritten(insurer) -> None:
    page = insurer.page
    insurer.go("/roster/layout/")
    _tidy_at_both_sizes(insurer)
    page.fill("[name=title_id_number]", "被保险人证件号")
    page.click("text=预览，不保存")
    page.wait_for_selector("th:text-is('被保险人证件号')")
    page.click("text=保存版式")
    page.wait_for_selector("text=版式已保存")
    _to_township(insurer)
    with page.expect_download() as download:
        page.click("text=下载名册")
    with open(download.value.path(), "rb") as file:
        titles = [cell.value for cell in load_workbook(io.BytesIO(file.read())).active[1]]
    assert "被保险人证件号" in titles
    _tidy_at_both_sizes(insurer)
    page.click("button:has-text('确认承保')")
    page.wait_for_selector(".page-head >> text=已生效")


def _to_township(desk) -> None:
    desk.go("/roster/progress/")
    desk.page.click(f"th >> text={TOWN}")
    desk.page.wait_for_selector(f"h1:has-text('{TOWN}')")


def _sign_and_submit(clerk) -> None:
    clerk.page.click("text=签收勾选的村")
    clerk.page.wait_for_selector("text=待签收 0 个")
    clerk.page.check("[name=confirmed]")
    clerk.is_tidy()
    clerk.page.click("button:text-is('审核上报')")
    clerk.page.wait_for_selector(".page-head >> text=待公安确认")


def _tidy_at_both_sizes(desk) -> None:
    size = desk.page.viewport_size
    desk.is_tidy()
    desk.page.set_viewport_size(PHONE)
    desk.is_tidy()
    desk.page.set_viewport_size(size)
