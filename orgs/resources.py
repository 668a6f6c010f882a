"""Reference lists in and out by django-import-export: people, organizations, names of regions.

All or nothing: a list with one wrong row changes nothing and names every wrong row.
"""

import re
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from import_export import fields, resources
from import_export.widgets import CharWidget, DateWidget, ForeignKeyWidget, Widget

from orgs.audit import record
from orgs.forms import USERNAME, USERNAME_HINT
from orgs.models import Organization, Region, RegionName, Role, User
from orgs.scope import visible
from orgs.services.people import change_person, check_kind, create_person

SEATS = (Region.Level.CITY, Region.Level.COUNTY, Region.Level.TOWNSHIP)  # where organizations sit


class ChoiceWidget(Widget):
    """A choice by its Chinese word."""

    def __init__(self, choices: Any, label: str) -> None:
        super().__init__()
        self.by_label = {str(word): code for code, word in choices}
        self.by_code = {code: str(word) for code, word in choices}
        self.label = label

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        word = str(value or "").strip()
        if word not in self.by_label:
            raise ValueError(f"“{self.label}”是“{word}”，应为：{'、'.join(self.by_label)}")
        return self.by_label[word]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return self.by_code.get(value, "")


class NamedWidget(ForeignKeyWidget):
    """A foreign row by its full or short name, within what the person sees."""

    def __init__(self, model: Any, label: str, field: str = "name") -> None:
        super().__init__(model, field)
        self.label = label
        self.rows: Any = None  # set by the resource: it knows who asks

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        name = str(value or "").strip()
        found = list(self.rows(name)) if name else []
        if len(found) != 1:
            mend = "请填全称" if self.field == "name" else "请核对"
            raise ValueError(f"“{self.label}”是“{name}”，" + ("没有找到" if not found else "有几个同名") + f"，{mend}")
        return found[0]


class Text(CharWidget):
    """Text as the page would take it: SQLite keeps what is too long, PostgreSQL refuses it in English."""

    def __init__(self, label: str, most: int, *, required: bool = False) -> None:
        super().__init__()
        self.label, self.most, self.required = label, most, required

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value if value is not None else "").strip()
        if self.required and not text:
            raise ValueError(f"“{self.label}”没有填")
        if len(text) > self.most:
            raise ValueError(f"“{self.label}”有 {len(text)} 个字，最多 {self.most} 个，请缩短")
        return text


class Username(Text):
    """A login name in lower case, by the rule of the page."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        username = super().clean(value, row, **kwargs).lower()
        if not re.fullmatch(USERNAME, username):
            raise ValueError(f"“{self.label}”是“{username}”，{USERNAME_HINT}")
        return username


def regions_of(by: User) -> Any:
    """The regions that an administrator looks after."""
    return Region.objects.filter(path__startswith=by.organization.region.path)


class ListResource(resources.ModelResource):
    """A list that `by` looks after. `back` is its page; `known_by` the columns by which a row is found again."""

    title = back = known_by = ""

    def __init__(self, by: User) -> None:
        super().__init__()
        self.by = by
        self.told: list[tuple[str, str]] = []  # what is shown once after the import, e.g. passwords

    def get_queryset(self) -> Any:
        return visible(self._meta.model, self.by)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        missing = [
            field.column_name for field in self.get_import_fields() if field.column_name not in (dataset.headers or [])
        ]
        if missing:
            raise ValueError(f"表头缺少：{'、'.join(missing)}；请用下载的模板填写")

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: the library would set the tables' sequences, which the portal's role may not and no list needs."""


class PersonResource(ListResource):
    title, back, known_by = "人员", "people", "账号"

    username = fields.Field("username", "账号", Username("账号", 40, required=True))
    name = fields.Field("name", "姓名", Text("姓名", 40, required=True))
    organization = fields.Field("organization", "机构", NamedWidget(Organization, "机构"))
    role = fields.Field("role", "角色", ChoiceWidget(Role.choices, "角色"))
    phone = fields.Field("phone", "联系电话", readonly=True)  # read in save_instance: a list shows it masked

    def __init__(self, by: User) -> None:
        super().__init__(by)
        offices = visible(Organization, by).filter(active=True)
        widget = self.fields["organization"].widget
        widget.rows = lambda name: offices.filter(name=name) or offices.filter(short_name=name)

    class Meta:
        model = User
        import_id_fields = ("username",)
        fields = ("username", "name", "organization", "role", "phone")
        export_order = fields
        skip_unchanged = False

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(token=None)  # accounts of tokens go with their tokens

    def save_instance(self, instance: User, is_create: bool, row: Any, **kwargs: Any) -> None:
        values = {"name": instance.name, "organization": instance.organization, "role": instance.role}
        phone = Text("联系电话", 20).clean(row.get("联系电话"))
        if is_create:
            if User.objects.filter(username=instance.username).exists():  # of another county
                raise ValueError(f"账号 {instance.username} 已有人用，请换一个")
            made = create_person(username=instance.username, phone=phone, by=self.by, **values)
            self.told.append((f"{made.user.name}（{made.user.username}）", made.password))
            instance.pk = made.user.pk
        else:
            change_person(
                user=instance,
                read_version=instance.version,
                phone=instance.phone if phone in {"", str(instance.phone)} else phone,
                by=self.by,
                **values,
            )


class OrganizationResource(ListResource):
    title, back, known_by = "机构", "organizations", "名称"

    name = fields.Field("name", "名称", Text("名称", 100, required=True))
    short_name = fields.Field("short_name", "简称", Text("简称", 40, required=True))
    kind = fields.Field("kind", "类别", ChoiceWidget(Organization.Kind.choices, "类别"))
    region = fields.Field("region", "所在区划", NamedWidget(Region, "所在区划"))
    hotline = fields.Field("hotline", "报案电话", Text("报案电话", 20))

    def __init__(self, by: User) -> None:
        super().__init__(by)
        seats = regions_of(by).filter(level__in=SEATS)
        self.fields["region"].widget.rows = lambda name: seats.filter(name=name)

    class Meta:
        model = Organization
        import_id_fields = ("name",)
        fields = ("name", "short_name", "kind", "region", "hotline")
        export_order = fields

    def before_save_instance(self, instance: Organization, row: Any, **kwargs: Any) -> None:
        if instance.pk is None and Organization.objects.filter(name=instance.name).exists():  # of another county
            raise ValueError(f"已有同名机构“{instance.name}”，请在名称前写明区县")
        if instance.pk is not None:
            check_kind(organization=instance, kind=instance.kind)

    def after_save_instance(self, instance: Organization, row: Any, **kwargs: Any) -> None:
        record("organization.save", by=self.by, target=instance, region_path=instance.region.path)


class RegionNameResource(ListResource):
    title, back, known_by = "区划名称", "regions", "区划代码和名称"

    code = fields.Field("region", "区划代码", NamedWidget(Region, "区划代码", "code"))
    name = fields.Field("name", "名称", Text("名称", 60, required=True))
    kind = fields.Field("kind", "类别", ChoiceWidget(RegionName.Kind.choices, "类别"))
    valid_from = fields.Field("valid_from", "启用日期", DateWidget("%Y-%m-%d"))
    valid_to = fields.Field("valid_to", "停用日期", DateWidget("%Y-%m-%d"))
    source = fields.Field("source", "来源", Text("来源", 200))

    def __init__(self, by: User) -> None:
        super().__init__(by)
        inside = regions_of(by)
        self.fields["code"].widget.rows = lambda code: inside.filter(code=code)

    class Meta:
        model = RegionName
        import_id_fields = ("code", "name")
        fields = ("code", "name", "kind", "valid_from", "valid_to", "source")
        export_order = fields

    def get_queryset(self) -> Any:
        return RegionName.objects.filter(region__in=regions_of(self.by))

    def after_save_instance(self, instance: RegionName, row: Any, **kwargs: Any) -> None:
        record(
            "region.name",
            by=self.by,
            target=instance.region,
            region_path=instance.region.path,
            name=instance.name,
        )


def list_named(kind: str) -> type[ListResource] | None:
    """The list of this name in settings.REFERENCE_LISTS; lists of higher rooms stand there too."""
    path = settings.REFERENCE_LISTS.get(kind)
    return import_string(path) if path else None
