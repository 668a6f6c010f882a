"""A roster in somebody else's layout: which of our columns, under which titles, in which notation. Pure.

The layouts are data: an insurer's own is kept in the database, ours stand here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from calc.id_number import KIND_LABELS
from enrollment.roster.relations import CODE_BY_WORD, NAMES

SEXES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "words": ("男、女", {"m": "男", "f": "女"}),
    "letters": ("M、F", {"m": "M", "f": "F"}),
    "digits": ("1、2", {"m": "1", "f": "2"}),
}
DATES: Mapping[str, tuple[str, str]] = {
    "dashes": ("1970-01-01", "%Y-%m-%d"),
    "slashes": ("1970/01/01", "%Y/%m/%d"),
    "digits": ("19700101", "%Y%m%d"),
}
ID_KINDS = KIND_LABELS
_RELATIONS = {CODE_BY_WORD[name]: name for name in reversed(NAMES)}  # the first name of each code


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a roster, in plain text. `birth_date` None: the number doesn't tell it."""

    number: int  # on this list
    key: int  # of the enrolment: by it a result finds its person
    name: str
    id_kind: str
    id_number: str
    sex: str
    birth_date: date | None
    household: str
    relation: str
    township: str
    village: str
    group: str
    address: str
    phone: str
    covered_from: date
    covered_to: date


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    key: str
    title: str


@dataclass(frozen=True)
class Layout:
    columns: tuple[LayoutColumn, ...]
    sex: str = "words"
    dates: str = "dashes"
    id_kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        return [column.title for column in self.columns]

    def asks(self, key: str) -> bool:
        return any(column.key == key for column in self.columns)


@dataclass(frozen=True, slots=True)
class Known:
    """A column that a layout may have. `width` in characters."""

    title: str
    width: int
    value: Callable[[Person, Layout], str]


def _day(day: date | None, layout: Layout) -> str:
    return day.strftime(DATES[layout.dates][1]) if day else ""


RESULT, RESULT_REASON, KEY = "result", "result_reason", "key"
COLUMNS: Mapping[str, Known] = {
    "number": Known("序号", 7, lambda p, _: str(p.number)),
    KEY: Known("人员编号", 10, lambda p, _: str(p.key)),
    "name": Known("姓名", 12, lambda p, _: p.name),
    "id_kind": Known(
        "证件类型", 14, lambda p, layout: layout.id_kinds.get(p.id_kind) or ID_KINDS.get(p.id_kind, p.id_kind)
    ),
    "id_number": Known("证件号码", 22, lambda p, _: p.id_number),
    "sex": Known("性别", 6, lambda p, layout: SEXES[layout.sex][1].get(p.sex, "")),
    "birth_date": Known("出生日期", 12, lambda p, layout: _day(p.birth_date, layout)),
    "household": Known("户号", 12, lambda p, _: "" if p.household.startswith("h") else p.household),
    "relation": Known("与户主关系", 12, lambda p, _: _RELATIONS.get(p.relation, p.relation)),
    "township": Known("乡镇", 12, lambda p, _: p.township),
    "village": Known("村", 14, lambda p, _: p.village),
    "group": Known("组", 8, lambda p, _: p.group),
    "address": Known("家庭住址", 26, lambda p, _: p.address),
    "phone": Known("联系电话", 14, lambda p, _: p.phone),
    "covered_from": Known("保障起", 12, lambda p, layout: _day(p.covered_from, layout)),
    "covered_to": Known("保障止", 12, lambda p, layout: _day(p.covered_to, layout)),
    RESULT: Known("承保结果", 10, lambda _p, _: ""),
    RESULT_REASON: Known("不承保原因", 20, lambda _p, _: ""),
}


def _ours(*keys: str) -> Layout:
    return Layout(tuple(LayoutColumn(key, COLUMNS[key].title) for key in keys))


STANDARD = _ours(
    *(
        "number",
        KEY,
        "name",
        "id_kind",
        "id_number",
        "sex",
        "birth_date",
        "household",
        "relation",
        "township",
        "village",
    ),
    *("group", "covered_from", "covered_to", RESULT, RESULT_REASON),
)
FOR_POLICE = _ours(
    "number", "name", "id_kind", "id_number", "sex", "village", "group", "household", "relation", "address"
)


def rows_in(layout: Layout, people: Iterable[Person]) -> Iterator[list[str]]:
    """The cells of each person, in the order of the layout's columns."""
    values = [COLUMNS[column.key].value for column in layout.columns]
    for person in people:
        yield [value(person, layout) for value in values]


def synthetic_people(first: date, last: date) -> tuple[Person, ...]:
    """Three people that nobody is, for a preview."""
    kinds = ("resident", "resident", "foreigner")
    born = (date(1970, 1, 1), date(2015, 6, 30), None)
    return tuple(
        Person(
            number=at, key=1000 + at, name=f"示某{'甲乙丙'[at - 1]}", id_kind=kind, id_number="000000190000000000",
            sex="mf"[at % 2], birth_date=day, household="0001", relation=("01", "20", "01")[at - 1], township="示例镇",
            village="示例村", group="1组", address="示例镇示例村1号", phone="10000000000",
            covered_from=first, covered_to=last,
        )
        for at, (kind, day) in enumerate(zip(kinds, born, strict=True), start=1)
    )  # fmt: skip
