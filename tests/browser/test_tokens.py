"""An administrator makes a token; the API's page for people obeys the Content-Security-Policy."""

import json
import urllib.request

from tests.browser.conftest import PHONE


def test_a_token_is_made_shown_once_and_opens_the_api(at_desk) -> None:
    desk = at_desk("admin.guan")
    desk.go("/tokens/new/")
    desk.is_tidy()
    desk.page.fill("[name=name]", "某核心系统")
    desk.page.select_option("[name=organization]", label="人保财险万州分公司")
    desk.page.select_option("[name=role]", "adjuster")
    desk.page.click("main button.btn-primary")
    secret = desk.page.inner_text(".secret")
    desk.is_tidy()
    asked = urllib.request.Request(f"{desk.portal}/api/v1/editions/", headers={"Authorization": f"Bearer {secret}"})
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer)["count"] >= 1
    desk.go("/tokens/")
    assert "某核心系统" in desk.text()
    desk.is_tidy()


def test_somebody_asks_the_api_from_a_phone(at_desk) -> None:
    desk = at_desk("picc.peng", PHONE)
    desk.go("/api/v1/")
    desk.is_tidy()
    desk.page.click("text=/api/v1/quotes/")
    desk.page.wait_for_selector("textarea")
    desk.complaints.clear()  # the browser notes the 405 of a look at what wants a POST
    desk.page.click("main button.btn-primary")
    desk.page.wait_for_selector(".answer")
    assert '"payable": "2000.00"' in desk.text()
    desk.is_tidy()
