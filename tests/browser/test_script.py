"""static/js/app.js by itself: a page under the portal's own Content-Security-Policy, no server behind it."""

import json
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from tests.browser.conftest import DESK, PHONE, ROOT

pytestmark = pytest.mark.browser

HOME = "http://portal.test"
HEAD = '<!DOCTYPE html><html lang="zh-CN"><title>试</title><script src="/static/js/app.js" defer></script><body>'
TYPING = """<form id="f" method="post" action="/save" data-typing data-draft="7-x">
 <div class="f"><input name="one" data-date></div><div class="f"><input name="two" data-money></div>
 <div class="f"><input name="account" data-secret></div><textarea name="words"></textarea>
 <button type="button" data-phrase>缺发票原件</button><button class="btn-primary" name="go">存</button>
 <button name="next" value="yes">存，下一件</button></form>"""
SHOTS = """<form method="post" action="/papers" data-shots><select name="kind"><option value="invoice">发票</option></select>
 <input type="file" name="file" multiple><ul class="shots"></ul></form>"""
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Stage:
    """Pages by path, answered inside the browser; what was posted is kept."""

    def __init__(self, page) -> None:
        self.page, self.pages, self.posted = page, {}, []
        self.answer_post: Callable[[object], None] | None = None
        self.complaints: list[str] = []
        page.on("console", lambda m: self.complaints.append(m.text) if "Content Security" in m.text else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route("**/*", self._answer)

    def show(self, html: str, path: str = "/") -> None:
        self.pages[path] = html
        self.page.goto(HOME + path)
        self.page.wait_for_load_state()

    def _answer(self, route) -> None:
        path = route.request.url.removeprefix(HOME)
        if route.request.method == "POST":
            self.posted.append(route.request.post_data_buffer or b"")
            if self.answer_post:
                self.answer_post(route)
                return
        if path.startswith("/static/"):
            file = ROOT / path.lstrip("/")
            route.fulfill(body=file.read_bytes(), content_type=TYPES.get(file.suffix, "application/octet-stream"))
            return
        headers = {"Content-Security-Policy": _policy(), "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=self.pages.get(path, HEAD + "<h1>别的页</h1>"), headers=headers)


def _policy() -> str:
    rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return "; ".join(f"{name} {' '.join(map(str, sources))}" for name, sources in rules.items())


@pytest.fixture
def stage(chromium) -> Iterator[Stage]:
    page = chromium.new_page(viewport=DESK)
    stage = Stage(page)
    yield stage
    page.close()
    assert stage.complaints == []


def _focused(stage: Stage) -> str:
    return stage.page.evaluate("document.activeElement.name")


def test_enter_goes_on_and_back_and_ends_at_the_button(stage: Stage) -> None:
    stage.show(HEAD + TYPING.replace('<textarea name="words"></textarea>', ""))
    stage.page.focus("[name=one]")
    stage.page.keyboard.press("Enter")
    assert _focused(stage) == "two"
    stage.page.keyboard.press("Shift+Enter")
    assert _focused(stage) == "one"
    for _ in range(3):
        stage.page.keyboard.press("Enter")
    assert _focused(stage) == "go"
    assert stage.posted == []


def test_enter_is_left_to_an_input_method_and_to_long_text(stage: Stage) -> None:
    stage.show(HEAD + TYPING)
    composing = "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true, isComposing: true})"
    stage.page.focus("[name=one]")
    assert stage.page.evaluate(f"document.activeElement.dispatchEvent({composing})"), "not prevented"
    assert _focused(stage) == "one"
    stage.page.fill("[name=words]", "甲")
    stage.page.press("[name=words]", "Enter")
    assert stage.page.input_value("[name=words]") == "甲\n"


def test_control_enter_saves_and_asks_for_the_next(stage: Stage) -> None:
    stage.show(HEAD + TYPING)
    stage.page.focus("[name=one]")
    stage.page.keyboard.press("Control+Enter")
    stage.page.wait_for_selector("text=别的页")
    assert b"next=yes" in stage.posted[0]


@pytest.mark.parametrize(
    ("field", "typed", "shown"),
    [
        ("one", "20210901", "2021-09-01"),
        ("one", "2021.9.1", "2021-09-01"),
        ("one", "２０２１年９月１日", "2021-09-01"),
        ("one", "昨天", "昨天"),
        ("two", "30000", "30,000.00"),
        ("two", "１，２３４．５元", "1,234.50"),
        ("two", "12.345", "12.345"),
    ],
)
def test_dates_and_money_are_tidied_when_left(stage: Stage, field: str, typed: str, shown: str) -> None:
    stage.show(HEAD + TYPING)
    stage.page.fill(f"[name={field}]", typed)
    stage.page.focus("[name=account]")
    assert stage.page.input_value(f"[name={field}]") == shown


def test_a_double_click_sends_once(stage: Stage) -> None:
    waiting: list = []
    stage.answer_post = waiting.append  # no answer yet: a slow line
    stage.show(HEAD + TYPING)
    clicks = "const b = document.querySelector('[name=go]'); b.click(); b.click(); setTimeout(() => b.click(), 50);"
    stage.page.evaluate(clicks)
    stage.page.wait_for_timeout(300)
    assert len(stage.posted) == 1
    waiting.pop().fulfill(body="")


def test_a_phrase_fills_the_reason(stage: Stage) -> None:
    stage.show(HEAD + TYPING)
    stage.page.click("[data-phrase]")
    stage.page.click("[data-phrase]")
    assert stage.page.input_value("[name=words]") == "缺发票原件；缺发票原件"


def _drafts(stage: Stage) -> str:
    return stage.page.evaluate("JSON.stringify(Object.assign({}, sessionStorage))")


def test_a_draft_outlives_a_reload_without_what_is_secret(stage: Stage) -> None:
    stage.show(HEAD + TYPING)
    stage.page.fill("[name=words]", "测某甲")
    stage.page.fill("[name=account]", "6200000000000001")
    assert "6200000000000001" not in _drafts(stage)
    stage.page.reload()
    assert stage.page.input_value("[name=words]") == "测某甲"
    assert stage.page.input_value("[name=account]") == ""


def test_a_draft_ends_with_the_success_that_the_server_tells_of(stage: Stage) -> None:
    stage.show(HEAD + TYPING)
    stage.page.fill("[name=words]", "测某甲")
    stage.show(HEAD + '<div class="toast-line toast-success">别的事办完了</div>', "/other")
    assert "测某甲" in _drafts(stage), "not sent yet: still wanted"
    stage.show(HEAD + TYPING)
    stage.page.click("[name=go]")
    stage.page.wait_for_selector("text=别的页")
    stage.show(HEAD + '<div class="toast-line toast-success">已报案</div>', "/other")
    assert _drafts(stage) == "{}"


def test_nothing_typed_is_left_after_logging_out(stage: Stage) -> None:
    stage.show(HEAD + TYPING + '<form method="post" action="/logout/"><button id="out">退出登录</button></form>')
    stage.page.fill("[name=words]", "测某甲")
    stage.page.click("#out")
    stage.page.wait_for_selector("text=别的页")
    assert _drafts(stage) == "{}"


def _photo(name: str) -> dict[str, object]:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-made"}


def test_photos_go_one_by_one_and_can_be_sent_again(stage: Stage) -> None:
    waiting: list = []
    stage.answer_post = waiting.append
    stage.show(HEAD + SHOTS)
    stage.page.set_input_files("[name=file]", [_photo("甲.pdf"), _photo("乙.pdf")])
    stage.page.wait_for_timeout(200)
    assert len(waiting) == 1, "the second waits for the first"
    waiting.pop().abort()
    stage.page.wait_for_selector("text=网络断了")
    stage.page.wait_for_timeout(200)
    waiting.pop().fulfill(status=422, body=json.dumps({"problems": ["不是照片"]}))
    stage.page.wait_for_selector("text=不是照片")
    stage.page.click("text=重传 >> nth=0")
    stage.page.wait_for_timeout(200)
    waiting.pop().fulfill(status=200, body=json.dumps({"problems": []}))
    stage.page.wait_for_selector("text=✓ 已传")
    assert b"invoice" in stage.posted[0]


def test_a_photo_can_be_given_up(stage: Stage) -> None:
    waiting: list = []
    stage.answer_post = waiting.append
    stage.show(HEAD + SHOTS)
    stage.page.set_input_files("[name=file]", [_photo("甲.pdf"), _photo("乙.pdf")])
    stage.page.wait_for_timeout(200)
    stage.page.click("li:has-text('甲.pdf') >> text=取消")
    stage.page.wait_for_selector("text=甲.pdf", state="detached")
    stage.page.wait_for_timeout(200)
    assert b"\xe4\xb9\x99.pdf" in stage.posted[-1], "the next one goes"


ERRORS = sorted(path.name for path in (ROOT / "templates/errors").glob("*.html"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_are_tidy(chromium, settings, name: str, size: dict[str, int]) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    page = chromium.new_page(viewport=size)
    stage = Stage(page)
    stage.show(render_to_string(f"errors/{name}", {"trace": "7F3A-90C2"}), "/wrong")
    page.evaluate((ROOT / "tests/vendor/axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join('|')))")
    page.close()
    assert (found, stage.complaints) == ([], [])
