"""Checks of single cells: each gives back the folded value; "" or None with a problem when it is wrong."""

import re
import unicodedata
from datetime import date, timedelta
from functools import lru_cache

from calc.dates import DateError, parse_date
from calc.id_number import IdNumber, check_digit, check_id_number, mask_account, mask_id, mask_phone
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
_LONGEST = 60  # beyond it a word is none, nor a day; patterns are not tried on 32,000 characters of a cell

# Chinese characters, with rare ones in the extension and private-use planes; or a name in Latin letters, as passports
# and residence permits have it: MOU, JOHN
_NAME = re.compile(
    r"[\u3400-\u9fff\u3007\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000323af]"
    r"[\u3400-\u9fff\u3007\uf900-\ufaff\ue000-\uf8ff\U00020000-\U000323af·]*"
    r"|[A-Za-z\u00c0-\u024f\u1e00-\u1eff][A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff .,'·-]*"
)
# what folding leaves as it is and no check minds
_ORDINARY = re.compile(r"[0-9A-Za-z\u4e00-\u9fa5-]*")
_DOTS = str.maketrans("•‧・･．⋅●∙⸱ᐧ˙", "·" * 11)
_APOSTROPHES = str.maketrans("’‘`´", "'" * 4)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff][^\u2e80-\U0003ffff]*")
_COMMA = re.compile(r" *, *")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd\ud800-\udfff]")
# "nothing" as people write it, and as data programs do
_NOTHING = frozenset(
    ("", "无", "没有", "暂无", "暂缺", "/", "\\", "—", "——", "-", "nan", "NaN", "NaT", "None", "NULL", "null", "#N/A")
)
_NO_PHONE = _NOTHING | {"0", "无电话", "没有电话", "无手机", "无联系电话"}
_PHONES_APART = re.compile(r"[/、,;|\\\s]+|或")
_WHOSE_PHONE = re.compile(r"\([^()0-9]*\)")
_DECIMAL = re.compile(r"\d+\.0")  # a whole number as data programs write it into a text
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}")
# what a spreadsheet program writes into a CSV for a long number
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")
# around digits: what keeps a spreadsheet program from making a number of them, and what copying brings along
_AROUND_DIGITS = re.compile(_UNSEEN.pattern + r"""|=(?=["“”])|[\s'"‘’“”`－—‐-]""")
_LIKE_X = str.maketrans("ХхΧχ×╳✕✖", "X" * 8)  # letters and signs that look like the last character of an ID number
_LONG_NUMBER = re.compile(r"\d{9,}[Xx]?")
_ACCOUNT = re.compile(r"\d{12,30}")
ID_SHAPE = r"[0-9]{6}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{5}"  # as far as an account could be one
_ID_NUMBER = re.compile(ID_SHAPE)
_SEX_WORDS = {
    "male": ("男", "男性", "1", "1.0", "M", "Male", "MALE", "1-男", "1男"),
    "female": ("女", "女性", "2", "2.0", "F", "Female", "FEMALE", "2-女", "2女"),
}
_SEXES = {word: sex for sex, words in _SEX_WORDS.items() for word in words} | {"m": "male", "f": "female"}
_MIDNIGHT = re.compile(r"(?:[T ]+0{1,2}:00(?::00(?:\.0+)?)?|生|\.0)$")
_SERIAL = re.compile(r"[1-9]\d{4}")
_SERIAL_BEGINS = date(1899, 12, 30)  # day 0 of a spreadsheet program
_MONTH = re.compile(r"(\d{4})(?:[-./年]([1-9])|[-./年]?(0[1-9]|1[0-2]))月?", re.ASCII)
_AS_TEXT = "请把该列设为“文本”格式，再重新输入完整号码"


class Desk:
    """The problems and notes of one row while it is being checked."""

    __slots__ = ("notes", "problems")

    def __init__(self) -> None:
        self.problems: list[RowProblem] = []
        self.notes: list[RowNote] = []

    def problem(self, column: str, kind: str, found: str, message: str, mend: str) -> None:
        shown, said = without_numbers(found)[:_SHOWN], without_numbers(message)
        self.problems.append(RowProblem(column, kind, shown, said, mend))


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


def without_numbers(text: str) -> str:
    """Masks the numbers of papers, cards and telephones: in a wrong column, nothing else would seal them."""
    return _LONG_NUMBER.sub(lambda found: mask_id(found[0]), text)


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
    if _LONG_NUMBER.search(name):
        mend = "请核对姓名和身份证号两列是否填反或错位"
        desk.problem(column, "name_characters", name, "填的是一串号码，不是姓名", mend)
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
    if _LATIN.fullmatch(name):
        composed = unicodedata.normalize("NFC", name.translate(_APOSTROPHES)).translate(_DOTS)
        return _COMMA.sub(", ", composed)
    return name.translate(_DOTS).replace(" ", "").replace(".", "·")  # a folded full-width stop


@lru_cache(maxsize=65_536)
def is_plain_name(text: str) -> bool:
    return len(text) <= 50 and text.isalpha() and not text.isascii() and _NAME.fullmatch(text) is not None


def read_id_number(desk: Desk, column: str, cell: Cell, *, today: date) -> IdNumber | None:
    """The checked number; one that was stored as a number has lost digits and is never repaired."""
    text = cell if isinstance(cell, str) else as_text(cell)
    result = None if is_number(cell) else check_id_number(text, today=today)
    if result is None or _lost_digits(text):
        _refuse_number(desk, column, mask_id(text))
        return None
    if not isinstance(result, IdNumber):
        result = check_id_number(_bare(text).translate(_LIKE_X), today=today)
    if isinstance(result, IdNumber):
        if result.value != text:
            desk.notes.append(RowNote(column, "已去掉空格和多余符号，全角转半角，x 改为大写"))
        return result
    desk.problem(column, "id_invalid", mask_id(fold(text)), result.message, result.mend)
    return None


def _lost_digits(text: str) -> bool:
    """Whether the text is that of a number: 5.00101E+17, or with a decimal point behind."""
    return _SCIENTIFIC.fullmatch(text) is not None or _DECIMAL.fullmatch(text) is not None


def _bare(text: str) -> str:
    """The digits without '…, ="…", blanks, hyphens and signs that can't be seen."""
    return _AROUND_DIGITS.sub("", fold(text))


def read_bank_account(desk: Desk, column: str, cell: Cell) -> str:
    """12 to 30 digits as text; blanks and hyphens between them are taken out."""
    if isinstance(cell, str) and 12 <= len(cell) <= 30 and len(cell) != 18 and cell.isascii() and cell.isdigit():
        return cell
    text = as_text(cell)
    if is_number(cell) or _lost_digits(text):
        _refuse_number(desk, column, mask_account(text))
        return ""
    account = _bare(text)
    if account in _NOTHING:
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
    if _ID_NUMBER.fullmatch(account) and check_digit(account[:17]) == account[17]:
        mend = "请对照银行卡或存折填写账号，没有账号就留空"
        desk.problem(column, "bank_account_invalid", mask_account(account), "填的是身份证号，不是银行账号", mend)
        return ""
    if account != text:
        desk.notes.append(RowNote(column, "已去掉空格、横线和引号"))
    return account


def _refuse_number(desk: Desk, column: str, masked: str) -> None:
    desk.problem(column, "stored_as_number", masked, "单元格存成了数字，末尾几位可能已经丢失", _AS_TEXT)


def read_phone(desk: Desk, column: str, cell: Cell) -> str:
    """A mobile (11 digits) or landline number; a number cell holds all of its digits."""
    if isinstance(cell, str) and len(cell) == 11 and cell[0] == "1" and cell.isascii() and cell.isdigit():
        return cell
    written = _WHOSE_PHONE.sub("", fold(as_text(cell)))
    phone = _bare_phone(written)
    if phone in _NO_PHONE:
        return ""
    if not _is_phone(phone):
        several = [_bare_phone(part) for part in _PHONES_APART.split(written) if part]
        if len(several) > 1 and all(map(_is_phone, several)):
            if others := "、".join(mask_phone(number) for number in several[1:] if number != several[0]):
                desk.notes.append(RowNote(column, f"还写了 {others}，名册只留第一个号码", left_out=True))
            return several[0]
        if _lost_digits(written):
            _refuse_number(desk, column, mask_phone(written))
            return ""
        desk.problem(
            column,
            "phone_invalid",
            mask_phone(phone),
            "不是 11 位手机号，也不是带区号的固定电话",
            "请核对后重填，没有电话就留空",
        )
        return ""
    return phone


def _bare_phone(text: str) -> str:
    number = _bare(text.removesuffix(".0")).replace("(", "").replace(")", "")
    for code in ("+86", "0086", "86"):
        if _is_phone(number.removeprefix(code)) and len(number) - len(code) > 10:
            return number.removeprefix(code)
    return number


def _is_phone(number: str) -> bool:
    return number.isascii() and _PHONE.fullmatch(number) is not None


def read_relation(desk: Desk, column: str, cell: Cell, sex: str | None = None) -> str:
    """The GB/T 4761 code."""
    word = cell if isinstance(cell, str) else as_text(cell)
    code = None
    if len(word) <= _LONGEST:
        code = relation_code(word, sex) or relation_code(fold(word).replace(" ", ""), sex)
    if code is not None:
        return code
    if fold(word) not in _NOTHING:
        desk.problem(
            column,
            "relation_unknown",
            fold(word),
            "不是认识的家庭关系",
            "请从模板的下拉列表里选，户主本人填“户主”，说不清的可以留空",
        )
    return ""


def read_sex(desk: Desk, column: str, cell: Cell) -> str | None:
    if isinstance(cell, str) and cell in _SEXES:
        return _SEXES[cell]
    text = fold(as_text(cell))
    sex = _SEXES.get(text)
    if sex is None and text not in _NOTHING:
        desk.problem(column, "sex_invalid", text, "只能填“男”或“女”", "请改为“男”或“女”，也可以留空")
    return sex


def read_birth_date(desk: Desk, column: str, cell: Cell) -> date | None:
    """The day written as text, as a date cell, as eight digits, or as the number that a spreadsheet program keeps."""
    text = as_text(cell)
    found = _date_of(text) if len(text) <= _LONGEST else None
    if found is None and text.strip() not in _NOTHING:
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
    written = _MIDNIGHT.sub("", text.strip())
    if _SERIAL.fullmatch(written):
        return _SERIAL_BEGINS + timedelta(days=int(written))
    try:
        return parse_date(written)
    except DateError:
        return None


def read_birth_month(cell: Cell) -> tuple[int, tuple[int, ...]] | None:
    """Year and month where that is all that is written: 1973.04, 1973年4月, 197304.

    1973.10 as a number is 1973.1, so that may be either month.
    """
    found = _MONTH.fullmatch(fold(as_text(cell)).replace(" ", ""))
    if found is None:
        return None
    month = int(found[2] or found[3])
    return int(found[1]), (1, 10) if found[0].endswith(".1") else (month,)


def mask_date(text: str) -> str:
    """The year only: beside a masked ID number a full birth date would give the number away."""
    return text[:4] + "*" * len(text[4:10])
