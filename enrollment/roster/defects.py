"""The defects that make_roster plants: one of each kind that the check must find."""

import random
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, field, replace

from calc.id_number import check_digit
from enrollment.roster.columns import KEYS
from enrollment.roster.people_maker import MadePerson
from office.sheet_writer import Formula, OutCell

_KEPT = 200


@dataclass(frozen=True, slots=True)
class Planted:
    """A wrong row as it is written; kind is one of problems.KIND_LABELS, column a key of COLUMNS or ""."""

    kind: str
    column: str
    cells: tuple[OutCell, ...]
    hidden: bool = False


@dataclass(slots=True)
class Base:
    """What defects lean on: good rows written before, and townships that are not to be named."""

    out_of_scope: tuple[str, ...] = ()
    not_taking_part: tuple[str, ...] = ()
    earlier: list[MadePerson] = field(default_factory=list)

    def keep(self, rng: random.Random, person: MadePerson) -> None:
        if len(self.earlier) < _KEPT:
            self.earlier.append(person)
        elif rng.random() < 0.01:
            self.earlier[rng.randrange(_KEPT)] = person


Planter = Callable[[MadePerson, random.Random, Base], Planted]


def plant(name: str, person: MadePerson, rng: random.Random, base: Base) -> Planted:
    """The person's row with the defect of that name in DEFECTS."""
    return DEFECTS[name](person, rng, base)


def _changed(kind: str, column: str, change: Callable[[MadePerson], OutCell]) -> Planter:
    """A defect that is another content of one cell."""

    def planter(person: MadePerson, _rng: random.Random, _base: Base) -> Planted:
        cells: list[OutCell] = list(astuple(person))
        cells[KEYS.index(column)] = change(person)
        return Planted(kind, column, tuple(cells))

    return planter


def _blank(column: str) -> Planter:
    return _changed("missing", column, lambda _person: None)


def _wrong_check_digit(person: MadePerson) -> str:
    right = _full(person)
    return right[:17] + ("1" if right[17] == "0" else "0")


def _month_13(person: MadePerson) -> str:
    head = f"{_full(person)[:10]}13{_full(person)[12:17]}"
    return head + check_digit(head)


def _full(person: MadePerson) -> str:
    """An 18-digit number, also for the few people with an old one."""
    if len(person.id_number) == 18:
        return person.id_number
    head = f"{person.id_number[:6]}19{person.id_number[6:]}"
    return head + check_digit(head)


def _other_sex(person: MadePerson) -> str:
    return "女" if person.sex == "男" else "男"


def _other_birth_date(person: MadePerson) -> str:
    year = int(person.birth_date[:4])
    return f"{year - 1}-01-{'02' if person.birth_date.endswith('01') else '01'}"


def _hidden(person: MadePerson, _rng: random.Random, _base: Base) -> Planted:
    return Planted("hidden_row", "", astuple(person), hidden=True)


def _duplicate(_person: MadePerson, rng: random.Random, base: Base) -> Planted:
    return Planted("duplicate", "id_number", astuple(rng.choice(base.earlier)))


def _same_number_other_name(_person: MadePerson, rng: random.Random, base: Base) -> Planted:
    other = rng.choice(base.earlier)
    renamed = replace(other, name="异某名" if other.name != "异某名" else "别某名")
    return Planted("name_conflict", "id_number", astuple(renamed))


def _foreign_township(person: MadePerson, rng: random.Random, base: Base) -> Planted:
    named = replace(person, township=rng.choice(base.out_of_scope))
    return Planted("township_out_of_scope", "township", astuple(named))


def _idle_township(person: MadePerson, rng: random.Random, base: Base) -> Planted:
    named = replace(person, township=rng.choice(base.not_taking_part))
    return Planted("township_not_taking_part", "township", astuple(named))


DEFECTS: Mapping[str, Planter] = {
    "no_name": _blank("name"),
    "no_id_number": _blank("id_number"),
    "no_village": _blank("village"),
    "no_township": _blank("township"),
    "digit_in_name": _changed("name_characters", "name", lambda person: f"{person.name}1"),
    "formula_as_name": _changed("name_characters", "name", lambda _person: "=1+1"),
    "wrong_check_digit": _changed("id_invalid", "id_number", _wrong_check_digit),
    "month_13": _changed("id_invalid", "id_number", _month_13),
    "one_digit_short": _changed("id_invalid", "id_number", lambda person: _full(person)[:17]),
    "letter_in_number": _changed("id_invalid", "id_number", lambda person: f"{_full(person)[:16]}O{_full(person)[17]}"),
    "wrong_head_number": _changed("id_invalid", "head_id_number", _wrong_check_digit),
    "id_as_number": _changed("stored_as_number", "id_number", lambda person: int(_full(person)[:17]) * 10),
    "account_as_number": _changed("stored_as_number", "bank_account", lambda person: int(person.bank_account)),
    "id_by_formula": _changed("formula", "id_number", lambda person: Formula('"5"&"0"', person.id_number)),
    "village_by_formula": _changed("formula", "village", lambda person: Formula("K2", person.village)),
    "hidden": _hidden,
    "other_sex": _changed("sex_mismatch", "sex", _other_sex),
    "unknown_sex": _changed("sex_invalid", "sex", lambda _person: "未知"),
    "other_birth_date": _changed("birth_date_mismatch", "birth_date", _other_birth_date),
    "no_such_day": _changed("birth_date_invalid", "birth_date", lambda person: f"{person.birth_date[:4]}-02-30"),
    "unknown_township": _changed("township_unknown", "township", lambda person: f"不存在的{person.township}"),
    "out_of_scope": _foreign_township,
    "not_taking_part": _idle_township,
    "unknown_village": _changed("village_unknown", "village", lambda person: f"不存在的{person.village}"),
    "unknown_relation": _changed("relation_unknown", "relation", lambda _person: "干亲"),
    "short_phone": _changed("phone_invalid", "phone", lambda _person: "100000"),
    "letters_in_account": _changed("bank_account_invalid", "bank_account", lambda person: f"{person.bank_account}号"),
    "short_account": _changed("bank_account_invalid", "bank_account", lambda person: person.bank_account[:9]),
    "unseen_character": _changed("characters", "address", lambda person: f"{person.village}\u200b1号"),
    "long_remark": _changed("too_long", "remark", lambda _person: "某" * 600),
    "same_person": _duplicate,
    "same_number_other_name": _same_number_other_name,
}
# in a CSV there are no numbers, formulas or hidden rows
CSV_DEFECTS = tuple(
    name
    for name in DEFECTS
    if name not in {"id_as_number", "account_as_number", "id_by_formula", "village_by_formula", "hidden"}
)
