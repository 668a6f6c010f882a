"""Facts on screen: disability items chosen from a list, a claim tried; at a desk, on a phone, without script."""

import pytest

from tests.browser.conftest import DESK, PHONE, Desk

pytestmark = pytest.mark.browser

TRY = "/editions/wanzhou-2021/try/?coverage=accident_death_disability"
FIRST = "#id_fact_disability_items"


def start_report(desk: Desk) -> None:
    desk.go("/roster/")
    link = desk.page.get_attribute("main a[href^='/claims/new/']", "href")
    desk.go(f"{link}?coverage=accident_death_disability")
    desk.page.select_option("#id_fact_event", "accident_disability")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_items_are_chosen_from_a_list_by_keyboard(at_desk, size: dict[str, int]) -> None:
    desk = at_desk("dazhou.zhou", size)
    page = desk.page
    desk.go(TRY)
    assert not page.is_visible(FIRST), "asked only of a disability"
    page.select_option("#id_fact_event", "accident_disability")
    page.click(FIRST)
    page.keyboard.insert_text("双手")
    page.wait_for_selector(".picker [data-value]")
    desk.is_tidy()
    page.keyboard.press("Escape")
    assert not page.is_visible(".picker")
    page.keyboard.insert_text(" 完全")
    page.wait_for_selector(".picker [data-value]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.input_value(FIRST) == "7.3-01 双手完全缺失"
    assert page.input_value(f"{FIRST}-0-grade") == "4"
    assert page.evaluate("document.activeElement.id") == FIRST[1:], "Enter chose, it did not go on"
    page.wait_for_selector("text=按 4 级计")
    page.click("text=再加一项")
    assert page.evaluate("document.activeElement.id") == f"{FIRST[1:]}-1-item"
    page.select_option(f"{FIRST}-1-grade", "4")
    page.wait_for_selector("text=按 3 级计：最重的 4 级有 2 处，晋一级")
    desk.is_tidy()
    page.select_option("#id_fact_same_accident", "yes")
    page.click("#try .btn-primary")
    page.wait_for_selector("text=人民币肆万元整")
    assert "7.3-01" in page.input_value(FIRST)
    desk.is_tidy()
    address = page.url
    page.goto(address)
    assert "人民币肆万元整" in desk.text(), "the address can be shared"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_are_tidy(at_desk, size: dict[str, int]) -> None:
    desk = at_desk("dazhou.zhou", size)
    for path in (
        "/disability/?q=缺失",
        "/disability/?q=没有这一项",
        "/editions/wanzhou-2021/try/",
        "/editions/wanzhou-2021/",
    ):
        assert desk.go(path) == 200
        desk.is_tidy()
    desk.go("/editions/wanzhou-2021/try/?example=3")
    desk.is_tidy()
    desk.go(f"{TRY}&quote=yes&fact_event=accident_disability&paid-0-amount=x&fact_disability_items-0-item=9.9-99")
    assert "没有编号 9.9-99" in desk.text()
    desk.is_tidy()


def test_a_report_takes_an_item_by_mouse_and_its_draft_comes_back(at_desk) -> None:
    desk = at_desk("dazhou.zhou")
    page = desk.page
    start_report(desk)
    page.fill(FIRST, "植物")
    page.click(".picker >> text=植物状态")
    page.wait_for_selector("text=按 1 级计")
    desk.is_tidy()
    page.wait_for_selector("#trial >> text=50,000.00")
    page.reload()
    assert page.input_value(FIRST) == "1.3-01 颅脑损伤导致植物状态"
    assert page.input_value(f"{FIRST}-0-grade") == "1"


def test_without_script_a_code_or_words_are_enough(chromium, portal: str) -> None:
    desk = Desk(chromium, portal, DESK, script=False).login("dazhou.zhou")
    desk.go(TRY)
    desk.page.select_option("#id_fact_event", "accident_disability")
    desk.page.fill(FIRST, "7.3-01")
    desk.page.fill(f"{FIRST}-1-item", "植物")
    desk.page.select_option(f"{FIRST}-5-grade", "9")
    desk.page.select_option("#id_fact_same_accident", "yes")
    desk.page.click("#try .btn-primary")
    assert "按 1 级计" in desk.text()
    assert "50,000.00" in desk.text()
    desk.context.close()
