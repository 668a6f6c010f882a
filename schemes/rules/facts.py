"""Reading the facts of a claim: each by its type, nothing assumed, every problem named."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from calc.dates import DateError, age_on, parse_date
from calc.money import MoneyError, format_yuan, yuan
from calc.text import fold
from schemes.rules.refusal import FactProblem
from schemes.terms.model import Fact

Known = dict[str, object]
Problems = list[FactProblem]

SHORT_GRADE = "disability_grade"
SHORT_FOR = "disability_items"
_DIGITS = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_YES_NO: Mapping[object, bool] = {"是": True, "否": False, "true": True, "false": False}


def read_facts(declared: Mapping[str, Fact], given: Mapping[str, object], problems: Problems) -> Known:
    """The facts as typed values. An empty one (None or "") counts as not stated."""
    known: Known = {}
    for code, value in _spelled_out(given, problems).items():
        fact = declared.get(code)
        if fact is None:
            problems.append(FactProblem(code, f"「{code}」不是本方案的事实，请核对名称"))
        elif fact.sources:
            sources = "、".join(f"「{declared[source].label}」" for source in fact.sources)
            problems.append(FactProblem(code, f"「{fact.label}」由{sources}算出，请填这些，不直接填"))
        elif value is not None and value != "":
            read = _READERS[fact.type](fact, value, problems)
            if read is not None:
                known[code] = read
    return known


def derive(derived: Iterable[Fact], known: Known, problems: Problems) -> None:
    """Ages and numbers of days, where both days are stated."""
    for fact in derived:
        start, end = known.get(fact.of), known.get(fact.on)
        if not isinstance(start, date) or not isinstance(end, date):
            continue
        if end < start:
            problems.append(FactProblem(fact.on, f"「{fact.label}」算不出：{end} 早于 {start}，请核对日期"))
        else:
            known[fact.code] = age_on(start, end) if fact.type == "age" else (end - start).days


def _spelled_out(given: Mapping[str, object], problems: Problems) -> Mapping[str, object]:
    """`disability_grade: 7` is short for `disability_items: [{grade: 7}]`."""
    if SHORT_GRADE not in given:
        return given
    if SHORT_FOR in given:
        problems.append(FactProblem(SHORT_GRADE, "伤残等级与伤残项目写了两遍，请只写一处"))
    rest = {code: value for code, value in given.items() if code != SHORT_GRADE}
    return {SHORT_FOR: [{"grade": given[SHORT_GRADE]}], **rest}


def read_money(where: str, label: str, value: object, problems: Problems) -> Decimal | None:
    """An amount from 0 up, exact to the fen, from text or Decimal; None where it was refused."""
    try:
        amount = yuan(str(value) if isinstance(value, Decimal) else value)  # type: ignore[arg-type]
    except MoneyError as error:
        problems.append(FactProblem(where, f"「{label}」：{error}"))
        return None
    if amount < 0:
        problems.append(FactProblem(where, f"「{label}」是 {format_yuan(amount)}，不能小于 0，请核对"))
        return None
    return amount


def _money(fact: Fact, value: object, problems: Problems) -> Decimal | None:
    return read_money(fact.code, fact.label, value, problems)


def _date(fact: Fact, value: object, problems: Problems) -> date | None:
    if type(value) is date:
        return value
    try:
        return parse_date(str(value))
    except DateError as error:
        problems.append(FactProblem(fact.code, f"「{fact.label}」：{error}"))
        return None


def _count(fact: Fact, value: object, problems: Problems) -> int | None:
    if type(value) is int and value >= 0:
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    problems.append(FactProblem(fact.code, f"「{fact.label}」写的是「{value}」，应是不带小数的数，请核对"))
    return None


def _number(fact: Fact, value: object, problems: Problems) -> Decimal | None:
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, str | Decimal) and _NUMBER.fullmatch(text := fold(str(value)).replace(",", "")):
        return Decimal(text)
    problems.append(FactProblem(fact.code, f"「{fact.label}」写的是「{value}」，应是一个数，例如 28.5，请核对"))
    return None


def _yes_no(fact: Fact, value: object, problems: Problems) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _YES_NO:
        return _YES_NO[value]
    problems.append(FactProblem(fact.code, f"「{fact.label}」写的是「{value}」，应是“是”或“否”"))
    return None


def _choice(fact: Fact, value: object, problems: Problems) -> str | None:
    if isinstance(value, str) and value in fact.options:
        return value
    options = "、".join(fact.options.values())
    problems.append(FactProblem(fact.code, f"「{fact.label}」没有「{value}」这一项，应是 {options} 之一"))
    return None


def _text(fact: Fact, value: object, problems: Problems) -> str | None:
    if isinstance(value, str):
        return value
    problems.append(FactProblem(fact.code, f"「{fact.label}」应是文字，请重新填写"))
    return None


def _payers(fact: Fact, value: object, problems: Problems) -> dict[str, Decimal] | None:
    if not isinstance(value, Mapping):
        problems.append(FactProblem(fact.code, f"「{fact.label}」应按各方分别写金额"))
        return None
    paid: dict[str, Decimal] = {}
    for payer, amount in value.items():
        where = f"{fact.code}.{payer}"
        if payer not in fact.options:
            options = "、".join(fact.options.values())
            problems.append(FactProblem(where, f"「{fact.label}」没有「{payer}」，应是 {options} 之一"))
        elif amount is not None and amount != "":
            read = read_money(where, fact.options[payer], amount, problems)
            if read is not None:
                paid[payer] = read
    return paid


def _disability(fact: Fact, value: object, problems: Problems) -> tuple[int, ...] | None:
    """The grades of the items, 1 (most severe) to 10."""
    if not isinstance(value, list | tuple) or not value:
        problems.append(FactProblem(fact.code, f"「{fact.label}」应是至少一项的列表，每项写明等级"))
        return None
    before = len(problems)
    grades = tuple(_grade(fact, f"{fact.code}[{at}]", item, problems) for at, item in enumerate(value, start=1))
    return grades if len(problems) == before else None


def _grade(fact: Fact, where: str, item: object, problems: Problems) -> int:
    grade = item.get("grade") if isinstance(item, Mapping) else None
    if isinstance(grade, str) and _DIGITS.fullmatch(grade):
        grade = int(grade)
    if type(grade) is int and 1 <= grade <= fact.grades:
        return grade
    problems.append(FactProblem(where, f"「{fact.label}」的等级是「{grade}」，应是 1 到 {fact.grades}"))
    return 0


_READERS: Mapping[str, Callable[[Fact, object, Problems], object]] = {
    "money": _money,
    "date": _date,
    "count": _count,
    "number": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "text": _text,
    "payers": _payers,
    "disability": _disability,
}
