"""How an edition stands as a whole (方案情况): what it declares, what was recorded, what follows from other figures.

A limit that may be raised is raised by a recorded decision and never by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from calc.money import format_yuan, yuan
from schemes.models import Edition, EditionState
from schemes.terms.model import EditionTerms, Fact

UNDECIDED = "尚未作出决定"


@dataclass(frozen=True)
class Standing:
    """A declared state as a page shows it. `by_itself`: it follows from other figures; `former`: earlier records."""

    fact: Fact
    text: str
    latest: EditionState | None
    former: tuple[EditionState, ...] = ()
    by_itself: bool = False


def is_computed(code: str) -> bool:
    """Whether the state follows from other figures, so that nobody records it."""
    return code in settings.COMPUTED_STATES


def standing_of(edition: Edition, terms: EditionTerms, *, with_computed: bool) -> tuple[Standing, ...]:
    """Every declared state with its records; computed values for those only who may see them."""
    if not terms.state:
        return ()
    records = _records(edition)
    return tuple(_standing(edition, fact, records.get(fact.code, []), with_computed) for fact in terms.state.values())


def recorded_states(edition: Edition, terms: EditionTerms) -> dict[str, Any]:
    """The states as the rules take them, without the computed ones; what nobody has decided is “否”."""
    declared = [fact for fact in terms.state.values() if not is_computed(fact.code)]
    latest = _latest(edition) if declared else {}
    state: dict[str, Any] = {}
    for fact in declared:
        if fact.code in latest:
            state[fact.code] = value_of(fact, latest[fact.code].value)
        elif fact.type == "yes_no":
            state[fact.code] = False
    return state


def words_on_states(edition: Edition, terms: EditionTerms, coverage: str) -> list[str]:
    """A sentence on each recorded state that the coverage goes by: what was decided, on what paper."""
    codes = [code for code in _states_read(terms, coverage) if not is_computed(code)]
    latest = _latest(edition) if codes else {}
    return [_sentence(terms.state[code], latest.get(code)) for code in codes]


def text_of(value: object) -> str:
    """A value of a state as it is kept."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def value_of(fact: Fact, text: str) -> object:
    """A kept value as the rules take it."""
    return text == "yes" if fact.type == "yes_no" else text


def state_text(fact: Fact, text: str) -> str:
    """A kept value as printed."""
    if fact.type == "yes_no":
        return {"yes": "是", "no": "否"}.get(text, text)
    if fact.type == "money":
        return f"{format_yuan(yuan(text))} 元"
    return fact.options.get(text, f"{text} {fact.unit}".strip())


def _standing(edition: Edition, fact: Fact, records: list[EditionState], with_computed: bool) -> Standing:
    if is_computed(fact.code):
        text = _computed_text(edition, fact) if with_computed else "随有关数字自动计算"
        return Standing(fact, text, None, by_itself=True)
    if not records:
        return Standing(fact, f"否（{UNDECIDED}）" if fact.type == "yes_no" else UNDECIDED, None)
    for record in records:
        record.text = state_text(fact, record.value)  # type: ignore[attr-defined]
    latest, *former = records
    return Standing(fact, state_text(fact, latest.value), latest, tuple(former))


def _computed_text(edition: Edition, fact: Fact) -> str:
    value = import_string(settings.COMPUTED_STATES[fact.code])(edition)
    return f"{format_yuan(value)} 元" if isinstance(value, Decimal) else str(value)


def _records(edition: Edition) -> dict[str, list[EditionState]]:
    """The records by code, the latest first."""
    by_code: dict[str, list[EditionState]] = {}
    for record in edition.states.select_related("recorded_by").order_by("-id"):
        by_code.setdefault(record.code, []).append(record)
    return by_code


def _latest(edition: Edition) -> Mapping[str, EditionState]:
    return {record.code: record for record in edition.states.order_by("id")}  # a later one takes the place


def _states_read(terms: EditionTerms, code: str) -> list[str]:
    coverage = terms.coverages[code]
    of_limits = [fact for limit in coverage.all_limits for fact in terms.limits[limit].facts]
    of_conditions = [need for one in coverage.conditions for need in (*one.needs, *one.applies.needs)]
    return [fact for fact in dict.fromkeys((*of_limits, *of_conditions)) if fact in terms.state]


def _sentence(fact: Fact, record: EditionState | None) -> str:
    if record is None:
        return f"{fact.label}：{UNDECIDED}" + ("，按“否”计算" if fact.type == "yes_no" else "")
    return f"{fact.label}：{state_text(fact, record.value)}（{record.document_number}，{record.decided_on} 决定）"
