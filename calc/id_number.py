"""ID numbers: what kind they are, whether they can be right, and how they are masked.

The region code is never a reason to refuse: it names the place of first registration, and codes change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import mul

from calc.text import fold

RESIDENT = "resident"
RESIDENT_15 = "resident_15"
HONG_KONG_MACAO_TAIWAN = "hong_kong_macao_taiwan"
FOREIGNER = "foreigner"
FOREIGNER_OLD = "foreigner_old"

KIND_LABELS = {
    RESIDENT: "居民身份证",
    RESIDENT_15: "15位旧居民身份证",
    HONG_KONG_MACAO_TAIWAN: "港澳台居民居住证",
    FOREIGNER: "外国人永久居留身份证",
    FOREIGNER_OLD: "外国人永久居留证（旧版）",
}

OLDEST = 130

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_OFFSET = sum(_WEIGHTS) * ord("0")
_OLD_FOREIGNER = re.compile(r"[A-Z]{3}[0-9]{12}")
_CHECK_AGAIN = "请对照证件核对后重新填写"
_OTHER_PAPER = re.compile(r"[A-Z]{1,2}[0-9]{6,10}")  # a passport, a travel permit, a certificate of birth
_ACCEPTED = "只收居民身份证、港澳台居民居住证和外国人永久居留身份证的号码"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """`birth_date` and `sex` (male, female) are None where the number doesn't tell them."""

    value: str
    kind: str
    birth_date: date | None
    sex: str | None


@dataclass(frozen=True, slots=True)
class IdProblem:
    message: str
    mend: str


def check_id_number(text: str, *, today: date) -> IdNumber | IdProblem:
    """The number as it is stored (half-width, capital X), or what is wrong with it and how to mend it."""
    value = text if text.isascii() and text.isalnum() else fold(text).replace(" ", "")
    value = value.upper()
    if len(value) == 18:
        return _check_18(value, today)
    if len(value) == 15:
        return _check_15(value, today)
    if not value:
        return IdProblem("身份证号没有填", "请填写18位身份证号")
    if _OTHER_PAPER.fullmatch(value):
        return IdProblem("像是护照、通行证或出生医学证明的号码，不是身份证号", f"{_ACCEPTED}，请改填其中一种")
    if not any(map(str.isdigit, value)):
        return IdProblem("不是证件号码", f"{_ACCEPTED}；还没有证件的，办好后再补报")
    if not value.isalnum():
        return IdProblem("身份证号里有数字和字母以外的字符（有的看不见）", "请删去该格内容，只重新输入18位号码")
    return IdProblem(f"身份证号有{len(value)}位，应为18位", "请核对是否漏填或多填")


def _check_18(value: str, today: date) -> IdNumber | IdProblem:
    head = value[:17]
    if not (head.isdigit() and head.isascii() and value[17] in "0123456789X"):
        return IdProblem("身份证号里有不该有的字，应为17位数字加校验位", _CHECK_AGAIN)
    birth = birth_date(value[6:14], today=today)
    if isinstance(birth, IdProblem):
        return birth
    if check_digit(head) != value[17]:
        return IdProblem("身份证号校验位不符", _CHECK_AGAIN)
    return IdNumber(value, kind_of(value), birth, sex_of(value[16]))


def _check_15(value: str, today: date) -> IdNumber | IdProblem:
    if _OLD_FOREIGNER.fullmatch(value):
        return IdNumber(value, FOREIGNER_OLD, None, None)
    if not (value.isdigit() and value.isascii()):
        return IdProblem("15位证件号应全是数字，或3个字母加12位数字", _CHECK_AGAIN)
    birth = birth_date("19" + value[6:12], today=today)
    if isinstance(birth, IdProblem):
        return birth
    return IdNumber(value, RESIDENT_15, birth, sex_of(value[14]))


def check_digit(head: str) -> str:
    """The eighteenth character for seventeen digits (GB 11643, MOD 11-2)."""
    return _CHECK[(sum(map(mul, _WEIGHTS, head.encode())) - _OFFSET) % 11]


def as_18(value: str) -> str:
    """A 15-digit resident number in its 18-character form, to find the same person; others unchanged."""
    if len(value) != 15 or not value.isdigit():
        return value
    head = f"{value[:6]}19{value[6:]}"
    return head + check_digit(head)


@lru_cache(maxsize=65_536)
def birth_date(digits: str, *, today: date) -> date | IdProblem:
    """The day that eight digits of a number name, or why nobody of today can have been born then."""
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return IdProblem(f"身份证号里的出生日期 {digits} 不存在", _CHECK_AGAIN)
    if birth > today:
        return IdProblem(f"身份证号里的出生日期 {birth} 还没到", _CHECK_AGAIN)
    if today.year - birth.year > OLDEST:
        return IdProblem(f"身份证号里的出生日期 {birth} 距今超过{OLDEST}年", _CHECK_AGAIN)
    return birth


def kind_of(value: str) -> str:
    """The kind of document of a right number of 18 characters, by its region code."""
    if value[0] == "9":
        return FOREIGNER
    return HONG_KONG_MACAO_TAIWAN if value[:2] in ("81", "82", "83") else RESIDENT


def sex_of(digit: str) -> str:
    """male or female, by the last digit of the serial number (GB 11643)."""
    return "male" if digit in "13579" else "female"


def mask_id(value: str) -> str:
    """`5001************2X`: the first four, stars, the last two."""
    return value[:4] + "*" * (len(value) - 6) + value[-2:] if len(value) > 6 else "*" * len(value)


def mask_account(value: str) -> str:
    """`**** **** **** 0245`: the last four, in blocks of four."""
    hidden = "*" * (len(value) - 4) + value[-4:] if len(value) > 4 else "*" * len(value)
    return " ".join(_blocks_from_right(hidden))


def _blocks_from_right(text: str) -> Iterator[str]:
    head = len(text) % 4
    if head:
        yield text[:head]
    for at in range(head, len(text), 4):
        yield text[at : at + 4]


def mask_phone(value: str) -> str:
    """`150****0017`."""
    return value[:3] + "*" * (len(value) - 7) + value[-4:] if len(value) > 7 else "*" * len(value)
