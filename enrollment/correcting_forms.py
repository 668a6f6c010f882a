"""Forms that put a person's row right."""

from typing import Any

from django import forms

from enrollment.entry_grid import LENGTHS
from enrollment.models import Enrollment, IdCorrection
from enrollment.person import household_number, relation_of
from enrollment.roster.relations import COMMON_NAMES

KEPT = "留空不改，填“无”清除"


def _text(label: str, key: str, *, required: bool = False, hint: str = "", **attributes: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, max_length=LENGTHS[key], required=required, help_text=hint, widget=widget)


class PersonForm(forms.Form):
    """The particulars but for the ID number; fields are named as the roster's columns."""

    name = _text("姓名", "name", required=True, hint="改姓名的，整条送区县裁定")
    village = forms.ChoiceField(label="村（社区）")
    group = _text("组", "group")
    household_no = _text("户号", "household_no", hint="填别户的户号，就转到那一户")
    relation = forms.ChoiceField(label="与户主关系", required=False)
    phone = _text("联系电话", "phone", hint=KEPT, inputmode="tel", **{"data-secret": ""})
    bank = _text("开户银行", "bank")
    bank_account = _text("银行账号", "bank_account", hint=KEPT, inputmode="numeric", **{"data-secret": ""})
    address = _text("家庭住址", "address")

    def __init__(self, *args: Any, person: Enrollment, villages: list[str], **kwargs: Any) -> None:
        relation = relation_of(person)
        initial = {
            "name": person.name,
            "village": person.village.name,
            "group": person.group,
            "household_no": household_number(person),
            "relation": relation,
            "bank": person.bank,
            "address": person.address,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["village"].choices = [(name, name) for name in villages]
        words = dict.fromkeys(filter(None, ("", relation, *COMMON_NAMES)))
        self.fields["relation"].choices = [("", "没有填"), *((word, word) for word in words)]


class IdCorrectionForm(forms.Form):
    number = forms.CharField(
        label="正确的身份证号",
        max_length=30,
        error_messages={"required": "请填写正确的身份证号"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-secret": ""}),
    )
    reason = forms.ChoiceField(label="为什么要更正", choices=[("", "请选择"), *IdCorrection.Reason.choices])
    proof = forms.CharField(
        label="依据",
        max_length=120,
        help_text="如“户口簿第 3 页”“公安户籍证明”，不要写号码",
        error_messages={"required": "请写明依据"},
    )
