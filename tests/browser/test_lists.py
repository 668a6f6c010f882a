"""Lists, progress and 应保未保 in a real browser: the voluntary scheme of the trial, on a desk and on a phone."""

from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.rosters import made_number

AUTHORITY, CLERK = "zp.zhuguan.luo", "zp.zengjia.gong"


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, PHONE], ids=["desk", "phone"])
def test_progress_shows_targets_and_who_looks_after_the_villages(at_desk, size: dict[str, int]) -> None:
    desk = at_desk(AUTHORITY, size)
    desk.go("/progress/")
    desk.is_tidy()
    assert "25,488" in desk.text()
    desk.page.click("text=曾家镇")
    desk.page.wait_for_selector("text=曾家镇各村")
    assert "专某勤" in desk.text()
    assert "没有专干" in desk.text()
    desk.is_tidy()
    for path in ("/progress/figures/", "/unenrolled/"):
        desk.go(path)
        desk.is_tidy()


def test_progress_asks_again_by_itself(at_desk) -> None:
    desk = at_desk(CLERK)
    desk.go("/progress/")
    with desk.page.expect_response(lambda answer: "/progress/part/" in answer.url) as answered:
        desk.page.evaluate(
            "htmx.ajax('GET', document.querySelector('#progress-part').getAttribute('hx-get'), {target: '#progress-part', swap: 'outerHTML'})"
        )
    assert answered.value.status == 200
    assert "曾家镇各村" in desk.text()
    desk.is_tidy()


def test_a_clerk_enters_a_keeper_and_says_why_somebody_is_not_enrolled(at_desk) -> None:
    desk = at_desk(CLERK, PHONE)
    desk.go("/progress/keepers/")
    desk.page.select_option("[name=village]", index=3)
    desk.page.fill("[name=name]", "专某新")
    desk.page.fill("[name=phone]", "10000000007")
    desk.page.click("main button.btn-primary")
    desk.page.wait_for_selector("text=专某新")
    desk.is_tidy()
    desk.go("/unenrolled/")
    desk.page.select_option("select[name=reason] >> nth=0", "unwilling")
    desk.page.click("text=记下 >> nth=0")
    desk.page.wait_for_selector("text=已记下")
    assert desk.page.input_value("select[name=reason] >> nth=0") == "unwilling"
    desk.is_tidy()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_village_is_recognised_as_wholly_enrolled(at_desk, size: dict[str, int]) -> None:
    desk = at_desk(AUTHORITY, size)
    page = desk.page
    desk.go("/progress/")
    choice = page.inner_text("#f-village option >> nth=0")
    village = choice.split("，")[0].split(" ")[1]
    page.fill("#f-on", "2016.3.1")
    desk.is_tidy()
    page.click("button:text-is('认定')")
    page.wait_for_selector(f"text=已认定{village}全村统保")
    assert "已认定 2016-03-01" in page.inner_text(f"#progress-part tr:has(th:text-is('{village}'))")
    assert choice not in page.inner_text("#f-village")
    desk.is_tidy()


@pytest.mark.parametrize(
    ("user", "size", "field"), [(AUTHORITY, DESK, 1), (CLERK, PHONE, 0)], ids=["county", "township"]
)
def test_numbers_are_entered(at_desk, user: str, size: dict[str, int], field: int) -> None:
    """What the county's townships report; the population of a township's villages."""
    desk = at_desk(user, size)
    page, number = desk.page, f"td.num input >> nth={field}"
    desk.go("/progress/")
    page.click("text=录入人数")
    desk.is_tidy()
    page.fill(number, "许多")
    page.fill("[name=source]", "统计局（测试）")
    page.fill("[name=as_of]", "2015年12月31日")
    page.click("button:text-is('录入')")
    page.wait_for_selector(".errors >> text=应是 0 或正整数")
    desk.complaints.clear()  # Chromium logs the 422
    assert page.input_value("[name=source]") == "统计局（测试）"
    desk.is_tidy()
    page.fill(number, "１,２３４人")
    page.click("button:text-is('录入')")
    page.wait_for_selector("text=已录入，改动 1 处")
    assert "1,234" in page.text_content("main")
    desk.is_tidy()


def test_a_list_is_brought_in_and_withdrawn(at_desk, tmp_path: Path) -> None:
    file = tmp_path / "死亡人员.csv"
    file.write_text(
        f"姓名,身份证号,死亡日期\n测某故,{made_number(90)},2015-03-05\n测某误,12345,\n", encoding="utf-8-sig"
    )
    desk = at_desk(AUTHORITY)
    desk.go("/person-lists/")
    desk.is_tidy()
    desk.page.select_option("[name=kind]", "dead")
    for name, value in (("title", "死亡人员（测试）"), ("as_of", "2015.12.31"), ("source", "某局")):
        desk.page.fill(f"[name={name}]", value)
    desk.page.set_input_files("[name=file]", file)
    desk.page.click("text=上传并启用")
    desk.page.wait_for_selector("text=名单上的人", timeout=30_000)
    assert "测某故" in desk.text()
    desk.is_tidy()
    desk.page.click("text=撤下这份名单")
    desk.page.fill("[name=reason]", "测试完了")
    desk.page.click("form button.btn-stop")
    desk.page.wait_for_selector("text=已撤下")
    desk.is_tidy()
