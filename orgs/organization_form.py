from typing import Any

from django import forms

from orgs.models import Organization, Region, User
from orgs.services.people import RoleDoesNotFit, check_kind


class OrganizationForm(forms.ModelForm):
    """An organization within the administrator's region."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Organization
        fields = ["kind", "name", "short_name", "region", "hotline", "active"]
        error_messages = {"name": {"unique": "已有同名机构，请核对是否重复"}}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = (Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWNSHIP)
        inside = Region.objects.filter(path__startswith=by.organization.region.path, level__in=levels)
        self.fields["region"].queryset = inside.order_by("path")
        self.fields["region"].label = "所在区划"
        self.fields["read_version"].initial = self.instance.version if self.instance.pk else None
        for field in self.fields.values():
            field.error_messages.setdefault("required", f"请填{field.label}")

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        if self.instance.pk:
            try:
                check_kind(organization=self.instance, kind=kind)
            except RoleDoesNotFit as misfit:
                raise forms.ValidationError(str(misfit)) from misfit
        return kind
