"""Townships and villages as a list: an administrator adds what is missing below their region; nothing is changed."""

from typing import Any

from import_export import fields

from calc.text import fold
from orgs.audit import record
from orgs.models import Region, RegionName
from orgs.resources import ChoiceWidget, ListResource, NamedWidget, Text, regions_of
from orgs.services.adding_regions import SOURCE, place_problems
from orgs.services.regions import new_ids, region_row


class RegionResource(ListResource):
    title, back, known_by = "行政区划", "regions", "区划代码"
    adds_only = True

    code = fields.Field("code", "区划代码", Text("区划代码", 12, required=True))
    name = fields.Field("name", "名称", Text("名称", 60, required=True))
    level = fields.Field("level", "层级", ChoiceWidget(Region.Level.choices, "层级"))
    parent = fields.Field("parent", "上级代码", NamedWidget(Region, "上级代码", "code"))

    def __init__(self, by: Any) -> None:
        super().__init__(by)
        inside = regions_of(by)
        self.fields["parent"].widget.rows = lambda code: inside.filter(code=code)

    class Meta:
        model = Region
        import_id_fields = ("code",)
        fields = ("code", "name", "level", "parent")
        export_order = fields
        use_bulk = False

    def get_queryset(self) -> Any:
        return regions_of(self.by).select_related("parent").filter(code__isnull=False).exclude(pk=self._own_id())

    def _own_id(self) -> int:
        return self.by.organization.region_id

    def skip_row(self, instance: Region, original: Region, row: Any, import_validation_errors: Any = None) -> bool:
        """What is there stays as it is; a row that says otherwise is refused."""
        if instance.pk is None:
            return False
        known = {original.name, *original.names.values_list("name", flat=True)}
        if instance.name not in known:
            raise ValueError(f"代码 {original.code} 已登记为“{original.name}”；改了名的请按“导入名称”加新名称")
        if (instance.level, instance.parent_id) != (original.level, original.parent_id):
            raise ValueError(f"“{original.name}”已登记在“{original.parent}”下，层级和上级不能在这里改")
        return True

    def before_save_instance(self, instance: Region, row: Any, **kwargs: Any) -> None:
        code, parent = fold(instance.code), instance.parent
        if Region.objects.filter(code=code).exists():
            raise ValueError(f"代码 {code} 已在别处登记，请核对")
        if problems := place_problems(code, instance.level, parent.code or "", parent.level):
            raise ValueError("；".join(problems))
        if instance.level != Region.Level.VILLAGE and parent.children.filter(name=instance.name).exists():
            raise ValueError(f"“{parent.name}”下已有“{instance.name}”，名册和方案里分不开，请核对")
        made = region_row(new_ids(1)[0], parent, instance.level, instance.name, code, SOURCE)
        instance.pk, instance.code, instance.path, instance.source = made.pk, code, made.path, made.source
        instance.name, instance.active = made.name, made.active
        instance._state.adding = True

    def after_save_instance(self, instance: Region, row: Any, **kwargs: Any) -> None:
        official = fold(str(row["名称"]))
        if official != instance.name:  # a village goes by its short name
            RegionName.objects.create(region=instance, name=official, kind=RegionName.Kind.OFFICIAL, source=SOURCE)
        record("region.add", by=self.by, target=instance, region_path=instance.path, code=instance.code)
