"""The benchmark of pages beside an import: what it gates, and that it does not pass over what went wrong."""

import pytest
from django.db import connection

from config.bench import during_import
from config.bench.during_import import CONFIRMING, QUIET, Asked
from config.bench.measured import BenchRefused, Options


def asked(during: list[float], quiet: list[float]) -> list[Asked]:
    return [Asked("home", CONFIRMING, one) for one in during] + [Asked("home", QUIET, one) for one in quiet]


def test_each_page_is_told_beside_itself_in_quiet() -> None:
    home, everything = during_import._measured(asked([0.1] * 19 + [2.0], [0.05] * 20))
    assert (home.name, home.seconds, home.baseline_seconds) == ("during_import.home", 0.1, 0.05)
    assert everything.name == "during_import.all"
    assert "写入 20 次 100、100、2000" in home.note


def test_slow_pages_are_no_result() -> None:
    slow = during_import._measured(asked([0.1] * 18 + [0.6] * 2, [0.05]))
    with pytest.raises(BenchRefused, match=r"超过 0\.5 秒：during_import\.home 0\.600 秒"):
        during_import._held(slow)


def test_a_page_that_nobody_asked_for_is_no_result() -> None:
    with pytest.raises(BenchRefused, match="home 一次也没有量到"):
        during_import._measured(asked([], [0.05]))


def test_an_import_that_failed_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = '{"state": "checked", "new": 9, "changed": 0, "unchanged": 0}'
    monkeypatch.setattr(during_import, "manage", lambda *_: counts)
    with pytest.raises(BenchRefused, match="应有 9 行正确并已导入"):
        during_import._demand_right({}, "/roster/import/5/", {"good": 9})


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite 上用自己的新库，不用问")
def test_the_configured_database_is_written_to_only_when_told_so() -> None:
    with pytest.raises(BenchRefused, match="--yes"):
        during_import.run(Options(rows=1, yes=False))


@pytest.mark.long
def test_pages_are_asked_over_http_beside_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of it, with few rows; how fast is another matter on a machine that runs tests."""
    if connection.vendor == "postgresql":
        pytest.skip("会写进配置的数据库")
    monkeypatch.setattr(during_import, "FIGURE", 30)
    monkeypatch.setattr(during_import, "QUIET_SECONDS", 5)
    names = {one.name for one in during_import.run(Options(rows=5_000, yes=False))}
    assert {"during_import.home", "during_import.search", "during_import.all"} <= names
