"""An amendment from draft to published by two people, at a desk and on a phone."""

import pytest

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
EDITION = "/editions/wanzhou-2021/"
TITLE = "2021年巩固脱贫保"


def test_one_drafts_and_checks_and_another_publishes(at_desk) -> None:
    drafter = at_desk("zhuguan.xiong")
    drafter.go(EDITION)
    drafter.page.click("summary:has-text('起草修订')")
    drafter.is_tidy()
    drafter.page.fill("[name=effective_from]", "2021年11月1日")
    drafter.page.fill("[name=reason]", "演示修订")
    drafter.page.click("text=照现行条款起草")
    drafter.page.wait_for_selector("h1:has-text('第1次修订')")
    drafter.page.click("text=检查条款和算例")
    drafter.page.wait_for_selector("text=发布要由另一位")
    drafter.is_tidy()
    address = drafter.page.url.removeprefix(drafter.portal)

    second = at_desk("zhuguan.deng", size=PHONE)
    second.go(address)
    second.is_tidy()
    second.page.fill("[name=title]", TITLE)
    second.page.click("button:text-is('发布')")
    second.page.wait_for_selector(".meta >> text=已发布")
    second.is_tidy()
    second.go("/editions/")
    assert "已修订 1 次" in second.text()
    second.is_tidy()
