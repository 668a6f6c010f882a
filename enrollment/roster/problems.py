"""What can be wrong with a row, and a row once it has been checked."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

KIND_LABELS: Mapping[str, str] = {
    "missing": "必填未填",
    "formula": "公式",
    "hidden_row": "隐藏行",
    "stored_as_number": "存成数字",
    "name_characters": "姓名有误",
    "id_invalid": "身份证号有误",
    "sex_invalid": "性别有误",
    "sex_mismatch": "性别不一致",
    "birth_date_invalid": "出生日期有误",
    "birth_date_mismatch": "出生日期不一致",
    "township_unknown": "乡镇不存在",
    "township_out_of_scope": "不在辖区",
    "township_not_taking_part": "乡镇不参加",
    "township_mismatch": "乡镇不一致",
    "village_unknown": "村不存在",
    "relation_unknown": "关系有误",
    "phone_invalid": "电话有误",
    "bank_account_invalid": "账号有误",
    "too_long": "过长",
    "characters": "特殊字符",
    "duplicate": "重复",
    "name_conflict": "同号不同名",
}

RowState = Literal["valid", "invalid", "duplicate"]


class RowProblem(NamedTuple):
    """One thing to mend. column: a key of COLUMNS, "" for the whole row; found: masked where it must be."""

    column: str
    kind: str
    found: str
    message: str
    mend: str


class RowNote(NamedTuple):
    """Something that was accepted and changed on the way in; `left_out`: with a part that is kept nowhere."""

    column: str
    message: str
    left_out: bool = False


class RosterValues(NamedTuple):
    """What a row says, folded. Empty text or None: not given, or wrong (then a problem says so).

    sex is male, female or None; relation is a GB/T 4761 code; id_number is 15 or 18 characters as checked.
    """

    name: str
    id_number: str
    id_kind: str
    birth_date: date | None
    sex: str | None
    household_no: str
    head_name: str
    head_id_number: str
    relation: str
    township_id: int | None
    township_name: str
    village_id: int | None
    village_name: str
    group: str
    phone: str
    bank: str
    bank_account: str
    address: str
    remark: str


class CheckedRow(NamedTuple):
    """One row that is not blank, under its own row number (1-based)."""

    sheet: str
    row_no: int
    state: RowState
    values: RosterValues
    problems: tuple[RowProblem, ...]
    notes: tuple[RowNote, ...]


def sentence(row_no: int, title: str, problem: RowProblem) -> str:
    """第 57 行「身份证号」校验位不符，请核对后重新填写。"""
    where = f"第 {row_no} 行「{title}」" if title else f"第 {row_no} 行"
    return f"{where}{problem.message}，{problem.mend}"
