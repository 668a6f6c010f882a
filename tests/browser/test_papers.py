"""Printing, posting and handing out, at a desk and at a door with a phone."""

import re

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_a_roster_is_printed_posted_checked_and_leaflets_are_ticked_off(at_desk) -> None:
    clerk = at_desk("dazhou.zhou")
    page = clerk.page
    page.click("nav.menu >> text=打印与公示")
    clerk.is_tidy()
    with page.context.expect_event("response", lambda one: one.headers["content-type"] == "application/pdf") as printed:
        page.click("text=打印参保名册")
    address = printed.value.url.removeprefix(clerk.portal)
    status, pdf = clerk.fetch(address)
    assert (status, pdf[:5]) == (200, b"%PDF-"), "the PDF itself in a new tab"
    clerk.go("/prints/")
    code = re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", clerk.text())
    assert code
    _check(clerk, code.group(0).lower())
    _post(clerk)
    _tick(at_desk("dazhou.zhou", PHONE))
    stranger = at_desk("ganning.he")
    assert stranger.go(address) == 404
    stranger.complaints.clear()  # Chromium logs the 404
    _check(stranger, code.group(0), found=False)


def _check(desk, code: str, *, found: bool = True) -> None:
    desk.go("/prints/check/")
    desk.page.fill("#code", code)
    desk.page.click("main button.btn-primary")
    desk.page.wait_for_selector("text=核对结果")
    assert ("与系统当前名册一致" in desk.text()) == found
    assert ("没有印过这个校验码的名册" in desk.text()) != found
    desk.is_tidy()


def _post(clerk) -> None:
    clerk.go("/prints/")
    clerk.page.fill("#days", "7")
    clerk.page.click("text=公示各村名单")
    clerk.page.wait_for_selector("text=已公示")
    clerk.is_tidy()
    clerk.page.click("a:has(.st-review) >> nth=0")
    clerk.page.wait_for_selector("text=姓名隐去一字")
    assert re.search(r".\*", clerk.page.inner_text("table"))
    clerk.is_tidy()


def _tick(phone) -> None:
    phone.go("/prints/")
    phone.is_tidy()
    phone.page.click("a:has-text('发放登记') >> nth=0")
    phone.page.wait_for_selector("text=发放人")
    phone.is_tidy()
    phone.page.check("[name=head] >> nth=0")
    phone.page.click("text=登记勾选的户")
    phone.page.wait_for_selector("text=已登记 1 户")
    phone.is_tidy()


def test_the_county_sees_how_far_each_township_is(at_desk) -> None:
    authority = at_desk("zhuguan.xiong")
    authority.go("/prints/")
    assert "大周镇" in authority.text()
    authority.is_tidy()
    authority.page.click("main table a >> nth=0")
    authority.page.wait_for_selector("text=各村")
    authority.is_tidy()
