"""Forms of enrolment."""

from typing import Any

from django import forms

from orgs.models import Region, User
from orgs.scope import scope_of
from schemes.models import Edition


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files; cleaned to a list."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        sent = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in sent or [None]]


class TownshipForm(forms.Form):
    """One township, or the whole county where the person works for it."""

    township = forms.ModelChoiceField(
        Region.objects.none(), label="乡镇", required=False, empty_label="全区县（每行写明乡镇）"
    )

    def __init__(self, *args: Any, edition: Edition, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["township"]
        own = user.organization.region
        of_village = own.level == Region.Level.VILLAGE
        field.queryset = _home_of(own, edition) if of_village else uploadable_townships(edition, user)
        if of_village or own.level == Region.Level.TOWNSHIP:
            field.empty_label, field.required = None, True
            field.initial = own.parent_id if of_village else own.pk


class UploadForm(TownshipForm):
    """Workbooks for one township, or for the whole county where each row names its township."""

    file = ManyFilesField(
        label="名册文件（可以一次选几份）",
        error_messages={"required": "请选择名册文件（.xlsx 或 .csv）", "empty": "这是空文件，请重新选择"},
        widget=ManyFiles(attrs={"accept": ".xlsx,.csv"}),
    )
    again = forms.BooleanField(label="同一份文件，仍要上传", required=False)


def uploadable_townships(edition: Edition, user: User) -> Any:
    """Townships of the edition that take part and lie within the person's region."""
    path = scope_of(user).region_path
    taking_part = edition.assignments.filter(insurer__isnull=False).values("township_id")
    if not path:
        return Region.objects.none()
    return Region.objects.filter(pk__in=taking_part, path__startswith=path)


def _home_of(village: Region, edition: Edition) -> Any:
    """The township of a village's clerk, who names their own village of it alone."""
    taking_part = edition.assignments.filter(insurer__isnull=False).values("township_id")
    return Region.objects.filter(pk__in=taking_part, pk=village.parent_id)
