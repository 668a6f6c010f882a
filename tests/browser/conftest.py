"""A real portal (web server and worker as processes, demo loaded) and a real Chromium."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.bench.commands import free_port
from config.demo_people import DEMO_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests/vendor/axe.min.js"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first is a third quicker
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="没有浏览器：apt install chromium-headless-shell（或 chromium）后再运行")
                )


@contextmanager
def running_portal(folder: Path, *prepare: str, **environment: str) -> Iterator[str]:
    """The address of a portal made ready in `folder`; ended with everything it started.

    A trial that tests start hashes passwords quickly (config/settings.py); production takes its time there too.
    """
    manage(folder, "prepare", *prepare, **environment)
    with served(folder, **environment) as address:
        yield address


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[str]:
    """The address of the portal in `folder`, which is ready."""
    port = free_port()
    environment = _environment(folder) | {"PORT": str(port)} | environment
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith(("DATABASE_URL", "REDIS_URL"))}
    return kept | {"DATA_DIR": str(folder), "MODE": "trial"}


def manage(folder: Path, *command: str, **environment: str) -> None:
    """A command of the portal that keeps its data in `folder`."""
    words = [sys.executable, "manage.py", *command]
    subprocess.run(words, cwd=ROOT, env=_environment(folder) | environment, check=True, capture_output=True)


@pytest.fixture(scope="package")
def portal_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="package")
def portal(portal_folder: Path) -> Iterator[str]:
    """A portal with the trial's people."""
    with running_portal(portal_folder, "--demo") as address:
        yield address


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.fixture(scope="package")
def chromium() -> Iterator[object]:
    """Ended with the last journey: while Playwright runs its loop, Django lets nobody in this worker use a database."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Desk:
    """A person at a browser of their own."""

    def __init__(self, chromium, portal: str, size: dict[str, int], *, script: bool = True, session=None) -> None:
        self.portal = portal
        self.context = chromium.new_context(
            viewport=size, locale="zh-CN", accept_downloads=True, java_script_enabled=script, storage_state=session
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def login(self, username: str, password: str = DEMO_PASSWORD) -> "Desk":
        self.go("/login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", password)
        self.page.click("button.btn-primary")
        self.page.wait_for_selector("h1")
        return self

    def go(self, path: str) -> int:
        answer = self.page.goto(self.portal + path)
        return answer.status if answer else 0

    def fetch(self, path: str) -> tuple[int, bytes]:
        answer = self.context.request.get(self.portal + path)
        return answer.status, answer.body()

    def text(self) -> str:
        return self.page.inner_text("main")

    def dock_rows(self) -> int:
        """In how many rows the buttons of the bar at the bottom stand: on a phone it hides what is under it."""
        own = ", ".join(f".dock > {one}.btn:visible" for one in ("", "form ", "details > "))
        boxes = [button.bounding_box() for button in self.page.locator(own).all()]
        return len({round(box["y"]) for box in boxes if box})

    def is_tidy(self) -> None:
        """Nothing overflows sideways, axe finds nothing, the console is silent."""
        self.page.wait_for_load_state()  # a click returns when the next page begins to arrive: it may have no root yet
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url
        assert width >= DESK["width"] or self.dock_rows() <= 2, self.page.url
        if not self.page.evaluate("'axe' in window"):  # this page has been looked at before, at another size
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')))"
        )
        assert found == [], (self.page.url, found)
        assert self.complaints == [], self.page.url


@pytest.fixture(scope="package")
def sessions() -> dict[str, object]:
    """By username, what the browser keeps of a login: made once a person, not once a test."""
    return {}


@pytest.fixture
def at_desk(chromium, portal: str, sessions: dict[str, object]) -> Iterator[object]:
    """`at_desk("dazhou.zhou")`: the person logged in at 1366×768; `size=PHONE` for a phone."""
    desks: list[Desk] = []

    def sit(username: str, size: dict[str, int] = DESK) -> Desk:
        desk = Desk(chromium, portal, size, session=sessions.get(username))
        desks.append(desk)
        if username in sessions:
            desk.go("/")
        else:
            sessions[username] = desk.login(username).context.storage_state()
        return desk

    yield sit
    for desk in desks:
        desk.context.close()
