"""A what-if in a browser: asked, watched, read, on a desk and on a phone."""

import io

import openpyxl
import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


def test_the_authority_tries_terms_on_a_past_year(at_desk) -> None:
    desk = at_desk("zhuguan.xiong")
    desk.page.click("nav.menu >> text=政策测算")
    desk.is_tidy()
    desk.page.click("text=开始测算")
    desk.page.wait_for_selector(".errors")
    desk.complaints.clear()  # Chromium logs the 422 of the refused form
    desk.is_tidy()
    for field in ("proposed", "past"):
        desk.page.select_option(f"#id_{field}", "wanzhou-2021")
    desk.page.click("text=开始测算")
    desk.page.wait_for_selector("text=按保障责任", timeout=30_000)
    desk.is_tidy()
    assert "赔付差额" in desk.text()
    address = desk.page.url.removeprefix(desk.portal)
    status, book = desk.fetch(f"{address}what-if.xlsx")
    assert status == 200
    assert "合计" in str(list(openpyxl.load_workbook(io.BytesIO(book)).active.values))
    _on_a_phone(at_desk, address)


def _on_a_phone(at_desk, address: str) -> None:
    phone = at_desk("zhuguan.xiong", size=PHONE)
    for path in (address, "/what-if/"):
        assert phone.go(path) == 200
        phone.is_tidy()
