"""Forms with which a draft begins: a copy of last year's edition, or a document."""

import re
from datetime import date
from typing import Any

from django import forms

from calc.dates import DateError, parse_date
from schemes.models import Edition
from schemes.terms.editing import CopyTo
from schemes.terms.model import EditionTerms

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,58}[a-z0-9]")
PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,9}")
YEARS = (1990, 2100)


class DayField(forms.CharField):
    """A day as people write it; everything that a list accepts."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"inputmode": "numeric", "data-date": "", "autocomplete": "off"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> date:
        text = super().clean(value)
        try:
            day = parse_date(text)
        except DateError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        if not YEARS[0] <= day.year <= YEARS[1]:
            raise forms.ValidationError(f"{day.year} 年不像是保险年度，请核对年份")
        return day


def _text(label: str, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, error_messages={"required": f"请填{label}"}, **more)


class CopyForm(forms.Form):
    """What is new in next year's edition."""

    code = _text("代码", 60, help_text="小写字母、数字和横线，例如 wanzhou-2022；发布以后不能改")
    title = _text("名称", 80)
    short_title = _text("简称", 80, help_text="显示在顶栏和列表里")
    number_prefix = _text("案件编号前缀", 10, help_text="大写字母和数字，例如 WZ22；每个年度不同")
    first = DayField(label="保险期间第一天", error_messages={"required": "请填保险期间第一天"})
    last = DayField(label="保险期间最后一天", error_messages={"required": "请填保险期间最后一天"})
    notice_title = _text("通知名称", 200)
    notice_number = _text("文号", 60)
    issued_on = DayField(label="发文日期", error_messages={"required": "请填发文日期"})
    issuer = _text("发文机关", 80)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if not CODE.fullmatch(code):
            raise forms.ValidationError(f"代码“{code}”只能用小写字母、数字和横线，3 至 60 位，例如 wanzhou-2022")
        if Edition.objects.filter(code=code).exists():
            raise forms.ValidationError(f"代码“{code}”已有人用，请换一个")
        return code

    def clean_number_prefix(self) -> str:
        prefix = self.cleaned_data["number_prefix"].strip()
        if not PREFIX.fullmatch(prefix):
            raise forms.ValidationError(f"前缀“{prefix}”应是大写字母开头的字母和数字，2 至 10 位，例如 WZ22")
        return prefix

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", f"最后一天 {data['last']} 早于第一天 {data['first']}，请核对")
        return data

    def to(self) -> CopyTo:
        data = dict(self.cleaned_data)
        return CopyTo(**{name: value.strip() if isinstance(value, str) else value for name, value in data.items()})


def next_year(terms: EditionTerms) -> dict[str, str]:
    """What the copy is proposed to be called: last year's names with the next year in them."""
    first, last = terms.period.range.first, terms.period.range.last
    return {
        "code": _raised(terms.code, first.year),
        "title": _raised(terms.title, first.year),
        "short_title": _raised(terms.short_title, first.year),
        "number_prefix": _raised(terms.number_prefix, first.year),
        "first": _a_year_later(first).isoformat(),
        "last": _a_year_later(last).isoformat(),
        "notice_title": _raised(terms.notice.title, first.year),
        "notice_number": "",
        "issued_on": "",
        "issuer": terms.notice.issuer,
    }


def _raised(text: str, year: int) -> str:
    if str(year) in text:
        return text.replace(str(year), str(year + 1))
    return text.replace(f"{year % 100:02d}", f"{(year + 1) % 100:02d}")


def _a_year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


class DocumentForm(forms.Form):
    """A whole document, pasted or as a file."""

    text = forms.CharField(
        label="粘贴文本", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})
    )
    file = forms.FileField(
        label="或选择文件（.yaml）",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.txt"}),
        allow_empty_file=True,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file and data.get("text", "").strip():
            raise forms.ValidationError("粘贴的文本和文件只要一样，请清空文本框或不选文件")
        if file:
            try:
                data["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError("文件不是 UTF-8 编码的文本，请另存为 UTF-8 再选") from None
        return data
