"""What holds for every template and style sheet, and what the shared partials print."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from calc.trace import Step

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "a style element": r"<style",
    "an event handler": r"<[^>]*\son[a-z]+\s*=",
    "a script in the page": r"<script(?![^>]*\ssrc=)",
    "something from elsewhere": r"(?:src|href)=[\"']https?://",
    "a lifted escape": r"\|\s*safe\b|autoescape off",
}
TOO_NEW = {":has(": r":has\(", "color-mix(": r"color-mix\(", "nesting": r"^\s+&", "container": r"@container"}


@pytest.fixture(autouse=True)
def _plain_static_files(settings) -> None:
    files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": files}


@pytest.mark.parametrize("name", NAMES)
def test_templates_compile_and_keep_to_the_policy(name: str) -> None:
    get_template(name)
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, source)] == []


@pytest.mark.parametrize("name", ["css/app.css", "css/tokens.css"])
def test_style_sheets_stay_within_chrome_109(name: str) -> None:
    source = (STATIC / name).read_text(encoding="utf-8")
    assert [what for what, pattern in TOO_NEW.items() if re.search(pattern, source, re.MULTILINE)] == []
    assert "http" not in source


def test_a_first_load_is_light() -> None:
    files = [
        "vendor/bootstrap/bootstrap.min.css",
        "vendor/htmx/htmx.min.js",
        "css/tokens.css",
        "css/app.css",
        "js/app.js",
    ]
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files) < 100_000


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 429, 500, 503])
def test_error_pages_need_nothing_but_a_trace_number(code: int) -> None:
    page = render_to_string(f"errors/{code}.html", {"trace": "7F3A-90C2"})
    assert "追踪号 7F3A-90C2" in page
    assert "<h1>" in page


class _Form(forms.Form):
    name = forms.CharField(label="医院", help_text="写全称", error_messages={"required": "请填写医院"})
    cause = forms.ChoiceField(label="原因", choices=[("fall", "跌落")], required=False)


def test_a_wrong_field_tells_why_beside_itself_and_on_top() -> None:
    form = _Form({"name": ""})
    page = Template('{% include "parts/form_errors.html" %}{% field form.name "f-3" "五（二）" %}').render(
        Context({"form": form})
    )
    assert "有 1 处要改" in page
    assert '<a href="#id_name">请填写医院</a>' in page
    assert 'aria-describedby="id_name-error id_name-hint"' in page
    assert 'aria-invalid="true"' in page
    for part in (
        'id="id_name-error"',
        'id="id_name-hint"',
        'for="id_name"',
        "<b>必填</b>",
        "五（二）",
        'class="f f-3"',
    ):
        assert part in page
    assert 'class="form-select"' in Template("{% field form.cause %}").render(Context({"form": form}))


def test_the_pager_keeps_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/claims/", {"view": "due", "page": "2", "size": "20"})
    page = Template("{% pager page %}").render(
        Context({"request": request, "page": Paginator(range(1_234), 20).get_page(2)})
    )
    assert "共 1,234 条" in page
    assert "?view=due&amp;size=20&amp;page=3" in page
    assert "?view=due&amp;size=50" in page
    assert '<input type="hidden" name="view" value="due">' in page


def test_a_ledger_prints_steps_as_they_were_traced() -> None:
    steps = [
        Step("", "合规医疗费用", "30,000.00", "五（二）", balance="30,000.00"),
        Step("减", "基本医保报销", "−18,000.00", "五（二）", balance="12,000.00"),
        Step("判", "自己承担 ≥ 起付线", "达到", "五（二）"),
        Step("得", "应赔", "12,000.00", ""),
    ]
    page = render_to_string(
        "parts/ledger.html", {"steps": steps, "total": "12,000.00", "capital_text": "人民币壹万贰仟元整"}
    )
    assert page.count("<tr") == 5, "head, three steps, one result"
    assert "−18,000.00" in page
    assert page.count('class="check"') == 1
    assert "人民币壹万贰仟元整" in page


@pytest.mark.parametrize(
    ("expression", "value", "printed"),
    [
        ("money", 1390337000, "13,903,370.00"),
        ("money", -50, "−0.50"),
        ("money", None, ""),
        ("yuan", "1000", "1,000.00"),
        ("thousands", -1234, "−1,234"),
        ("capital", 300000, "人民币叁仟元整"),
    ],
)
def test_figures_print_one_way(expression: str, value: object, printed: str) -> None:
    assert Template("{{ value|" + expression + " }}").render(Context({"value": value})) == printed


def test_text_is_escaped_in_partials() -> None:
    page = render_to_string(
        "parts/ledger.html", {"steps": [Step("", "<b>", "1.00", "")], "total": "1.00", "capital_text": ""}
    )
    assert "&lt;b&gt;" in page
