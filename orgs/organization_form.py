from typing import Any

from django import forms

from calc.text import fold
from orgs.models import Organization, Region, User
from orgs.services.people import RoleDoesNotFit, check_kind


class OrganizationForm(forms.ModelForm):
    """An organization within the administrator's region; with `village`, of a village, whose clerk sees it alone."""

    village = forms.CharField(label="村（社区）", max_length=50, required=False)
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
        self.fields["region"].empty_label = "请选择"
        self.fields["kind"].choices = [("", "请选择"), *Organization.Kind.choices]
        self.fields["village"].widget.attrs["placeholder"] = "只有村级经办的机构要填"
        self._show_village()
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name, seat = fold(cleaned.get("village", "")), cleaned.get("region")
        if name and seat:
            try:
                cleaned["region"] = self._village_of(seat, name)
            except forms.ValidationError as refused:
                self.add_error("village", refused)
        return cleaned

    def _show_village(self) -> None:
        """An office that sits in a village is shown with its township."""
        if self.instance.pk and self.instance.region.level == Region.Level.VILLAGE:
            self.initial["region"] = self.instance.region.parent_id
            self.fields["village"].initial = self.instance.region.name

    def _village_of(self, seat: Region, name: str) -> Region:
        if self.cleaned_data.get("kind") != Organization.Kind.TOWNSHIP:
            raise forms.ValidationError("只有“乡镇（街道）”一类的机构可以设在村，请改类别或留空")
        found = Region.objects.filter(parent=seat, level=Region.Level.VILLAGE, name=name, active=True).first()
        if found is None:
            raise forms.ValidationError(f"{seat.name}没有叫“{name}”的村（社区），请按行政区划里的名称填写")
        return found
