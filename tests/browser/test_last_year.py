"""上年结转: the trial's roster carried over into a next year, in a copy of the trial's portal that has one."""

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE, ROOT, Desk, manage, served

pytestmark = pytest.mark.browser
DATABASE = "portal.sqlite3"


@pytest.fixture(scope="module")
def next_year(portal: str, portal_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal whose people have last year's roster and none of this year's."""
    folder = tmp_path_factory.mktemp("next") / "portal"
    shutil.copytree(portal_folder, folder, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
    with (
        closing(sqlite3.connect(portal_folder / DATABASE)) as source,
        closing(sqlite3.connect(folder / DATABASE)) as copy,
    ):
        source.backup(copy)
    document = folder / "wanzhou-2022.yaml"
    document.write_text(_a_year_later((ROOT / "fixtures/editions/wanzhou-2021.yaml").read_text("utf-8")), "utf-8")
    manage(folder, "load_edition", str(document), "--publish")
    with served(folder) as address:
        yield address


def _a_year_later(document: str) -> str:
    document = document.replace("wanzhou-2021", "wanzhou-2022").replace("2021年", "2022年")
    return re.sub(r'"(\d{4})(-\d\d-\d\d)"', lambda day: f'"{int(day[1]) + 1}{day[2]}"', document)


def test_last_years_roster_is_looked_over_and_taken_over(chromium, next_year: str) -> None:
    clerk = Desk(chromium, next_year, DESK).login("ganning.he")
    page = clerk.page
    assert "参保 0 人" in clerk.text()
    page.click("nav.menu >> text=名册导入")
    assert "把“2021年巩固脱贫保”期末在册的人带过来" in clerk.text()
    clerk.is_tidy()
    page.click("text=结转上年名册")
    page.wait_for_selector("text=与现名册相比", timeout=30_000)
    assert "上年结转" in page.inner_text("h1")
    people = int(page.inner_text("tr:has-text('上年名册人数') td").replace(",", ""))
    assert people > 0
    assert f"新增 {people}" in page.inner_text("nav.views")
    _tidy_on_both(clerk)
    page.click("text=确认导入（")
    page.wait_for_selector("text=已导入", timeout=30_000)
    clerk.go("/roster/")
    assert f"在册 {people} 人" in clerk.text()
    clerk.context.close()


def _tidy_on_both(desk: Desk) -> None:
    for size in (PHONE, DESK):
        desk.page.set_viewport_size(size)
        desk.is_tidy()
