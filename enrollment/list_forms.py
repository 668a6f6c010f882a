"""Forms of lists."""

from datetime import date
from typing import Any

from django import forms

from enrollment.lists import kinds_for
from enrollment.models import NotEnrolled, PersonList
from orgs.models import User
from orgs.scope import visible
from schemes.fact_fields import DayField
from schemes.models import Edition

DAY = {"data-date": "", "inputmode": "numeric", "placeholder": "2021-06-30"}


class ListForm(forms.Form):
    """What a list is, and its file."""

    kind = forms.ChoiceField(label="名单", error_messages={"required": "请选择是哪一种名单"})
    title = forms.CharField(
        label="名称", max_length=80, error_messages={"required": "请填名称，如 2021年上半年死亡人员"}
    )
    as_of = DayField(
        label="截止日期", max_length=20, widget=forms.TextInput(attrs=DAY), error_messages={"required": "请填截止日期"}
    )
    source = forms.CharField(label="来源", max_length=80, error_messages={"required": "请填来源，如 区民政局"})
    everywhere = forms.BooleanField(label="本地其他年度方案也用这份名单", required=False)
    replaces = forms.ModelChoiceField(
        PersonList._base_manager.none(), label="替换", required=False, empty_label="不替换，与现有名单一起用"
    )
    file = forms.FileField(
        label="名单文件",
        error_messages={"required": "请选择名单文件（.xlsx 或 .csv）", "empty": "这是空文件，请重新选择"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, edition: Edition, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_for(edition)
        self.fields["kind"].choices = [("", "请选择"), *((kind, PersonList.Kind(kind).label) for kind in kinds)]
        in_force = visible(PersonList, user).filter(state=PersonList.State.IN_FORCE)
        self.fields["replaces"].queryset = in_force.exclude(kind=PersonList.Kind.MEMBERS)
        self.fields["replaces"].help_text = "应参保人员名单只有一份，新的总是替换旧的"

    def clean_as_of(self) -> date:
        return date.fromisoformat(self.cleaned_data["as_of"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        replaced = data.get("replaces")
        if replaced is not None and data.get("kind") and replaced.kind != data["kind"]:
            self.add_error("replaces", f"《{replaced.title}》是{replaced.get_kind_display()}名单，只能用同一种名单替换")
        return data


class ReasonForm(forms.Form):
    """Why somebody is not enrolled; empty takes the reason away."""

    reason = forms.ChoiceField(label="原因", required=False, choices=[("", "未注明"), *NotEnrolled.Reason.choices])
    note = forms.CharField(label="说明", max_length=100, required=False)
