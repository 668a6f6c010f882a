"""An amendment from its form over the drafting screens to publication by a second person, at a desk and on a phone."""

import pytest

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser
EDITION = "/editions/wanzhou-2021/"
TITLE = "2021年巩固脱贫保"
LIMIT = "v:limits.accident_medical_maximum.amount.value"


@pytest.mark.parametrize(("size", "day", "n"), [(DESK, "2021年11月1日", 1), (PHONE, "2021-12-01", 2)])
def test_one_drafts_and_checks_and_another_publishes(at_desk, size: dict[str, int], day: str, n: int) -> None:
    drafter = at_desk("zhuguan.xiong", size=size)
    page = drafter.page
    drafter.go(EDITION)
    page.click("#amendments summary:has-text('起草修订')")
    drafter.is_tidy()
    page.fill("[name=effective_from]", day)
    page.fill("[name=reason]", "医疗限额提高")
    page.click("text=照现行条款起草")
    page.wait_for_url("**/drafts/*/")
    _change(drafter, page.url.removeprefix(drafter.portal), f"{5000 + 100 * n}")
    page.click(f"text=存入第{n}次修订")
    page.wait_for_selector(f"h1:has-text('第{n}次修订')")
    drafter.is_tidy()
    address = page.url.removeprefix(drafter.portal)
    page.click("text=放弃草稿")
    drafter.is_tidy()
    drafter.go(f"{address}compare/")
    assert "意外医疗" in drafter.text()
    drafter.is_tidy()
    drafter.go(address)
    page.click("text=检查条款和算例")
    page.wait_for_selector("text=发布要由另一位")
    _publish(at_desk("zhuguan.deng", size=PHONE), address, n)


def _change(desk, address: str, limit: str) -> None:
    """The limit in the form, the example that moves with it accepted, every other page looked at."""
    page = desk.page
    for part in ("?part=basics", "?part=premium", "?part=coverages", "insurers/", "text/"):
        desk.go(f"{address}{part}")
        desk.is_tidy()
    desk.go(f"{address}?part=premium")
    assert page.locator("[name='v:premium.rate.value']").count() == 0
    assert "修订不改" in desk.text()
    desk.go(f"{address}?part=limits")
    page.fill(f'[name="{LIMIT}"]', limit)
    page.click("main .dock .btn-primary")
    page.wait_for_selector(".toast-success")
    desk.go(f"{address}examples/")
    for box in page.locator("[name=accept]").all():
        box.check()
    desk.is_tidy()
    page.click("main .dock .btn-primary")
    page.wait_for_selector(".toast-success")


def _publish(second, address: str, n: int) -> None:
    second.go(address)
    second.is_tidy()
    second.page.fill("#publish-title", TITLE)
    second.page.click("button:text-is('发布')")
    second.page.wait_for_selector(".meta >> text=已发布")
    second.is_tidy()
    second.go("/editions/")
    assert f"已修订 {n} 次" in second.text()
    second.is_tidy()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_what_an_edition_offers_fits_its_head(at_desk, size: dict[str, int]) -> None:
    desk = at_desk("zhuguan.xiong", size=size)
    desk.go(EDITION)
    desk.is_tidy()
    assert desk.page.locator(".page-head .acts .btn").count() >= 4
