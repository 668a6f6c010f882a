"""Options of the test run; fixtures stand in tests/."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-long", action="store_true", help="larger sizes as well (make test-long)")
    parser.addoption("--run-screenshots", action="store_true", help="make the pictures of docs/screenshots")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="只在 make test-long 里运行"))
