"""The form of an insurer's layout: for each of our columns its place and title, and the notations."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from enrollment.roster.layout import COLUMNS, DATES, ID_KINDS, SEXES, Layout, LayoutColumn
from enrollment.services.layouts import MOST_CODE, MOST_TITLE, LayoutRefused, checked_layout

MOST_PLACE = 99


class LayoutForm(forms.Form):
    """A column without a place is not in the layout."""

    sex = forms.ChoiceField(label="性别写成", choices=[(code, words) for code, (words, _) in SEXES.items()])
    dates = forms.ChoiceField(label="日期写成", choices=[(code, words) for code, (words, _) in DATES.items()])
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, layout: Layout, version: int) -> None:
        super().__init__(data, initial={"sex": layout.sex, "dates": layout.dates, "version": version})
        places = {column.key: (at, column.title) for at, column in enumerate(layout.columns, start=1)}
        for key, known in COLUMNS.items():
            at, title = places.get(key, (None, known.title))
            self._add_column(key, known.title, at, title)
        for kind, label in ID_KINDS.items():
            field = forms.CharField(
                label=label, required=False, max_length=MOST_CODE, initial=layout.id_kinds.get(kind)
            )
            self.fields[f"kind_{kind}"] = field

    def _add_column(self, key: str, ours: str, at: int | None, title: str) -> None:
        place = forms.IntegerField(
            label=f"{ours}的次序", required=False, min_value=1, max_value=MOST_PLACE, initial=at,
            error_messages={"invalid": f"“{ours}”的次序应是 1 到 {MOST_PLACE} 的整数"},
        )  # fmt: skip
        self.fields[f"place_{key}"] = place
        self.fields[f"title_{key}"] = forms.CharField(
            label=f"{ours}的列名", required=False, max_length=MOST_TITLE, initial=title
        )

    def rows(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """Our title of each column with the fields of its place and title."""
        for key, known in COLUMNS.items():
            yield known.title, self[f"place_{key}"], self[f"title_{key}"]

    def kinds(self) -> list[BoundField]:
        return [self[f"kind_{kind}"] for kind in ID_KINDS]

    @property
    def read_version(self) -> int:
        return int(self.cleaned_data["version"])

    def typed_layout(self) -> Layout:
        """What was typed, or LayoutRefused."""
        if not self.is_valid():
            raise LayoutRefused("有的格子填得不对，请照提示改")
        typed = self.cleaned_data
        placed = [(typed[f"place_{key}"], at, key) for at, key in enumerate(COLUMNS) if typed[f"place_{key}"]]
        columns = [LayoutColumn(key, typed[f"title_{key}"].strip()) for _, _, key in sorted(placed)]
        kinds = {kind: typed[f"kind_{kind}"].strip() for kind in ID_KINDS}
        return checked_layout(columns, typed["sex"], typed["dates"], kinds)

    def refuse(self, message: str) -> None:
        self.add_error(None, message)
