"""The disability scale in and out as a workbook: the administrator adds the missing item, or mends a doubtful one."""

from typing import Any

from import_export import fields
from import_export.widgets import Widget

from calc.text import fold
from orgs.audit import record
from orgs.numbers import whole_number
from orgs.resources import ChoiceWidget, ListResource, Text
from schemes.disability import GRADES, position_of
from schemes.models import DisabilityItem

LAST_CATEGORY = 99


class Code(Text):
    """`7.5-03`: the code decides the place in the list."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        code = fold(super().clean(value, row, **kwargs))
        position_of(code)
        return code


class Whole(Widget):
    """A whole number between two others."""

    def __init__(self, label: str, most: int) -> None:
        super().__init__()
        self.label, self.most = label, most

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int:
        number = whole_number(fold(str(value if value is not None else "")).removesuffix(" 级").removesuffix("级"))
        if number is None or not 1 <= number <= self.most:
            raise ValueError(f"“{self.label}”是“{value or ''}”，应是 1 到 {self.most} 的数")
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value


class DisabilityItemResource(ListResource):
    title, back, known_by = "伤残评定项目", "disability_items", "编号"

    code = fields.Field("code", "编号", Code("编号", 12, required=True))
    category_code = fields.Field("category_code", "大类号", Whole("大类号", LAST_CATEGORY))
    category = fields.Field("category", "大类", Text("大类", 40, required=True))
    subcategory_code = fields.Field("subcategory_code", "小类号", Text("小类号", 8, required=True))
    subcategory = fields.Field("subcategory", "小类", Text("小类", 60, required=True))
    text = fields.Field("text", "条文", Text("条文", 200, required=True))
    grade = fields.Field("grade", "等级", Whole("等级", max(GRADES)))
    source = fields.Field("source", "来源", ChoiceWidget(DisabilityItem.Source.choices, "来源"))

    class Meta:
        model = DisabilityItem
        import_id_fields = ("code",)
        fields = ("code", "category_code", "category", "subcategory_code", "subcategory", "text", "grade", "source")
        export_order = fields
        skip_unchanged = True

    def get_queryset(self) -> Any:
        """One scale for all places: it is a national standard."""
        return DisabilityItem.objects.all()

    def before_save_instance(self, instance: DisabilityItem, row: Any, **kwargs: Any) -> None:
        if not instance.code.startswith(f"{instance.subcategory_code}-"):
            raise ValueError(f"“编号”是“{instance.code}”，应以小类号开头：{instance.subcategory_code}-序号")
        if not instance.subcategory_code.startswith(f"{instance.category_code}."):
            raise ValueError(f"“小类号”是“{instance.subcategory_code}”，应以大类号开头：{instance.category_code}.几")
        instance.position = position_of(instance.code)

    def after_save_instance(self, instance: DisabilityItem, row: Any, **kwargs: Any) -> None:
        record("disability_item.save", by=self.by, target=instance, code=instance.code, grade=instance.grade)
