"""Two editions side by side: what changed, in words, and for whom. Works on any two documents, checked or not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from calc.money import format_yuan
from schemes.terms.assigning import EVERYWHERE, townships_in
from schemes.terms.loader import load_document
from schemes.terms.naming import Names, names_of
from schemes.terms.numbers import NumberError, read_number
from schemes.terms.outline import Outline, outline

INSURED, INSURERS, TREASURY, EVERYBODY = "insured", "insurers", "treasury", "everybody"
AUDIENCES = {INSURED: "对参保人", INSURERS: "对承保机构", TREASURY: "对财政", EVERYBODY: "对各方"}
_FOR = {
    **dict.fromkeys(
        ("coverages", "limits", "facts", "papers", "payees", "routes", "period", "insured", "state"), INSURED
    ),
    **dict.fromkeys(
        ("insurers", "not_taking_part", "deadlines", "pool", "departments", "stages", "roster_steps"), INSURERS
    ),
    **dict.fromkeys(("premium", "shares", "payers", "risk_sharing", "participation"), TREASURY),
}
_APART = ("insurers", "not_taking_part", "examples")
_NAMED_BY = ("fact", "paper", "payee", "age_of", "less_paid_by", "name", "code", "title", "label")
_NOBODY, _ALL = "不参加", "全部乡镇"
_ADDED, _REMOVED, _CHANGED = "新增", "取消", "改为"
_SIGNS = {"money": "元", "count": "", "age": "", "number": "", "ratio": "个百分点", "factor": "个百分点"}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `old` or `new` is empty where something came or went; `difference` only between numbers.

    `audience` is a key of AUDIENCES; `place` is the key in the new document, or in the old where it went.
    """

    audience: str
    section: str
    subject: str
    label: str
    kind: str
    old: str
    new: str
    difference: str
    place: str


@dataclass(frozen=True, slots=True)
class Side:
    """A document with its names and the units of its numbers."""

    found: Outline
    names: Names
    units: Mapping[str, str]


def compare(old_document: str, new_document: str) -> tuple[Change, ...]:
    """Every change in the order of the new document; NotReadable where one is no YAML."""
    old, new = _side(old_document), _side(new_document)
    sections = dict.fromkeys([*new.found.under(""), *old.found.under("")])
    changes: list[Change] = []
    for section in sections:
        if section not in _APART:
            changes += _node(old, new, section, section)
    changes += [*_insurers(old, new), *_townships(old, new), *_left_out_reading(old, new), *_examples(old, new)]
    return tuple(changes)


def _side(document: str) -> Side:
    found = outline(document)
    places = load_document(document, "").places
    return Side(found, names_of(found), {place.key: place.unit for place in places})


def _node(old: Side, new: Side, old_key: str, new_key: str) -> Iterator[Change]:
    """The changes between two nodes that are the same thing in both documents."""
    if old_key not in old.found:
        yield _came(new, new_key)
        return
    if new_key not in new.found:
        yield _went(old, old_key)
        return
    before, after = old.found[old_key].node, new.found[new_key].node
    if isinstance(before, MappingNode) and isinstance(after, MappingNode):
        yield from _pairs(old, new, _by_name(old, old_key), _by_name(new, new_key), (old_key, new_key))
    elif isinstance(before, SequenceNode) and isinstance(after, SequenceNode):
        yield from _lists(old, new, old_key, new_key)
    elif _said(old, old_key) != _said(new, new_key):
        yield _changed(old, new, old_key, new_key)


def _by_name(side: Side, key: str) -> dict[str, str]:
    return {child.removeprefix(f"{key}."): child for child in side.found.under(key)}


def _pairs(
    old: Side, new: Side, before: Mapping[str, str], after: Mapping[str, str], parents: tuple[str, str]
) -> Iterator[Change]:
    old_parent, new_parent = parents
    for name in dict.fromkeys([*after, *before]):
        yield from _node(old, new, before.get(name, f"{old_parent}\0{name}"), after.get(name, f"{new_parent}\0{name}"))


def _lists(old: Side, new: Side, old_key: str, new_key: str) -> Iterator[Change]:
    """Items are the same where they are about the same thing; a list of words is one thing that changed."""
    before, after = _by_identity(old, old_key), _by_identity(new, new_key)
    if _only_values(old, old_key) and _only_values(new, new_key):
        if set(before) != set(after):
            yield _list_changed(old, new, old_key, new_key, before, after)
        elif list(before) != list(after) and _order_matters(new_key):
            yield _changed(old, new, old_key, new_key)
        return
    yield from _pairs(old, new, before, after, (old_key, new_key))
    kept_old = [name for name in before if name in after]
    kept_new = [name for name in after if name in before]
    if kept_old != kept_new and _order_matters(new_key):
        yield _changed(old, new, old_key, new_key)


def _order_matters(key: str) -> bool:
    """Only the steps of a formula, and bands, mean something else in another order."""
    return key.endswith((".steps", ".bands"))


def _only_values(side: Side, key: str) -> bool:
    return all(side.found.is_value(child) for child in side.found.under(key))


def _by_identity(side: Side, key: str) -> dict[str, str]:
    """The items of a list by what each is about, numbered where several are about the same."""
    named: dict[str, str] = {}
    for child in side.found.under(key):
        name = _identity(side, child)
        times = sum(1 for known in named if known.partition("\0")[0] == name)
        named[f"{name}\0{times}"] = child
    return named


def _identity(side: Side, key: str) -> str:
    if side.found.is_value(key):
        return side.found.text(key)
    for name in _NAMED_BY:
        if text := side.found.text(f"{key}.{name}"):
            return text
    inside = side.found.under(key)
    return inside[0].rpartition(".")[2] if inside else ""


def _audience(key: str) -> str:
    section = key.partition(".")[0].partition("[")[0]
    return TREASURY if key.startswith("insured.persons") else _FOR.get(section, EVERYBODY)


def _change(side: Side, key: str, kind: str, *, old: str = "", new: str = "", difference: str = "") -> Change:
    named = side.names.of(key)
    return Change(_audience(key), named.section, named.subject, named.label, kind, old, new, difference, key)


def _came(side: Side, key: str) -> Change:
    return _change(side, key, _ADDED, new=_in_short(side, key))


def _went(side: Side, key: str) -> Change:
    return _change(side, key, _REMOVED, old=_in_short(side, key))


def _in_short(side: Side, key: str) -> str:
    """A whole coverage or limit by its figures; anything smaller in full."""
    figures = [place for place in side.units if place.startswith(f"{key}.") and _number(side, place)]
    if len(figures) < 2:
        return side.found.text(f"{key}.words") or _said(side, key) or side.found.text(f"{key}.label")
    return "；".join(f"{side.names.of(place).label} {_number(side, place)}" for place in figures)


def _changed(old: Side, new: Side, old_key: str, new_key: str) -> Change:
    difference = _difference(old, new, old_key, new_key)
    return _change(new, new_key, _CHANGED, old=_said(old, old_key), new=_said(new, new_key), difference=difference)


def _list_changed(
    old: Side, new: Side, old_key: str, new_key: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Change:
    gone = "、".join(_said(old, key) for name, key in before.items() if name not in after)
    come = "、".join(_said(new, key) for name, key in after.items() if name not in before)
    kind = _CHANGED if gone and come else _ADDED if come else _REMOVED
    return _change(new, new_key, kind, old=gone, new=come)


def _said(side: Side, key: str) -> str:
    """What stands at a place, in words: a number as it is printed, a mapping by its figures."""
    node = side.found[key].node
    if isinstance(node, ScalarNode):
        return _number(side, key) or side.names.value(str(node.value))
    said = [(_own_word(side, child), _said(side, child)) for child in side.found.under(key) if _tells(child)]
    if f"{key}.value" in side.found:
        return _said(side, f"{key}.value")
    if isinstance(node, SequenceNode):
        return "、".join(text for _, text in said)
    return "；".join(f"{word}：{text}" if word else text for word, text in said)


def _tells(key: str) -> bool:
    return not key.endswith((".clause", ".words", ".marks", ".trial", ".label"))


def _own_word(side: Side, key: str) -> str:
    return side.names.of(key).label.rpartition(" ")[2] if side.found[key].name is not None else ""


def _number(side: Side, key: str) -> str:
    unit = side.units.get(key, "")
    if unit not in _SIGNS:
        return ""
    try:
        return read_number(side.found.text(key), unit)[1]
    except NumberError:
        return ""


def _difference(old: Side, new: Side, old_key: str, new_key: str) -> str:
    unit = new.units.get(new_key, "")
    if unit == "day" and old.units.get(old_key) == "day":
        return _days(old.found.text(old_key), new.found.text(new_key))
    if unit not in _SIGNS or old.units.get(old_key) != unit:
        return ""
    try:
        change = read_number(new.found.text(new_key), unit)[0] - read_number(old.found.text(old_key), unit)[0]
    except NumberError:
        return ""
    return _signed(change, unit)


def _days(old: str, new: str) -> str:
    try:
        days = (date.fromisoformat(new) - date.fromisoformat(old)).days
    except ValueError:
        return ""
    return f"晚 {days} 天" if days > 0 else f"早 {-days} 天"


def _signed(change: Decimal, unit: str) -> str:
    sign = "+" if change > 0 else "−"
    if unit in ("ratio", "factor"):
        return f"{sign}{_plain(abs(change) * 100)} {_SIGNS[unit]}"
    return f"{sign}{format_yuan(abs(change)) if unit == 'money' else _plain(abs(change))}{_SIGNS[unit]}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- insurers: who serves whom ----------------------------------------------------------------------------------
def _insurers(old: Side, new: Side) -> Iterator[Change]:
    """Insurers that came or went, and what changed of those that stay, their townships apart."""
    before, after = _insurers_by_name(old), _insurers_by_name(new)
    for name in dict.fromkeys([*after, *before]):
        if name not in before:
            townships = _count(_townships_of(new, after[name]))
            yield Change(INSURERS, "承保机构", _short(new, after[name]), "机构", _ADDED, "", townships, "", after[name])
        elif name not in after:
            townships = _count(_townships_of(old, before[name]))
            yield Change(
                INSURERS, "承保机构", _short(old, before[name]), "机构", _REMOVED, townships, "", "", before[name]
            )
        else:
            inside_old, inside_new = _by_name(old, before[name]), _by_name(new, after[name])
            inside_old.pop("townships", None)
            inside_new.pop("townships", None)
            yield from _pairs(old, new, inside_old, inside_new, (before[name], after[name]))


def _insurers_by_name(side: Side) -> dict[str, str]:
    return {side.found.text(f"{key}.name"): key for key in side.found.under("insurers")}


def _short(side: Side, key: str) -> str:
    return side.found.text(f"{key}.short_name") or side.found.text(f"{key}.name")


def _townships_of(side: Side, key: str) -> tuple[str, ...]:
    """Those listed, or the words for all of them."""
    return tuple(_ALL if name == EVERYWHERE else name for name in townships_in(side.found, f"{key}.townships"))


def _count(townships: Sequence[str]) -> str:
    return _ALL if _ALL in townships else f"{len(townships)} 个乡镇：{'、'.join(townships)}"


def _townships(old: Side, new: Side) -> Iterator[Change]:
    """Townships by the move that they make: from whom to whom."""
    before, after = _servers(old), _servers(new)
    moves: dict[tuple[str, str], list[str]] = {}
    for township in dict.fromkeys([*after, *before]):
        (old_name, old_short), (new_name, new_short) = before.get(township, ("", "")), after.get(township, ("", ""))
        if old_name != new_name:
            moves.setdefault((old_short, new_short), []).append(township)
    for (was, now), townships in moves.items():
        kind = _CHANGED if was and now else _ADDED if now else _REMOVED
        yield Change(INSURERS, "承保分片", "、".join(townships), "承保机构", kind, was, now, "", "insurers")


def _servers(side: Side) -> dict[str, tuple[str, str]]:
    """Township → full and short name of who serves it."""
    servers = {
        township: (side.found.text(f"{key}.name"), _short(side, key))
        for key in side.found.under("insurers")
        for township in _townships_of(side, key)
    }
    return servers | dict.fromkeys(side.found.texts("not_taking_part.townships"), (_NOBODY, _NOBODY))


def _left_out_reading(old: Side, new: Side) -> Iterator[Change]:
    if "not_taking_part" in old.found and "not_taking_part" in new.found:
        before, after = _by_name(old, "not_taking_part"), _by_name(new, "not_taking_part")
        before.pop("townships", None)
        after.pop("townships", None)
        yield from _pairs(old, new, before, after, ("not_taking_part", "not_taking_part"))


def _examples(old: Side, new: Side) -> Iterator[Change]:
    """How many examples differ; what they show is what the terms say."""
    before, after = _example_results(old), _example_results(new)
    differing = [name for name in after if name in before and after[name] != before[name]]
    come, gone = [n for n in after if n not in before], [n for n in before if n not in after]
    parts = ((_CHANGED, "结果不同", differing), (_ADDED, "新增", come), (_REMOVED, "取消", gone))
    for kind, label, names in parts:
        if names:
            text = f"{len(names)} 道：{'、'.join(names)}"
            old_text, new_text = (text, "") if kind == _REMOVED else ("", text)
            yield Change(EVERYBODY, "算例", "", label, kind, old_text, new_text, "", "examples")


def _example_results(side: Side) -> dict[str, str]:
    found = side.found
    return {
        found.text(f"{key}.name"): found.text(f"{key}.payable") or f"拒绝 {found.text(f'{key}.refused')}"
        for key in found.under("examples")
    }
