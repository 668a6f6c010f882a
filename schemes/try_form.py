"""The form of 试算: any facts of one coverage, earlier payments, how the edition stands; no personal data."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict

from schemes.fact_fields import (
    PICK,
    YES_NO,
    DayField,
    FactForm,
    MoneyField,
    askable,
    fields_of,
    initial_of_facts,
    names_of,
    stated,
)
from schemes.rules.facts import SHORT_FOR, SHORT_GRADE
from schemes.rules.refusal import FactProblem
from schemes.terms.model import Coverage, EditionTerms, Example, Fact, Listed

ROWS, MOST_ROWS = 3, 20
OWN, ALL = "", "edition"
LISTS = {OWN: "paid_before", ALL: "edition_paid_before"}
PER_HOLDER = frozenset({"person", "house", "household", "accident", "claim"})  # other limits count everybody's payments
_PAID = re.compile(r"paid-(\d{1,2})-([a-z_]{1,40})")
_ENTRY = re.compile(r"(edition_paid_before|paid_before)\[(\d+)\]\.?(\w*)")
_LABELS = {"days": "天数", "house": "哪一处房屋"}
_COLUMNS = ("coverage", "amount", "paid_on", "same_accident", "of")


class TryForm(FactForm):
    """Nothing is required here: the rules say what they miss."""

    every_answer = True

    def __init__(self, *args: Any, terms: EditionTerms, coverage: Coverage, **kwargs: Any) -> None:
        data: Mapping[str, str] = next(iter(args), None) or kwargs.get("data") or {}
        self.named = [name for name in data if data[name]]
        self.listed = _listed(terms, coverage, self.named)
        super().__init__(*args, terms=terms, coverage=coverage, **kwargs)
        for fact in self._states():
            self.fields.update(fields_of(fact, None, Listed(fact.code, False, None), "state"))
        self.columns, self.count = _columns(terms, coverage, self.named), _rows(self.named)
        for at in range(self.count):
            self.fields.update(self._paid_fields(at))

    @property
    def asked(self) -> list[Listed]:
        """All that the coverage asks, also what a roster would tell; texts only where a rule reads them."""
        return self.listed

    def states(self) -> list[BoundField]:
        """Fields of how the edition stands as a whole."""
        return [self[name] for fact in self._states() for name in names_of(fact, "state")]

    def paid_rows(self) -> Iterator[list[BoundField]]:
        """The fields of earlier payments, row by row."""
        for at in range(self.count):
            yield [self[f"paid-{at}-{column}"] for column in self.columns]

    def paid_heads(self) -> list[str]:
        return [str(self.fields[f"paid-0-{column}"].label) for column in self.columns]

    def document(self) -> dict[str, Any]:
        """What is asked of the rules, in the shape of an example."""
        lists = {name: [entry for _, entry in self._paid(of)] for of, name in LISTS.items()}
        state = {fact.code: stated(fact, self.cleaned_data, "state") for fact in self._states()}
        told = {code: value for code, value in state.items() if value not in (None, "")}
        return {"facts": self.facts(), **lists, "edition_state": told}

    def add_refusals(self, problems: Iterable[FactProblem]) -> None:
        """The sentences of the rules beside their fields."""
        self.add_problems((self._place_of(problem.where), problem.message) for problem in problems)

    def _states(self) -> list[Fact]:
        return [fact for fact in getattr(self.terms, "state", {}).values() if askable(fact)]

    def _paid(self, of: str) -> list[tuple[int, dict[str, Any]]]:
        """The rows that say something, with their place on the page."""
        rows = []
        for at in range(self.count):
            row = {column: self.cleaned_data.get(f"paid-{at}-{column}") or "" for column in self.columns}
            whose = row.pop("of", OWN)
            if whose == of and any(row.values()):
                rows.append((at, {column: _plain(column, value) for column, value in row.items() if value != ""}))
        return rows

    def _place_of(self, where: str) -> str:
        """The field that a problem's place stands for: `paid_before[1].amount` is a row of the page."""
        found = _ENTRY.fullmatch(where)
        if found is None:
            state = f"state_{where.removeprefix('edition_state.')}"
            return state if state in self.fields else where
        of = next(of for of, name in LISTS.items() if name == found[1])
        rows = self._paid(of)
        at = rows[int(found[2]) - 1][0] if 0 < int(found[2]) <= len(rows) else 0
        return f"paid-{at}-{found[3] or 'coverage'}"

    def _paid_fields(self, at: int) -> dict[str, forms.Field]:
        return {f"paid-{at}-{column}": self._paid_field(column) for column in self.columns}

    def _paid_field(self, column: str) -> forms.Field:
        if column == "coverage":
            known = [(code, coverage.label) for code, coverage in self.terms.coverages.items()]
            return forms.ChoiceField(
                label="保障责任",
                choices=[PICK, *known],
                required=False,
                error_messages={"invalid_choice": "请从列表里选保障责任"},
            )
        if column == "amount":
            attributes = {"data-money": "", "inputmode": "decimal", "class": "num"}
            return MoneyField(label="金额（元）", required=False, widget=forms.TextInput(attrs=attributes))
        if column == "paid_on":
            return DayField(label="支付日期", required=False, widget=forms.TextInput(attrs={"data-date": ""}))
        if column == "same_accident":
            return forms.ChoiceField(label="同一次事故", choices=YES_NO, required=False)
        if column == "of":
            return forms.ChoiceField(label="谁的", choices=((OWN, "本人或本户"), (ALL, "全方案")), required=False)
        fact = self.terms.facts.get(column)
        return forms.CharField(label=fact.label if fact else _LABELS.get(column, column), max_length=60, required=False)


def query_of_example(example: Example) -> QueryDict:
    """The address with which the form opens as an example says."""
    query = QueryDict(mutable=True)
    query["coverage"], query["quote"] = example.coverage, "yes"
    facts = dict(_mapping(example.document.get("facts")))
    if SHORT_GRADE in facts:
        facts[SHORT_FOR] = [{"grade": facts.pop(SHORT_GRADE)}]
    _put(query, initial_of_facts(facts))
    state = initial_of_facts(_mapping(example.document.get("edition_state")))
    _put(query, {name.replace("fact_", "state_", 1): value for name, value in state.items()})
    rows = [(of, entry) for of, name in LISTS.items() for entry in _entries(example.document.get(name))]
    for at, (of, entry) in enumerate(rows):
        _put(query, {f"paid-{at}-{column}": value for column, value in (entry | {"of": of}).items()})
    return query


def _put(query: QueryDict, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, list):
            _put(query, {f"{name}-{at}-{part}": one for at, row in enumerate(value) for part, one in row.items()})
        elif isinstance(value, bool):
            query[name] = "yes" if value else "no"
        elif value not in (None, ""):
            query[name] = str(value)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _entries(value: object) -> list[dict[str, Any]]:
    return [dict(entry) for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _plain(column: str, value: str) -> Any:
    return value == "yes" if column == "same_accident" else value


def _listed(terms: EditionTerms, coverage: Coverage, named: Iterable[str]) -> list[Listed]:
    """What is asked: the coverage's own list, what its conditions read, and facts that the address names besides."""
    read = {need for condition in coverage.conditions for need in condition.needs}
    read |= {terms.limits[code].per for code in coverage.limits}
    also = [code for name in named if (code := _fact_in(name, terms))]
    own = {asked.code: Listed(asked.code, False, asked.when) for asked in coverage.asks}
    wanted = [*own, *(code for code in terms.facts if code in read or code == coverage.decided_by), *also]
    facts = [terms.facts[code] for code in dict.fromkeys(wanted)]
    shown = [fact.code for fact in facts if askable(fact) and (fact.type != "text" or fact.code in read)]
    return [own.get(code, Listed(code, False, None)) for code in shown]


def _fact_in(name: str, terms: EditionTerms) -> str:
    """The declared fact that a field of the address belongs to; empty for any other field."""
    if not name.startswith("fact_"):
        return ""
    code = re.split(r"__|-", name.removeprefix("fact_"), maxsplit=1)[0]
    return code if code in terms.facts else ""


def _columns(terms: EditionTerms, coverage: Coverage, named: Iterable[str]) -> list[str]:
    """What is asked of an earlier payment: what limits may read, and what the address names besides."""
    limits = [terms.limits[code] for code in coverage.limits]
    further = [found[2] for name in named if (found := _PAID.fullmatch(name)) and found[2] not in _COLUMNS]
    if any(limit.per == "house" for limit in limits):
        further.append("house")
    named_whose = any(name.endswith("-of") for name in named)
    wide = named_whose or any(limit.per not in PER_HOLDER for limit in limits)
    return [*_COLUMNS[:-1], *dict.fromkeys(further), *(["of"] if wide else [])]


def _rows(named: Iterable[str]) -> int:
    last = max((int(found[1]) for name in named if (found := _PAID.fullmatch(name))), default=-1)
    return max(ROWS, min(last + 1, MOST_ROWS))
