"""Pictures of the ten main screens for docs/, at a desk and on a phone; made on demand (make screenshots)."""

from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE, ROOT, Desk

FOLDER = ROOT / "docs" / "screenshots"
SCREENS = (
    ("01-login", "", "/login/"),
    ("02-workbench", "dazhou.zhou", "/"),
    ("03-roster-import", "dazhou.zhou", "IMPORT"),
    ("04-claim-report", "dazhou.zhou", "REPORT major_illness_inpatient"),
    ("05-phone-claim", "dazhou.zhou", "REPORT accident_medical"),
    ("06-claim-list", "picc.peng", "/claims/"),
    ("07-claim", "picc.tang", "/claims/WZ21-00003/"),
    ("08-edition", "zhuguan.xiong", "/editions/wanzhou-2021/"),
    ("09-allocation", "caizheng.ran", "/premiums/wanzhou-2021/"),
    ("10-people", "admin.guan", "/people/"),
)


@pytest.fixture(autouse=True)
def _on_demand(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--run-screenshots"):
        pytest.skip("按需生成：make screenshots")


@pytest.mark.parametrize(("name", "username", "path"), SCREENS)
@pytest.mark.parametrize(("width", "size"), [("1366", DESK), ("390", PHONE)])
def test_picture(
    chromium, portal: str, tmp_path: Path, name: str, username: str, path: str, width: str, size: dict
) -> None:
    desk = Desk(chromium, portal, size)
    if username:
        desk.login(username)
    _open(desk, path, tmp_path)
    desk.is_tidy()
    FOLDER.mkdir(parents=True, exist_ok=True)
    desk.page.screenshot(path=FOLDER / f"{name}-{width}.png")
    desk.context.close()


def _open(desk: Desk, path: str, tmp_path: Path) -> None:
    if path == "IMPORT":
        _upload(desk, tmp_path)
    elif path.startswith("REPORT"):
        _start_report(desk, path.split()[1])
    else:
        desk.go(path)


def _upload(desk: Desk, tmp_path: Path) -> None:
    from tests.browser.rosters import dazhou_roster

    desk.go("/roster/import/")
    desk.page.set_input_files("[name=file]", dazhou_roster(tmp_path / "大周镇2021年参保名册.xlsx"))
    desk.page.click("text=上传并校验")
    desk.page.wait_for_selector("text=与现名册相比", timeout=30_000)


def _start_report(desk: Desk, coverage: str) -> None:
    desk.go("/roster/")
    link = desk.page.get_attribute("main a[href^='/claims/new/']", "href")
    desk.go(f"{link}?coverage={coverage}")
    for field, value in {
        "fact_admitted_on": "2021-08-11", "fact_discharged_on": "2021-08-26", "fact_hospital": "（示例）三级医院",
        "fact_accident_date": "2021-09-18", "reporter_name": "冉某",
    }.items():  # fmt: skip
        if desk.page.query_selector(f"#id_{field}"):
            desk.page.fill(f"#id_{field}", value)
    desk.page.fill("#id_fact_eligible_expense", "30,000.00")
    desk.page.fill("#id_fact_paid_by__basic_medical", "18,000.00")
    desk.page.keyboard.press("Tab")
    desk.page.wait_for_selector("#trial >> text=试算应赔")
    desk.page.evaluate("window.scrollTo(0, 0)")
