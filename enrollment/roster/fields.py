"""Checks of single cells: each gives back the folded value; "" or None with a problem when it is wrong."""

import re
from datetime import date
from functools import lru_cache

from calc.dates import DateError, parse_date
from calc.id_number import IdNumber, check_id_number, mask_account, mask_id, mask_phone
from calc.text import fold
from enrollment.roster.cells import Cell, as_text, is_number
from enrollment.roster.problems import RowNote, RowProblem
from enrollment.roster.relations import relation_code

MAX_LENGTHS = {
    "name": 50,
    "head_name": 50,
    "household_no": 30,
    "group": 30,
    "bank": 60,
    "address": 200,
    "remark": 500,
}
_SHOWN = 40

# Chinese characters, with rare ones in the extension and private-use planes; or a name in Latin letters
_NAME = re.compile(
    r"[\u3400-\u9fff\u3007\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000323af]"
    r"[\u3400-\u9fff\u3007\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000323af·]*"
    r"|[A-Za-z][A-Za-z .'·-]*"
)
# what folding leaves as it is and no check minds
_ORDINARY = re.compile(r"[0-9A-Za-z\u4e00-\u9fa5-]*")
_DOTS = str.maketrans("•‧・･．⋅●", "·" * 7)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd\ud800-\udfff]")
_NO_PHONE = frozenset(("", "无", "没有", "暂无", "/", "\\", "—", "0"))
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}")
# what a spreadsheet program writes into a CSV for a long number
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")
_ACCOUNT = re.compile(r"\d{12,30}")
_SEXES = {"男": "male", "女": "female", "男性": "male", "女性": "female", "1": "male", "2": "female"}
_AS_TEXT = "请把该列设为“文本”格式，再重新输入完整号码"


class Desk:
    """The problems and notes of one row while it is being checked."""

    __slots__ = ("notes", "problems")

    def __init__(self) -> None:
        self.problems: list[RowProblem] = []
        self.notes: list[RowNote] = []

    def problem(self, column: str, kind: str, found: str, message: str, mend: str) -> None:
        self.problems.append(RowProblem(column, kind, found[:_SHOWN], message, mend))


def read_plain(desk: Desk, column: str, cell: Cell) -> str:
    """Text of a column that is kept as it was written; what looks like a formula stays text."""
    text = cell if isinstance(cell, str) else as_text(cell)
    if len(text) <= 30 and _ORDINARY.fullmatch(text):
        return text
    folded = fold(text)
    if _UNSEEN.search(folded):
        shown = _UNSEEN.sub("□", folded)
        desk.problem(column, "characters", shown, "含有看不见的特殊字符", "请删去该格内容重新输入")
        return ""
    if len(folded) > MAX_LENGTHS.get(column, 200):
        limit = MAX_LENGTHS.get(column, 200)
        desk.problem(column, "too_long", folded, f"超过 {limit} 个字", "请缩短内容")
        return ""
    return folded


def without_unseen(text: str) -> str:
    """The text without characters that can't be seen."""
    return _UNSEEN.sub("", text)


def read_name(desk: Desk, column: str, cell: Cell) -> str:
    """A person's name; blanks between Chinese characters are typing, not part of it."""
    if isinstance(cell, str) and is_plain_name(cell):
        return cell
    name = tidy_name(read_plain(desk, column, cell))
    if not name:
        return ""
    if _NAME.fullmatch(name) is None:
        desk.problem(
            column,
            "name_characters",
            name,
            "含有姓名里不该有的字符",
            "只能是汉字或字母，少数民族姓名的间隔用“·”",
        )
        return ""
    if name != cell:
        desk.notes.append(RowNote(column, "已去掉空格或统一间隔符"))
    return name


def tidy_name(name: str) -> str:
    """One dot for all the dots that people type, and no blanks between characters: as names are kept and looked for."""
    name = name.translate(_DOTS)
    return name if name.isascii() else name.replace(" ", "").replace(".", "·")  # a folded full-width stop


@lru_cache(maxsize=65_536)
def is_plain_name(text: str) -> bool:
    return len(text) <= 50 and text.isalpha() and not text.isascii() and _NAME.fullmatch(text) is not None


def read_id_number(desk: Desk, column: str, cell: Cell, *, today: date) -> IdNumber | None:
    """The checked number; one that was stored as a number has lost digits and is never repaired."""
    text = cell if isinstance(cell, str) else as_text(cell)
    if is_number(cell) or (len(text) < 15 and _SCIENTIFIC.fullmatch(text)):
        _refuse_number(desk, column, mask_id(text))
        return None
    result = check_id_number(text, today=today)
    if isinstance(result, IdNumber):
        if result.value != text:
            desk.notes.append(RowNote(column, "已去掉空格，全角转半角，x 改为大写"))
        return result
    desk.problem(column, "id_invalid", mask_id(fold(text)), result.message, result.mend)
    return None


def read_bank_account(desk: Desk, column: str, cell: Cell) -> str:
    """12 to 30 digits as text; blanks and hyphens between them are taken out."""
    if isinstance(cell, str) and 12 <= len(cell) <= 30 and cell.isascii() and cell.isdigit():
        return cell
    text = as_text(cell)
    if is_number(cell) or _SCIENTIFIC.fullmatch(text):
        _refuse_number(desk, column, mask_account(text))
        return ""
    account = fold(text).replace(" ", "").replace("-", "")
    if not account:
        return ""
    if not account.isascii() or _ACCOUNT.fullmatch(account) is None:
        desk.problem(
            column,
            "bank_account_invalid",
            mask_account(account),
            "不是 12 至 30 位数字",
            "请对照银行卡或存折核对账号",
        )
        return ""
    if account != text:
        desk.notes.append(RowNote(column, "已去掉空格和横线"))
    return account


def _refuse_number(desk: Desk, column: str, masked: str) -> None:
    desk.problem(column, "stored_as_number", masked, "单元格存成了数字，末尾几位可能已经丢失", _AS_TEXT)


def read_phone(desk: Desk, column: str, cell: Cell) -> str:
    """A mobile (11 digits) or landline number; a number cell holds all of its digits."""
    if isinstance(cell, str) and len(cell) == 11 and cell[0] == "1" and cell.isascii() and cell.isdigit():
        return cell
    phone = fold(as_text(cell)).replace(" ", "").replace("-", "")
    phone = phone.removeprefix("+86").replace("(", "").replace(")", "")
    if phone in _NO_PHONE:
        return ""
    if not phone.isascii() or _PHONE.fullmatch(phone) is None:
        desk.problem(
            column,
            "phone_invalid",
            mask_phone(phone),
            "不是 11 位手机号，也不是带区号的固定电话",
            "请核对后重填，没有电话就留空",
        )
        return ""
    return phone


def read_relation(desk: Desk, column: str, cell: Cell) -> str:
    """The GB/T 4761 code."""
    word = cell if isinstance(cell, str) else as_text(cell)
    code = relation_code(word) or relation_code(fold(word).replace(" ", ""))
    if code is not None:
        return code
    if fold(word):
        desk.problem(
            column,
            "relation_unknown",
            fold(word),
            "不是认识的家庭关系",
            "请从模板的下拉列表里选，户主本人填“户主”",
        )
    return ""


def read_sex(desk: Desk, column: str, cell: Cell) -> str | None:
    if isinstance(cell, str) and cell in _SEXES:
        return _SEXES[cell]
    text = fold(as_text(cell))
    sex = _SEXES.get(text)
    if text and sex is None:
        desk.problem(column, "sex_invalid", text, "只能填“男”或“女”", "请改为“男”或“女”，也可以留空")
    return sex


def read_birth_date(desk: Desk, column: str, cell: Cell) -> date | None:
    """The day written as text, as a date cell, or as eight digits."""
    text = as_text(cell)
    found = _date_of(text)
    if found is None and text.strip():
        desk.problem(
            column,
            "birth_date_invalid",
            mask_date(text),
            "看不懂，或没有这一天",
            "请写成 1980-01-31 这样，也可以留空",
        )
    return found


@lru_cache(maxsize=65_536)
def _date_of(text: str) -> date | None:
    try:
        return parse_date(text)
    except DateError:
        return None


def mask_date(text: str) -> str:
    """The year only: beside a masked ID number a full birth date would give the number away."""
    return text[:4] + "*" * len(text[4:10])
