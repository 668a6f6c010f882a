"""Options of the test run; fixtures stand in tests/."""

import os

import pytest
from xdist.scheduler import LoadFileScheduling


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-long", action="store_true", help="larger sizes as well (make test-long)")
    parser.addoption("--on-servers", action="store_true", help="leave out what neither PostgreSQL nor Redis can change")
    parser.addoption("--run-screenshots", action="store_true", help="make the pictures of docs/screenshots")


def pytest_configure(config: pytest.Config) -> None:
    """Properties look how many examples they have time for while they are imported."""
    if config.getoption("--run-long"):
        os.environ["PORTAL_TESTS_LONG"] = "yes"


class ByFile(LoadFileScheduling):
    """A file's tests go to one worker, which makes once what they share; the journeys share a portal and a Chromium."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/kill/test_servers.py"):  # each has servers of its own, and takes ten minutes
            return nodeid
        return "tests/browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """In the order in which tests were collected: what takes longest comes first there, not what has most tests."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


# Pure modules, print and browser: the same with every database, so once is enough.
SAME_EVERYWHERE = ("tests/calc", "tests/rules", "tests/roster", "tests/print", "tests/browser")


@pytest.hookimpl(trylast=True)  # pytest-django puts tests with a database first
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--on-servers"):
        same = [item for item in items if item.nodeid.startswith(SAME_EVERYWHERE)]
        items[:] = [item for item in items if item not in same]
        config.hook.pytest_deselected(items=same)
    items.sort(key=lambda item: not item.nodeid.startswith("tests/browser/"))  # the longest share of one worker
    if config.getoption("--run-long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="只在 make test-long 里运行"))
