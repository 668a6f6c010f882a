"""Which terms, on which claims."""

from collections.abc import Iterable
from typing import Any

from django import forms

from orgs.models import User
from reports.models import code_of
from reports.what_if.asking import amendments_to_try, editions_to_try, editions_with_claims
from schemes.models import Amendment, Edition


def _said(record: Edition | Amendment) -> str:
    """Place and title, with the state where it isn't in force."""
    place = record.edition.place if isinstance(record, Amendment) else record.place
    state = "" if record.state == Edition.State.PUBLISHED else f"（{record.get_state_display()}）"
    return f"{place.name} {record}{state}"


class EditionField(forms.ModelChoiceField):
    """An edition by its code."""

    def label_from_instance(self, edition: Edition) -> str:
        return _said(edition)


class TermsField(forms.ChoiceField):
    """An edition by its code, or an amendment by `code~n`; gives the record. `offer` says which there are."""

    def offer(self, records: Iterable[Edition | Amendment]) -> None:
        self.records = {code_of(record): record for record in records}
        said = [(code, _said(record)) for code, record in self.records.items()]
        self.choices = [("", "请选择"), *said]

    def clean(self, value: Any) -> Edition | Amendment:
        return self.records[super().clean(value)]


class WhatIfForm(forms.Form):
    proposed = TermsField(
        label="拿哪份条款来测算",
        help_text="可以是草稿、修订，也可以是已发布的年度方案",
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
        self.fields["proposed"].offer([*editions_to_try(by), *amendments_to_try(by)])
        self.fields["past"].queryset = editions_with_claims(by)
