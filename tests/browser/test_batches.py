"""Two townships name one person: the preview says so, the county decides, a batch is undone; at a desk and on a phone."""

from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.rosters import made_number, roster_of

pytestmark = pytest.mark.browser

BOTH, OURS, NEW = 140, 141, 142


def tidy_on_both(desk) -> None:
    for size in (PHONE, DESK):
        desk.page.set_viewport_size(size)
        desk.is_tidy()


def upload(desk, path: Path) -> str:
    """The address of the batch, with its preview ready."""
    desk.go("/roster/import/")
    desk.page.set_input_files("[name=file]", path)
    desk.page.click("text=上传并校验")
    desk.page.wait_for_selector("text=与现名册相比", timeout=30_000)
    return desk.page.url.removeprefix(desk.portal)


def test_a_conflict_is_decided_and_a_batch_is_undone(at_desk, tmp_path: Path) -> None:
    theirs = at_desk("dazhou.zhou")
    upload(theirs, roster_of(tmp_path / "大周.xlsx", "铺垭村", {BOTH: "测某双", OURS: "测某周"}))
    theirs.page.click("text=确认导入（")
    theirs.page.wait_for_selector("text=已导入", timeout=30_000)
    clerk = at_desk("ganning.he")
    batch = upload(clerk, roster_of(tmp_path / "甘宁.xlsx", "黑马村", {BOTH: "测某双", NEW: "测某宁"}))
    _waits_for_the_county(clerk)
    _county_decides(at_desk("zhuguan.xiong"))
    clerk.go(f"{batch}?tab=conflict")
    assert "转入本乡镇" in clerk.text()
    _undo(clerk, batch)
    clerk.go("/roster/")
    clerk.page.fill("main [name=q]", "测某双")
    clerk.page.press("main [name=q]", "Enter")
    clerk.page.wait_for_selector("text=正在查")
    assert "共 1 人" in clerk.text()  # moved by the county, not by the batch


def _waits_for_the_county(clerk) -> None:
    assert "1 行要由区县裁定" in clerk.text()
    clerk.page.click("text=看这些行")
    words = clerk.page.content()
    assert "暂不能在本乡镇登记" in words
    assert "大周" not in words
    tidy_on_both(clerk)
    clerk.page.click("text=1 行送区县裁定")
    clerk.page.wait_for_selector("text=1 行已送区县裁定", timeout=30_000)
    assert "新增 1 人" in clerk.text()
    tidy_on_both(clerk)


def _county_decides(county) -> None:
    county.page.click("nav.menu >> text=名册裁定")
    tidy_on_both(county)
    county.page.click("main >> text=测某双")
    assert made_number(BOTH) not in county.page.content()
    assert "大周镇" in county.text()
    assert "甘宁镇" in county.text()
    tidy_on_both(county)
    county.page.click("button:text-is('户口已迁入本乡镇')")
    assert county.page.input_value("#decide-reason") == "户口已迁入本乡镇"
    county.page.click("button:has-text('转入本乡镇')")
    county.page.wait_for_selector("text=测某双：转入本乡镇")


def _undo(clerk, batch: str) -> None:
    clerk.go(batch)
    clerk.page.click("a:text-is('撤销整批')")
    assert "撤销整批，撤回 1 人" in clerk.text()
    tidy_on_both(clerk)
    clerk.page.fill("#undo-name", "别的名字.xlsx")
    clerk.page.click("button:has-text('撤销整批')")
    clerk.page.wait_for_selector("text=没有撤销")
    clerk.complaints.clear()  # Chromium logs the 422
    clerk.page.fill("#undo-name", "甘宁.xlsx")
    clerk.page.click("button:has-text('撤销整批')")
    clerk.page.wait_for_selector("text=已撤销", timeout=30_000)
    assert "撤出 1 人" in clerk.text()
    tidy_on_both(clerk)
    clerk.go(batch)
    assert "这一批已撤销" in clerk.text()
    tidy_on_both(clerk)
    clerk.go("/roster/import/")
    assert "已撤销" in clerk.text()
    tidy_on_both(clerk)


def test_a_whole_village_tells_who_leaves_and_stays_ticked_while_the_lists_are_read(at_desk, tmp_path: Path) -> None:
    clerk = at_desk("ganning.he")
    upload(clerk, roster_of(tmp_path / "整村.xlsx", "黑马村", {143: "测某整"}))
    clerk.page.check("[name=whole]")
    told = clerk.page.inner_text("[data-leaving-told]")
    assert told.startswith("整村 1 个，减员 ")
    clerk.page.click("nav.views >> text=文件里没有")
    clerk.page.wait_for_selector("[name=whole]:checked")
    assert clerk.page.inner_text("[data-leaving-told]") == told
    tidy_on_both(clerk)
    clerk.page.click("text=放弃本次上传")
    clerk.page.wait_for_selector("text=名册没有改动")
