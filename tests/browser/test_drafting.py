"""起草 in a real browser: forms, insurers, examples, the editor with its messages, what changed; at both widths."""

import pytest

from tests.browser.conftest import DESK, PHONE, ROOT

pytestmark = pytest.mark.browser
DEATH = "v:coverages.illness_death.pays.lump_sum.amount.value"
COPY = {"code": "{0}", "notice_number": "某办发〔2022〕1号", "issued_on": "20220201"}


@pytest.mark.parametrize(("size", "code"), [(DESK, "wanzhou-2022-d"), (PHONE, "wanzhou-2022-p")])
def test_a_draft_is_made_changed_and_compared(at_desk, size: dict[str, int], code: str) -> None:
    desk = at_desk("zhuguan.xiong", size=size)
    page = desk.page
    desk.go("/drafts/")
    desk.is_tidy()
    desk.go("/drafts/copy/wanzhou-2021/")
    desk.is_tidy()
    for name, text in COPY.items():
        page.fill(f"[name={name}]", text.format(code))
    page.click("main .btn-primary")
    page.wait_for_url("**/drafts/*/")
    address = page.url.removeprefix(desk.portal)
    for part in ("basics", "premium", "limits", "other", "wording", "coverages"):
        desk.go(f"{address}?part={part}")
        desk.is_tidy()
    page.fill(f'[name="{DEATH}"]', "1200")
    page.click("main .dock .btn-primary")
    page.wait_for_selector(".toast-success")
    assert page.input_value(f'[name="{DEATH}"]') == "1200.00"
    for part in ("insurers/", "examples/", "compare/"):
        desk.go(f"{address}{part}")
        desk.is_tidy()
    assert "+200.00元" in desk.text()


def test_the_editor_tells_beside_the_line_without_losing_the_text(at_desk) -> None:
    desk = at_desk("zhuguan.xiong")
    page = desk.page
    desk.go("/drafts/new/")
    text = (ROOT / "fixtures/editions/wanzhou-2021.yaml").read_text(encoding="utf-8")
    page.fill("[name=text]", text.replace("code: wanzhou-2021", "code: wanzhou-editor"))
    page.click("main .btn-primary")
    page.wait_for_selector(".with-gutter .gutter")
    desk.is_tidy()
    broken = page.input_value("[name=document]").replace('"130.00"', "130.00")
    page.fill("[name=document]", broken)
    page.click("button[value=check]")
    item = page.wait_for_selector(".messages li[data-line]")
    assert "没有引号的数" in item.inner_text()
    assert page.input_value("[name=document]") == broken, "检查 changes nothing in the text"
    line = broken[: broken.index("130.00,")].count("\n") + 1
    assert page.text_content(".gutter b") == f"! {line}"
    item.query_selector("a").click()
    chosen = page.evaluate(
        "(() => { const t = document.activeElement; return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert "130.00" in chosen
    beside = page.evaluate(
        "document.querySelector('.messages li').getBoundingClientRect().top - document.querySelector('.gutter b').getBoundingClientRect().top"
    )
    assert abs(beside) < 12, "the message stands at the height of its line"
    desk.is_tidy()
    page.click("button[value=save]")
    page.wait_for_selector(".toast-success")
    assert page.input_value("[name=document]") == broken
    page.set_viewport_size(PHONE)
    desk.is_tidy()
