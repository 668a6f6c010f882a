"""What templates print with: one filter for money, one for dates; nothing else formats a figure."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe

from calc.capital import capital_amount
from calc.money import format_yuan, from_fen
from calc.money import yuan as parse_yuan
from orgs.paging import SIZES

register = template.Library()
WEEKDAYS = "一二三四五六日"


@register.filter
def money(fen: int | None) -> str:
    """Whole fen as `13,903,370.00`; empty for None."""
    return "" if fen is None else format_yuan(from_fen(fen))


@register.filter
def difference(fen: int) -> str:
    """Whole fen with its sign: `+1,234.00`, `−1,234.00`; nothing before 0.00."""
    return f"+{money(fen)}" if fen > 0 else money(fen)


@register.filter
def yuan(amount: Decimal | str) -> str:
    """An amount in yuan, as Decimal or plain text, as `1,000.00`."""
    return format_yuan(parse_yuan(amount) if isinstance(amount, str) else amount)


@register.filter
def capital(fen: int) -> str:
    """Whole fen in capitals: `人民币叁仟元整`."""
    return capital_amount(fen)


@register.filter
def thousands(number: int | None) -> str:
    return f"{number:,}".replace("-", "−") if isinstance(number, int | Decimal) else ""


@register.filter
def day(value: date | None) -> str:
    return f"{value:%Y-%m-%d}" if value else ""


@register.filter
def weekday(value: date) -> str:
    return f"星期{WEEKDAYS[value.weekday()]}"


@register.filter
def moment(value: datetime | None) -> str:
    """`2021-09-08 15:20` in Asia/Shanghai."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def short_moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%m-%d %H:%M}" if value else ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value of a mapping by a variable key."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag(takes_context=True)
def query_with(context: Any, **changes: Any) -> str:
    """The query string of this page with some parameters changed; an empty value takes one out."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = value
    return "?" + query.urlencode() if query else "?"


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: Any, page: Page) -> dict[str, Any]:
    """共 n 条, page size, pages, jump."""
    return {
        "request": context["request"],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "sizes": SIZES,
    }


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, css: str = "", clause: str = "") -> dict[str, Any]:
    """A form field with its label, hint and error beside it."""
    return {"field": dressed(bound), "css": css, "clause": clause, "bound": bound}


@register.simple_tag
def bare(bound: BoundField, label: str = "") -> str:
    """The widget alone, for a field that stands in a table; labelled for those who can't see the row."""
    return dressed(bound, {"aria-label": label or str(bound.label)})


def dressed(bound: BoundField, more: dict[str, str] | None = None) -> str:
    """The widget with our classes and with its error and hint tied to it."""
    widget = bound.field.widget
    attributes = {"class": f"{_css(widget)} {widget.attrs.get('class', '')}".strip(), **(more or {})}
    told = []
    if bound.errors:
        attributes["class"] += " is-invalid"
        attributes["aria-invalid"] = "true"
        told.append(f"{bound.auto_id}-error")
    if bound.help_text:
        told.append(f"{bound.auto_id}-hint")
    if told:
        attributes["aria-describedby"] = " ".join(told)
    return bound.as_widget(attrs=attributes)


def _css(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.filter
def marked_words(coverage: Any) -> str:
    """The notice's words on a coverage with the parts that decide underlined."""
    html = escape(coverage.words)
    for part in coverage.marks:
        html = html.replace(escape(part), f"<mark>{escape(part)}</mark>", 1)
    return mark_safe(html)  # noqa: S308
