"""What a person types about how an edition stands."""

from typing import Any

from django import forms

from schemes.fact_fields import DayField, fields_of, stated
from schemes.terms.model import Fact, Listed

PREFIX = "state"


class StateForm(forms.Form):
    """One declared state: its value, and the decision that it rests on."""

    document_number = forms.CharField(
        label="决定文号", max_length=80, error_messages={"required": "请填决定文号；没有书面决定的不登记"}
    )
    decided_on = DayField(
        label="决定日期",
        max_length=20,
        error_messages={"required": "请填文件上的日期"},
        widget=forms.TextInput(attrs={"data-date": "", "inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写明原因，例如何时何地的何种灾害"}
    )

    def __init__(self, *args: Any, fact: Fact, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_{fact.code}_%s", **kwargs)
        self.fact = fact
        value = fields_of(fact, None, Listed(fact.code, True, None), PREFIX)
        self.fields = {**value, **self.fields}  # the value comes first
        self.fields[self.value_name].help_text = fact.hint

    @property
    def value_name(self) -> str:
        return f"{PREFIX}_{self.fact.code}"

    def value(self) -> Any:
        """The value as the rules take it."""
        return stated(self.fact, self.cleaned_data, PREFIX)

    def value_field(self) -> forms.BoundField:
        return self[self.value_name]
