"""The form field of several disability items, each by its item of the standard, its grade, or both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from orgs.numbers import whole_number
from schemes.disability import (
    GRADES,
    MOST_TYPED,
    RAISED,
    Counting,
    ItemNotFound,
    code_in,
    doubt_of,
    item_named,
    items_by_code,
    which_counts,
)
from schemes.models import DisabilityItem
from schemes.terms.facts import MOST_GRADES

SEVERAL = RAISED
ROWS = 6  # asked at least; a claim with more brings more
MOST_ROWS = 40
Found = DisabilityItem | ItemNotFound | None


@dataclass(frozen=True)
class TypedRow:
    """What one row says: the item as typed, the grade as chosen; `doubt` of the sources about the item."""

    item: str = ""
    grade: str = ""
    doubt: str = ""


class DisabilityWidget(forms.Widget):
    """Rows of item and grade, `<name>-0-item` and `<name>-0-grade`; the script adds a list to choose from."""

    grades: Sequence[int] = GRADES
    several = SEVERAL
    with_items = True

    class Media:
        js = [Script("js/picker.js", defer=True)]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[TypedRow]:
        rows = (
            TypedRow(
                str(data.get(f"{name}-{at}-item") or "").strip()[:MOST_TYPED],
                str(data.get(f"{name}-{at}-grade") or ""),
            )
            for at in range(MOST_ROWS)
        )
        return [row for row in rows if row.item or row.grade]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """`value`: typed rows as the field prepared them."""
        rows = list(value or [])
        shown = [*rows, *[TypedRow()] * max(ROWS - len(rows), 1)]
        given = self.build_attrs(self.attrs, attrs)
        context = {
            "name": name,
            "id": given.get("id", f"id_{name}"),
            "rows": [(f"{name}-{at}", row) for at, row in enumerate(shown)],
            "grades": [str(grade) for grade in self.grades],
            "with_items": self.with_items,
            "counting": counting_of(rows, self.several),
            "several": self.several,
            "remarks": remarks_on(rows),
            "holder": {key: text for key, text in given.items() if key.startswith("data-")},
            "told": {key: text for key, text in given.items() if key.startswith("aria-")},
            "invalid": "aria-invalid" in given,
        }
        return render_to_string("schemes/disability_rows.html", context)


def counting_of(rows: Sequence[TypedRow], several: str = SEVERAL) -> Counting:
    """Which grade counts of the rows that have one, by the edition's rule for several."""
    grades = [whole_number(row.grade) for row in rows]
    return which_counts([grade for grade in grades if grade and grade <= MOST_GRADES], several)


def remarks_on(rows: Sequence[TypedRow]) -> list[str]:
    """What whoever assesses should look at again: doubtful items, and one that is named twice."""
    codes = [code for row in rows if (code := code_in(row.item))]
    twice = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    doubts = dict.fromkeys(f"{code_in(row.item)} 存疑：{row.doubt}" for row in rows if row.doubt)
    return [*doubts, *(f"{code} 用了不止一次：同一部位和性质的伤残只能评定一次，请核对" for code in twice)]


class DisabilityField(forms.Field):
    """Gives the fact as the rules take it: `[{"grade": 7, "item": "7.5-03"}, {"grade": 9}]`."""

    widget = DisabilityWidget

    def __init__(self, *, grades: Sequence[int], several: str = SEVERAL, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.several = several
        self.grades = self.widget.grades = grades
        self.with_items = self.widget.with_items = list(grades) == list(GRADES)  # another scale has no items here

    def prepare_value(self, value: Any) -> list[TypedRow]:
        """Rows for the page, each item with its words: from what was typed or from a stored fact."""
        rows = [row if isinstance(row, TypedRow) else _row_of(row) for row in value or []]
        return [_described(row, found) for row, found in zip(rows, self._look_up(rows), strict=True)]

    def clean(self, value: Any) -> list[dict[str, object]]:
        rows = list(value or [])
        if not rows and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        problems: list[str] = []
        found = enumerate(zip(rows, self._look_up(rows), strict=True), start=1)
        cleaned = [self._item(at, row, item, problems) for at, (row, item) in found]
        if problems:
            raise forms.ValidationError(problems)
        return cleaned

    def _look_up(self, rows: Sequence[TypedRow]) -> list[Found]:
        """For each row its item, None where it names none, or why there is none."""
        if not self.with_items:
            return [None] * len(rows)
        items = items_by_code(code for row in rows if (code := code_in(row.item)))
        return [_item_of(row.item, items) for row in rows]

    def _item(self, at: int, row: TypedRow, item: Found, problems: list[str]) -> dict[str, object]:
        grade = whole_number(row.grade)
        if row.grade and grade not in self.grades:
            problems.append(f"第 {at} 项的等级是“{row.grade[:10]}”，应是 {self.grades[0]} 到 {self.grades[-1]} 级")
        if isinstance(item, ItemNotFound):
            problems.append(f"第 {at} 项：{item}")
        if not isinstance(item, DisabilityItem):
            return {"grade": grade}
        if grade is not None and grade != item.grade and not item.doubtful:
            problems.append(
                f"第 {at} 项 {item.code} 在标准里是 {item.grade} 级，这里选的是 {grade} 级，请核对伤残评定书"
            )
        return {"grade": grade or item.grade, "item": item.code}


def _item_of(typed: str, items: Mapping[str, DisabilityItem]) -> Found:
    code = code_in(typed)
    if not typed:
        return None
    if code:
        return items.get(code) or ItemNotFound(f"伤残评定标准里没有编号 {code}，请核对，或只选等级")
    try:
        return item_named(typed)
    except ItemNotFound as unknown:
        return unknown


def _row_of(stored: Mapping[str, Any]) -> TypedRow:
    return TypedRow(str(stored.get("item") or ""), str(stored.get("grade") or ""))


def _described(row: TypedRow, item: Found) -> TypedRow:
    if not isinstance(item, DisabilityItem):
        return row
    return TypedRow(str(item), row.grade or str(item.grade), doubt_of(item))
