"""What a person types about an amendment."""

from typing import Any

from django import forms

from calc.dates import DateError, parse_date


class AmendmentForm(forms.Form):
    """From which day, why, on what paper."""

    effective_from = forms.CharField(
        label="自何日起",
        max_length=20,
        error_messages={"required": "请填修订自何日起"},
        help_text="这一天起发生的事故、死亡、确诊或入院按修订后的条款",
        widget=forms.TextInput(attrs={"data-date": "", "inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label="修订原因", max_length=200, error_messages={"required": "请写明修订原因，例如限额由多少改为多少"}
    )
    notice_title = forms.CharField(label="依据的文件", max_length=120, required=False)
    notice_number = forms.CharField(label="文号", max_length=60, required=False)

    def clean_effective_from(self) -> Any:
        try:
            return parse_date(self.cleaned_data["effective_from"])
        except DateError as error:
            raise forms.ValidationError(str(error)) from error
