"""Forms of targets: figures by place, recognition of a village, and who looks after one."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from calc.text import fold
from enrollment.models import VillageKeeper
from enrollment.roster.fields import Desk, read_name, read_phone
from orgs.models import Region, User
from orgs.scope import scope_of
from schemes.fact_fields import DayField

DAY = {"data-date": "", "inputmode": "numeric"}


class DateField(DayField):
    """A day as a date."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return date.fromisoformat(text) if text else None


class FiguresForm(forms.Form):
    """Where the figures of the grid come from."""

    source = forms.CharField(
        label="人数来源", max_length=80, error_messages={"required": "请写明来源，如 统计局 2015 年末户籍人口"}
    )
    as_of = DateField(
        label="截止日期", max_length=20, widget=forms.TextInput(attrs=DAY), error_messages={"required": "请填截止日期"}
    )


class RecognitionForm(forms.Form):
    """Which village is recognised, and as of which day."""

    village = forms.IntegerField(min_value=1, max_value=10**15)
    on = DateField(label="认定日期", max_length=20, widget=forms.TextInput(attrs=DAY))


class KeeperForm(forms.Form):
    """Somebody who looks after a village or one of its groups."""

    village = forms.ModelChoiceField(
        Region.objects.none(), label="村（社区）", empty_label="请选择", error_messages={"required": "请选择村"}
    )
    kind = forms.ChoiceField(label="职责", choices=VillageKeeper.Kind.choices)
    group = forms.CharField(
        label="组",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"data-when": "kind", "data-is": VillageKeeper.Kind.GROUP}),
    )
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填姓名"})
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        error_messages={"required": "请填联系电话"},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "data-secret": ""}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Region.objects.filter(
            level=Region.Level.VILLAGE, active=True, path__startswith=scope_of(user).region_path
        )
        self.fields["village"].queryset = own.order_by("path")

    def clean_group(self) -> str:
        return fold(self.cleaned_data["group"]).replace(" ", "")

    def clean_name(self) -> str:
        return _read(read_name, "name", self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return _read(read_phone, "phone", self.cleaned_data["phone"])


def _read(reader: Any, column: str, text: str) -> str:
    """As the roster reads it; its sentence where it can't."""
    desk = Desk()
    read = reader(desk, column, text)
    if desk.problems:
        raise forms.ValidationError(f"{desk.problems[0].message}，{desk.problems[0].mend}")
    return str(read)


def today_text() -> str:
    return timezone.localdate().isoformat()
