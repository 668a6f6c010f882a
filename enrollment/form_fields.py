"""Fields that forms about people share."""

from datetime import date
from typing import Any

from django import forms

from calc.dates import DateError, parse_date
from calc.text import fold


class NumberField(forms.CharField):
    """Digits of an account, telephone or ID number; blanks and full-width digits are folded."""

    def clean(self, value: Any) -> str:
        return fold(super().clean(value) or "").replace(" ", "").upper()


class SecretInput(forms.TextInput):
    """Never sends back what was typed: a page with mistakes holds no account or ID number in clear."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-secret": "", "autocomplete": "off"} | (attrs or {}))

    def format_value(self, value: Any) -> None:
        return None


class DayField(forms.CharField):
    """A day as people write it: 2021-09-01, 20210901, 2021年9月1日."""

    widget = forms.TextInput(attrs={"data-date": "", "autocomplete": "off"})

    def clean(self, value: Any) -> date | None:  # type: ignore[override]
        text = super().clean(value)
        try:
            return parse_date(text) if text else None
        except DateError as error:
            raise forms.ValidationError(str(error)) from error
