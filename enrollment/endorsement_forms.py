"""Forms of endorsements: whom and what, from which day, why, on what paper. Cells are read as an import reads them."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils import timezone

from calc.id_number import IdNumber, as_18, check_id_number
from enrollment.content import SECRET
from enrollment.form_fields import DayField, NumberField, SecretInput
from enrollment.models import Endorsement
from enrollment.roster import fields as cells
from enrollment.roster.relations import CODE_BY_WORD, COMMON_NAMES
from enrollment.services.endorsing import REASONS, Grounds
from enrollment.services.staging import SEXES, household_of_head
from orgs.models import Region
from schemes.models import Edition

PICK = ("", "请选择")
RELATIONS = dict(reversed({CODE_BY_WORD[name]: name for name in reversed(COMMON_NAMES)}.items()))
FIRST_DAY = {
    "add": "起保第一天",
    "remove": "不再保障的第一天；死亡的，填死亡的次日",
    "correct": "更正从哪天起；只有户数变了才影响保费",
}
TOLD_BY_NAME = {"add": "起保日期", "remove": "停保日期", "correct": "更正日期"}


class CellField(forms.CharField):
    """A cell of a roster, read by the same check as in an import."""

    def __init__(self, read: Callable[..., str], column: str, **kwargs: Any) -> None:
        super().__init__(required=kwargs.pop("required", False), **kwargs)
        self.read, self.column = read, column

    def clean(self, value: Any) -> str:
        text, desk = super().clean(value) or "", cells.Desk()
        found = self.read(desk, self.column, text) if text else ""
        if desk.problems:
            problem = desk.problems[0]
            raise forms.ValidationError(f"{self.label}{problem.message}，{problem.mend}")
        return found


class GroundsForm(forms.Form):
    """What every endorsement states."""

    kind = ""
    effective_on = DayField(error_messages={"required": "请填日期，如 2021-06-01"})
    reason = forms.ChoiceField(label="原因", error_messages={"required": "请选择原因"})
    reason_text = forms.CharField(label="说明", max_length=200, required=False, help_text="原因选“其他”的必填")
    proof = forms.CharField(
        label="依据的材料", max_length=200, help_text="如“死亡医学证明”“户口迁移证 2021-05-20”，不要写身份证号",
        error_messages={"required": "请写明依据的材料"},
    )  # fmt: skip

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        day = self.fields["effective_on"]
        day.label, day.help_text = TOLD_BY_NAME[self.kind], FIRST_DAY[self.kind]
        today = timezone.localdate()
        day.initial = today.isoformat() if edition.first_day <= today <= edition.last_day else ""
        self.fields["reason"].choices = [PICK, *((one.value, one.label) for one in REASONS[self.kind])]

    def grounds(self) -> Grounds:
        data = self.cleaned_data
        return Grounds(data["effective_on"], data["reason"], data["proof"], data["reason_text"])

    @property
    def ground_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("effective_on", "reason", "reason_text", "proof")]


class RemovalForm(GroundsForm):
    kind = Endorsement.Kind.REMOVE


class PersonForm(GroundsForm):
    """What the roster says of a person, but for the ID number."""

    name = CellField(cells.read_name, "name", label="姓名", max_length=50, required=True,
                     error_messages={"required": "请填姓名"})  # fmt: skip
    sex = forms.ChoiceField(label="性别", required=False, choices=[("", "按身份证号"), ("m", "男"), ("f", "女")])
    village = forms.ModelChoiceField(
        Region.objects.none(), label="村（社区）", empty_label="请选择", error_messages={"required": "请选择村（社区）"}
    )
    group = CellField(cells.read_plain, "group", label="组", max_length=20)
    household = CellField(cells.read_plain, "household_no", label="户号", max_length=30)
    relation = forms.ChoiceField(label="与户主关系", required=False, choices=[PICK, *RELATIONS.items()])
    address = CellField(cells.read_plain, "address", label="家庭住址", max_length=120)
    phone = CellField(cells.read_phone, "phone", label="联系电话", max_length=20, widget=SecretInput)
    bank = CellField(cells.read_plain, "bank", label="开户银行", max_length=60)
    account = CellField(cells.read_bank_account, "bank_account", label="银行账号", max_length=40, widget=SecretInput)

    def __init__(self, *args: Any, township: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Region.objects.filter(parent=township, level=Region.Level.VILLAGE, active=True)
        self.fields["village"].queryset = villages.order_by("path")

    def content(self) -> dict[str, Any]:
        """As enrollment/content.py names it, in clear."""
        data = self.cleaned_data
        plain = ("name", "sex", "group", "household", "relation", "address", "phone", "bank", "account")
        return {name: data[name] for name in plain} | {"village_id": data["village"].pk}

    @property
    def person_fields(self) -> list[forms.BoundField]:
        grounds = {bound.name for bound in self.ground_fields}
        return [bound for bound in self if bound.name not in grounds]


class AdditionForm(PersonForm):
    kind = Endorsement.Kind.ADD
    id_number = NumberField(label="身份证号", max_length=30, widget=SecretInput,
                            error_messages={"required": "请填身份证号"})  # fmt: skip
    head_id_number = NumberField(
        label="户主身份证号", max_length=30, required=False, widget=SecretInput,
        help_text="没有户号时填，用来归到同一户；本人是户主的填本人的",
    )  # fmt: skip
    field_order = ("name", "id_number", "sex", "village", "group", "household", "head_id_number", "relation")

    def clean_id_number(self) -> str:
        self.number = self._read("id_number")
        return as_18(self.number.value)

    def clean_head_id_number(self) -> str:
        return as_18(self._read("head_id_number").value) if self.cleaned_data["head_id_number"] else ""

    def _read(self, name: str) -> IdNumber:
        found = check_id_number(self.cleaned_data[name], today=timezone.localdate())
        if not isinstance(found, IdNumber):
            raise forms.ValidationError(f"{found.message}，{found.mend}")
        return found

    def content(self) -> dict[str, Any]:
        data, head = super().content(), self.cleaned_data["head_id_number"]
        told = {"sex": SEXES[self.number.sex] or data["sex"], "household": data["household"] or household_of_head(head)}
        return data | told | {"id_number": self.cleaned_data["id_number"], "id_kind": self.number.kind}


class CorrectionForm(PersonForm):
    """Filled with what the roster says; an account or telephone that is left empty stays as it is."""

    kind = Endorsement.Kind.CORRECT

    def __init__(self, *args: Any, now: Mapping[str, Any], **kwargs: Any) -> None:
        initial = {name: value for name, value in now.items() if name not in (*SECRET, "village_id")}
        initial |= {"village": now["village_id"], "household": _shown(now["household"])}
        super().__init__(*args, initial=initial, **kwargs)
        self.now = now
        self.fields["sex"].choices[0] = PICK
        for name in SECRET:
            self.fields[name].help_text = "留空不改"
        if now["relation"] not in dict(self.fields["relation"].choices):
            self.fields["relation"].choices = [*self.fields["relation"].choices, (now["relation"], now["relation"])]

    def content(self) -> dict[str, Any]:
        found = super().content()
        kept = {name: self.now[name] for name in SECRET if not found[name]}
        if not found["household"] and not _shown(self.now["household"]):
            kept["household"] = self.now["household"]
        return found | kept


def _shown(household: str) -> str:
    """A household without a number of its own has a made-up one, which says nothing."""
    return "" if household.startswith("h") else household
