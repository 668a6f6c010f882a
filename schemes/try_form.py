"""The form of 试算: any facts of one coverage, earlier payments, how the edition stands; no personal data."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.forms import BoundField
from django.http import QueryDict

from schemes.fact_fields import FactForm, askable, fields_of, initial_of_facts, names_of, stated
from schemes.paid_fields import ALL, OWN, WHOSE, columns_of, limits_of, paid_field, plain, rows_in
from schemes.rules.facts import SHORT_FOR, SHORT_GRADE
from schemes.rules.refusal import FactProblem
from schemes.terms.model import Coverage, EditionTerms, Example, Fact, Listed

LISTS = {OWN: "paid_before", ALL: "edition_paid_before"}
_ENTRY = re.compile(r"(edition_paid_before|paid_before)\[(\d+)\]\.?(\w*)")


class TryForm(FactForm):
    """Nothing is required here: the rules say what they miss."""

    every_answer = True

    def __init__(self, *args: Any, terms: EditionTerms, coverage: Coverage, **kwargs: Any) -> None:
        data: Mapping[str, str] = next(iter(args), None) or kwargs.get("data") or {}
        named = [name for name in data if data[name]]
        self.listed = _listed(terms, coverage, named)
        super().__init__(*args, terms=terms, coverage=coverage, **kwargs)
        for fact in self._states():
            self.fields.update(fields_of(fact, None, Listed(fact.code, False, None), "state"))
        self.columns, self.count = columns_of(terms, coverage, named), rows_in(named)
        for at in range(self.count):
            self.fields.update({f"paid-{at}-{column}": paid_field(terms, column) for column in self.columns})

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
        lists = {name: [entry for _, entry in self._paid(whose)] for whose, name in LISTS.items()}
        state = {fact.code: stated(fact, self.cleaned_data, "state") for fact in self._states()}
        told = {code: value for code, value in state.items() if value not in (None, "")}
        return {"facts": self.facts(), **lists, "edition_state": told}

    def add_refusals(self, problems: Iterable[FactProblem]) -> None:
        """The sentences of the rules beside their fields."""
        places = [(self._place_of(problem.where), problem.message) for problem in problems]
        self.add_problems(places)  # placed before the first is added: a wrong field has no cleaned value

    def _states(self) -> list[Fact]:
        return [fact for fact in self.terms.state.values() if askable(fact)]

    def _paid(self, of: str) -> list[tuple[int, dict[str, Any]]]:
        """The rows that say something, with their place on the page."""
        rows = []
        for at in range(self.count):
            row = {column: self.cleaned_data.get(f"paid-{at}-{column}") for column in self.columns}
            whose = row.pop(WHOSE, None) or OWN
            told = {column: plain(column, value) for column, value in row.items() if value not in (None, "")}
            if whose == of and told:
                rows.append((at, told))
        return rows

    def _place_of(self, where: str) -> str:
        """The field that a problem's place stands for: `paid_before[1].amount` is a row of the page."""
        found = _ENTRY.fullmatch(where)
        if found is None:
            state = f"state_{where.removeprefix('edition_state.')}"
            return state if state in self.fields else where
        whose = next(whose for whose, name in LISTS.items() if name == found[1])
        rows = self._paid(whose)
        at = rows[int(found[2]) - 1][0] if 0 < int(found[2]) <= len(rows) else 0
        return f"paid-{at}-{found[3] or 'coverage'}"


def query_of_example(example: Example) -> QueryDict:
    """The address with which the form opens as an example says."""
    query = QueryDict(mutable=True)
    query["coverage"], query["quote"] = example.coverage, "yes"
    facts = dict(_mapping(example.document.get("facts")))
    if SHORT_GRADE in facts:
        facts[SHORT_FOR] = [{"grade": facts.pop(SHORT_GRADE)}]
    _put(query, initial_of_facts(facts))
    _put(query, initial_of_states(_mapping(example.document.get("edition_state"))))
    rows = [(whose, entry) for whose, name in LISTS.items() for entry in _entries(example.document.get(name))]
    for at, (whose, entry) in enumerate(rows):
        _put(query, {f"paid-{at}-{column}": value for column, value in (entry | {WHOSE: whose}).items()})
    return query


def initial_of_states(state: Mapping[str, Any]) -> dict[str, Any]:
    """What the edition's states fill into the fields."""
    return {name.replace("fact_", "state_", 1): value for name, value in initial_of_facts(state).items()}


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


def _listed(terms: EditionTerms, coverage: Coverage, named: Iterable[str]) -> list[Listed]:
    """What is asked: the coverage's own list, what its rules read besides, and facts that the address names."""
    read = set(_read(terms, coverage))
    also = [code for name in named if (code := _fact_in(name, terms))]
    own = {asked.code: Listed(asked.code, False, asked.when) for asked in coverage.asks}
    wanted = [*own, *(code for code in terms.facts if code in read), *also]
    facts = [terms.facts[code] for code in dict.fromkeys(wanted)]
    shown = [fact.code for fact in facts if askable(fact) and (fact.type != "text" or fact.code in read)]
    return [own.get(code, Listed(code, False, None)) for code in shown]


def _read(terms: EditionTerms, coverage: Coverage) -> Iterator[str]:
    """Codes of facts that conditions and limits go by; a fact that follows from others by these."""
    limits = limits_of(terms, coverage)
    conditions = [need for one in coverage.conditions for need in (*one.needs, *one.applies.needs)]
    codes = [coverage.decided_by, *conditions, *(code for one in limits for code in (one.per, *one.facts))]
    if coverage.follow_on:
        codes.append(coverage.follow_on.day)
    for code in codes:
        fact = terms.facts.get(code)
        yield from fact.sources if fact and fact.sources else (code,)


def _fact_in(name: str, terms: EditionTerms) -> str:
    """The declared fact that a field of the address belongs to; empty for any other field."""
    if not name.startswith("fact_"):
        return ""
    code = re.split(r"__|-", name.removeprefix("fact_"), maxsplit=1)[0]
    return code if code in terms.facts else ""
