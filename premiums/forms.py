"""Forms of the premium's figures."""

from decimal import Decimal

from django import forms

from calc.money import MoneyError, yuan

MOST_YUAN = Decimal("99999999999.99")
SOURCE = {"required": "请写明来源", "max_length": "来源最多 %(limit_value)d 个字，现在是 %(show_value)d 个"}


class CensusForm(forms.Form):
    """Where the figures come from; a file with them, or the grid beside it."""

    source = forms.CharField(label="人数来源", max_length=100, error_messages=SOURCE)
    file = forms.FileField(
        label="人数表（.xlsx 或 .csv）",
        required=False,
        error_messages={"empty": "这是空文件，请重新选择"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class BroughtForwardForm(forms.Form):
    amount = forms.CharField(
        label="上年结余（元）",
        max_length=20,
        error_messages={"required": "请填上年结余，没有就填 0"},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-money": ""}),
    )
    source = forms.CharField(label="来源", max_length=100, error_messages=SOURCE)

    def clean_amount(self) -> Decimal:
        try:
            amount = yuan(self.cleaned_data["amount"])
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from error
        if not 0 <= amount <= MOST_YUAN:
            raise forms.ValidationError(f"上年结余应在 0 至 {MOST_YUAN:,} 元之间；上年亏损不抵减保费，请填 0")
        return amount
