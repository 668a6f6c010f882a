"""Which terms, on which claims."""

from typing import Any

from django import forms

from orgs.models import User
from reports.what_if.asking import editions_to_try, editions_with_claims
from schemes.models import Edition


class EditionField(forms.ModelChoiceField):
    """An edition by its code, with its state where it isn't in force."""

    def label_from_instance(self, edition: Edition) -> str:
        if edition.state == Edition.State.PUBLISHED:
            return f"{edition.place.name} {edition.title}"
        return f"{edition.place.name} {edition.title}（{edition.get_state_display()}）"


class WhatIfForm(forms.Form):
    proposed = EditionField(
        Edition.objects.none(),
        label="拿哪份条款来测算",
        empty_label="请选择",
        to_field_name="code",
        help_text="可以是草稿，也可以是已发布的年度方案",
        error_messages={"required": "请选择要测算的条款", "invalid_choice": "没有这份条款，请从列表中选择"},
    )
    past = EditionField(
        Edition.objects.none(),
        label="用哪一年的案件",
        empty_label="请选择",
        to_field_name="code",
        help_text="只列有获批案件的年度",
        error_messages={"required": "请选择用哪一年的案件", "invalid_choice": "这一年度没有获批的案件，请从列表中选择"},
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposed"].queryset = editions_to_try(by)
        self.fields["past"].queryset = editions_with_claims(by)
