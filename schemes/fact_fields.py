"""Form fields out of the facts that a coverage asks: one home for reporting a claim and for trying one."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from calc.dates import DateError, parse_date
from calc.money import MoneyError, yuan
from calc.text import fold
from schemes.disability_field import SEVERAL, DisabilityField
from schemes.terms.benefits import ByChoice, Scale, singles_of
from schemes.terms.conditions import ValueCondition, When
from schemes.terms.model import Coverage, EditionTerms, Fact, Listed

YES_NO = (("", "请选择"), ("yes", "是"), ("no", "否"))
PICK = ("", "请选择")
AMOUNTS = frozenset({"money", "payers"})  # they stand in the ledger, not among the facts
_ANSWERS: Mapping[object, str] = {True: "yes", False: "no"}
_ROW = re.compile(r"\[\d+\]$")  # `disability_items[2]`: one row of a fact
_MEASURE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


class DayField(forms.CharField):
    """A date in any of the ways people write it; gives ISO text."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_date(text).isoformat()
        except DateError as error:
            raise forms.ValidationError(str(error)) from error


class MoneyField(forms.CharField):
    """An amount in yuan, thousands and full-width digits allowed; gives plain text such as 30000.00."""

    def clean(self, value: Any) -> str:
        text = fold(super().clean(value) or "").replace(",", "").removesuffix("元")
        if not text:
            return ""
        try:
            return f"{yuan(text):.2f}"
        except MoneyError as error:
            raise forms.ValidationError(str(error)) from error


class MeasureField(forms.CharField):
    """A measured value such as 28.5; gives plain text, never a float."""

    def clean(self, value: Any) -> str:
        text = fold(super().clean(value) or "").replace(",", "")
        if text and not _MEASURE.fullmatch(text):
            raise forms.ValidationError(f"「{self.label}」写的是“{text[:20]}”，应是数，如 28.5")
        return text


class FactForm(forms.Form):
    """Asks the facts of one coverage. Fields of facts are named `fact_<code>`."""

    every_answer = False  # or only those that make a difference to the coverage

    def __init__(self, *args: Any, terms: EditionTerms, coverage: Coverage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms, self.coverage = terms, coverage
        for asked in self.asked:
            fact = terms.facts[asked.code]
            narrowed = None if self.every_answer and fact.type == "choice" else coverage
            self.fields.update(fields_of(fact, narrowed, asked))

    @property
    def asked(self) -> list[Listed]:
        """Facts that somebody has to tell; what follows from others is not asked."""
        return [asked for asked in self.coverage.asks if askable(self.terms.facts[asked.code])]

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The fact fields by their section of the form, in the order of the terms."""
        sections: dict[str, list[BoundField]] = {}
        for asked in self.asked:
            fact = self.terms.facts[asked.code]
            if fact.type not in AMOUNTS:
                sections.setdefault(fact.group or "案情", []).extend(self[name] for name in names_of(fact))
        yield from sections.items()

    def money_fields(self) -> list[BoundField]:
        """Fields of amounts, which stand in the ledger."""
        facts = (self.terms.facts[asked.code] for asked in self.asked)
        return [self[name] for fact in facts if fact.type in AMOUNTS for name in names_of(fact)]

    def facts(self) -> dict[str, Any]:
        """The facts as the rules take them; only those that were given."""
        given: dict[str, Any] = {}
        for asked in self.asked:
            value = stated(self.terms.facts[asked.code], self.cleaned_data)
            if value not in (None, "", []):  # an empty map of payers says that nobody else has paid
                given[asked.code] = value
        return {asked.code: given[asked.code] for asked in self.asked if asked.code in given and asked.applies(given)}

    def add_problems(self, problems: Iterable[tuple[str, str]]) -> None:
        """Sentences about facts (where, message) beside their fields; those without a field on top."""
        for where, message in problems:
            name = self._field_of(where)
            if name is None or message not in self.errors.get(name, []):
                self.add_error(name, message)

    def _field_of(self, where: str) -> str | None:
        code, _, part = _ROW.sub("", where).partition(".")
        for name in (where, f"fact_{code}__{part}", f"fact_{code}"):
            if name in self.fields:
                return name
        return None


def askable(fact: Fact) -> bool:
    """Whether somebody is asked for the fact; one that follows from others has no field."""
    return fact.type == "payers" or fact.type in _MAKERS


def names_of(fact: Fact, prefix: str = "fact") -> list[str]:
    """The names of the fact's fields."""
    if fact.type == "payers":
        return [f"{prefix}_{fact.code}__{payer}" for payer in fact.options]
    return [f"{prefix}_{fact.code}"]


def fields_of(fact: Fact, coverage: Coverage | None, asked: Listed, prefix: str = "fact") -> dict[str, forms.Field]:
    """The fields of a fact by their names; none for a fact that nobody is asked for.

    `coverage` narrows the answers to those that make a difference to it.
    """
    if fact.type == "payers":
        labels = fact.options.items()
        return {
            f"{prefix}_{fact.code}__{code}": _amount(label, required=False, initial="0.00") for code, label in labels
        }
    if not askable(fact):
        return {}
    field = _field(fact, coverage, required=asked.required and asked.when is None)
    field.help_text = fact.hint
    field.expected = asked.required  # type: ignore[attr-defined]  # where it is shown at all, it has to be filled in
    if asked.when:
        field.widget.attrs |= {
            "data-when": f"{prefix}_{asked.when.fact}",
            "data-is": answers_of(asked.when),
        }
    return {f"{prefix}_{fact.code}": field}


def answers_of(when: When) -> str:
    """The values of a `when` as the page's fields give them."""
    return " ".join(sorted(_ANSWERS.get(value, str(value)) for value in when.values))


def stated(fact: Fact, data: Mapping[str, Any], prefix: str = "fact") -> Any:
    """What the cleaned fields of a fact say, as the rules take it."""
    if fact.type == "payers":
        paid = {payer: data.get(f"{prefix}_{fact.code}__{payer}") for payer in fact.options}
        return {payer: amount for payer, amount in paid.items() if amount and amount != "0.00"}
    value = data.get(f"{prefix}_{fact.code}")
    if fact.type == "yes_no":
        return {"yes": True, "no": False}.get(value or "")
    return value.strip() if isinstance(value, str) else value


def initial_of_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What stored facts fill into the fields."""
    initial: dict[str, Any] = {}
    for code, value in facts.items():
        if isinstance(value, Mapping):
            initial |= {f"fact_{code}__{payer}": amount for payer, amount in value.items()}
        elif isinstance(value, bool):
            initial[f"fact_{code}"] = "yes" if value else "no"
        else:
            initial[f"fact_{code}"] = value
    return initial


Common = dict[str, Any]


def _field(fact: Fact, coverage: Coverage | None, *, required: bool) -> forms.Field:
    wanted = {"required": f"请填{fact.label}", "invalid_choice": f"请从列表里选{fact.label}"}
    common: Common = {"label": fact.label, "required": required, "error_messages": wanted}
    return _MAKERS[fact.type](fact, coverage, common)


def _date(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    return DayField(**common, widget=forms.TextInput(attrs={"data-date": "", "inputmode": "numeric"}))


def _money(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    return _amount(fact.label, required=common["required"])


def _yes_no(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    return forms.ChoiceField(choices=YES_NO, **common)


def _choice(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    options = _options(fact, coverage)
    return forms.ChoiceField(choices=options if len(options) == 1 else [PICK, *options], **common)


def _count(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    return forms.IntegerField(min_value=0, max_value=10_000, **common)


def _number(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    if fact.unit:
        common["label"] = f"{fact.label}（{fact.unit}）"
    return MeasureField(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)


def _text(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    return forms.CharField(max_length=200, **common)


def _disability(fact: Fact, coverage: Coverage | None, common: Common) -> forms.Field:
    scale = _scale_of(fact, coverage)
    grades = sorted(scale.grades) if scale else range(1, fact.grades + 1)
    field = DisabilityField(grades=grades, several=scale.several if scale else SEVERAL, **common)
    field.css = "f-6"  # type: ignore[attr-defined]  # rows of items take the width
    return field


_MAKERS: Mapping[str, Callable[[Fact, Coverage | None, Common], forms.Field]] = {
    "date": _date,
    "money": _money,
    "yes_no": _yes_no,
    "choice": _choice,
    "count": _count,
    "number": _number,
    "text": _text,
    "disability": _disability,
}


def _amount(label: str, *, required: bool, initial: str = "") -> MoneyField:
    return MoneyField(
        label=label,
        required=required,
        initial=initial,
        error_messages={"required": f"请填{label}，没有的填 0"},
        widget=forms.TextInput(attrs={"data-money": "", "inputmode": "decimal", "class": "num"}),
    )


def _options(fact: Fact, coverage: Coverage | None) -> list[tuple[str, str]]:
    """What can be answered here: the kinds that the benefit tells apart, or the only one that is covered.

    A longer list of what is covered is not cut down: 其它门诊 has to be said, so that the refusal can say why.
    """
    known = set(fact.options)
    if coverage and isinstance(coverage.benefit, ByChoice) and coverage.benefit.fact == fact.code:
        known &= set(coverage.benefit.cases)
    for condition in coverage.conditions if coverage else ():
        if isinstance(condition, ValueCondition) and condition.fact == fact.code and _leaves_one(condition):
            known &= {str(value) for value in condition.values}
    return [(code, label) for code, label in fact.options.items() if code in known]


def _leaves_one(condition: ValueCondition) -> bool:
    """Whether a condition that always holds leaves one answer."""
    return len(condition.values) == 1 and not condition.applies.needs


def _scale_of(fact: Fact, coverage: Coverage | None) -> Scale | None:
    """The benefit that goes by the fact's grades; the first, where there are several."""
    singles = singles_of(coverage.benefit) if coverage else ()
    return next((one for one in singles if isinstance(one, Scale) and one.items == fact.code), None)
