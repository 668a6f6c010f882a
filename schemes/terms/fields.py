"""What a form over an edition's document shows: every figure, day and reading, beside its clause. Generic over keys."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemes.terms.naming import Names, names_of
from schemes.terms.nodes import Place
from schemes.terms.outline import Outline

PARTS = {
    "basics": ("期间与通知", ("edition", "notice", "period")),
    "premium": ("参保与出资", ("insured", "premium", "payers", "shares", "participation", "risk_sharing")),
    "coverages": ("保障责任", ("coverages",)),
    "limits": ("限额与时限", ("limits", "deadlines")),
    "other": ("其他", ()),
    "wording": ("通知原文", ("clauses",)),
}
_NOT_HERE = ("insurers", "not_taking_part", "examples", "facts")
_TEXTS = {
    *("edition.title", "edition.short_title", "edition.number_prefix", "edition.scheme_name", "insured.who"),
    *("notice.title", "notice.number", "notice.issuer"),
}
_LONG = (".interpretation.text", ".words")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form changes. `kind` is money, ratio, count, age, day, text or long.

    `figure` is the key whose `trial` mark may be taken off, empty where it has none. `reading` is the key of the
    interpretation that is shown beside this field.
    """

    key: str
    kind: str
    label: str
    value: str
    clause: str
    figure: str = ""
    reading: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A coverage, a limit, a section: what its fields are about. `clause` and its `words` stand beside them."""

    label: str
    key: str
    clause: str
    words: str
    fields: tuple[Field, ...]


def subjects_of(found: Outline, places: Iterable[Place], part: str) -> tuple[Subject, ...]:
    """The fields of a part of the form, by what they are about, in the order of the document."""
    names, units = names_of(found), {place.key: place.unit for place in places}
    fields: dict[str, list[Field]] = {}
    taken: set[str] = set()
    for key in found.entries:
        if _part_of(found, key) == part and (kind := _kind(found, key, units)):
            fields.setdefault(_subject_key(key), []).append(_field(found, names, key, kind, taken))
    return tuple(_subject(found, names, key, some) for key, some in fields.items())


def parts_of(found: Outline, places: Iterable[Place]) -> tuple[str, ...]:
    """The parts that have anything in them."""
    units = {place.key: place.unit for place in places}
    used = {_part_of(found, key) for key in found.entries if _kind(found, key, units)}
    return tuple(part for part in PARTS if part in used)


def _part_of(found: Outline, key: str) -> str:
    section = key.partition(".")[0].partition("[")[0]
    if not section or section in _NOT_HERE or not found.is_value(key):
        return ""
    return next((part for part, (_, sections) in PARTS.items() if section in sections), "other")


def _kind(found: Outline, key: str, units: Mapping[str, str]) -> str:
    """How a value is typed; empty for what is no matter of a form."""
    if not key or not found.is_value(key):
        return ""
    if key in units:
        return units[key]
    if key in _TEXTS:
        return "text"
    if key.startswith("clauses.") or key.endswith(_LONG) or _is_listed_reading(found, key):
        return "long"
    return ""


def _is_listed_reading(found: Outline, key: str) -> bool:
    """The text of one of `interpretations: [{title, text}]`."""
    parent = found[key].parent
    return key.endswith("].text") and parent.rpartition("[")[0].endswith("interpretations")


def _subject_key(key: str) -> str:
    """`coverages.illness_death` for what stands in it; the section for sections without parts."""
    section, _, rest = key.partition(".")
    if section in ("coverages", "limits", "deadlines", "clauses"):
        return f"{section}.{rest.partition('.')[0]}"
    return section


def _subject(found: Outline, names: Names, key: str, fields: list[Field]) -> Subject:
    named = names.of(key)
    label = key.partition(".")[2] if key.startswith("clauses.") else named.subject or named.section
    clause = found.text(f"{key}.clause") or next((one.clause for one in fields if one.clause), "")
    words = found.text(f"clauses.{clause}")
    return Subject(label, key, "" if key.startswith("clauses.") else clause, words, tuple(fields))


def _field(found: Outline, names: Names, key: str, kind: str, taken: set[str]) -> Field:
    """A figure with its reading; where several share one, it stands at the first."""
    reading = _nearest(found, key, "interpretation") if kind not in ("long", "text") else ""
    reading = f"{reading}.interpretation.text" if reading else ""
    if reading in taken:
        reading = ""
    taken.add(reading)
    owner = _nearest(found, key, "trial")
    clause = _nearest(found, key, "clause")
    return Field(
        key=key,
        kind=kind,
        label=_label(found, names, key, kind),
        value=found.text(key),
        clause=found.text(f"{clause}.clause") if clause else "",
        figure=owner if kind not in ("long", "text") else "",
        reading=reading,
    )


def _nearest(found: Outline, key: str, name: str) -> str:
    """The closest mapping around a place that has an entry of this name, below the section itself."""
    for around in found.ancestors(key):
        if around and f"{around}.{name}" in found:
            return around
    return ""


def _label(found: Outline, names: Names, key: str, kind: str) -> str:
    if kind == "long" and not key.endswith(".words"):
        title = found.text(f"{found[key].parent}.title")
        return f"口径：{title}" if title else "原文"
    named = names.of(key)
    return named.label or named.subject


def without_readings_shown(fields: Iterable[Field]) -> Iterator[Field]:
    """The fields that are no reading already shown beside a figure."""
    every = tuple(fields)
    shown = {field.reading for field in every}
    return (field for field in every if field.key not in shown)
