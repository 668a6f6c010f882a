"""A new installation in production mode: nobody, then the first administrator, then the page is gone."""

from pathlib import Path

import pytest

from config.keys import new_field_keys
from tests.browser.conftest import DESK, Desk, running_portal

pytestmark = pytest.mark.browser
PASSWORD = "xin-xi-tong-di-yi-ge"


def test_the_first_person_is_made_once(chromium, tmp_path: Path) -> None:
    production = {
        "MODE": "production", "INSECURE_LOCAL": "1", "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "of-this-test-only-0123456789-abcdefghijklmnop", "FIELD_KEYS": new_field_keys(),
    }  # fmt: skip
    with running_portal(tmp_path, **production) as address:
        desk = Desk(chromium, address, DESK)
        desk.go("/")
        assert desk.page.url == f"{address}/setup/"
        desk.is_tidy()
        _fill(desk, token="guessed")
        assert "口令不对" in desk.text()
        assert desk.page.input_value("[name=username]") == "admin.yi"
        _fill(desk, token=(tmp_path / "setup-token").read_text())
        desk.page.wait_for_selector("nav.menu >> text=人员管理")
        assert "试用模式" not in desk.page.content()
        again = Desk(chromium, address, DESK)
        assert again.go("/setup/") == 404
        again.login("admin.yi", PASSWORD)
        assert "人员管理" in again.page.inner_text("nav.menu")
        for one in (desk, again):
            one.context.close()


def _fill(desk: Desk, *, token: str) -> None:
    page = desk.page
    page.fill("[name=token]", token)
    page.select_option("[name=place]", label="万州区")
    page.fill("[name=username]", "admin.yi")
    page.fill("[name=name]", "测某一")
    page.fill("[name=password]", PASSWORD)
    page.click("text=建立管理员并登录")
    page.wait_for_load_state()
