"""Bands of a table: each says on which side its edges fall; together they leave no gap and overlap nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cmp_to_key
from itertools import pairwise

from schemes.terms.figures import Bounds, Edge
from schemes.terms.nodes import Cursor, Section

EDGES = ("at_least", "above", "at_most", "below")
_WORDS: Mapping[str, Mapping[str, str]] = {
    "age": {"at_least": "满 {} 周岁", "above": "大于 {} 周岁", "at_most": "不超过 {} 周岁", "below": "不满 {} 周岁"},
    "day": {"at_least": "{} 起", "above": "{} 之后", "at_most": "至 {}", "below": "{} 之前"},
    "": {"at_least": "不低于 {}", "above": "大于 {}", "at_most": "不超过 {}", "below": "低于 {}"},
}
# the unit of a fact's edges, and the step between two neighbouring values (None: any value may occur)
UNIT_OF: Mapping[str, str] = {
    "money": "money",
    "count": "count",
    "age": "age",
    "days": "count",
    "number": "number",
    "date": "day",
    "balance": "money",
}
_STEP: Mapping[str, Decimal | timedelta | None] = {
    "money": Decimal("0.01"),
    "count": Decimal(1),
    "age": Decimal(1),
    "number": None,
    "day": timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """`start` and `end` are the edges, None where open; `start_in` and `end_in`: do they belong to it."""

    start: Edge | None
    start_in: bool
    end: Edge | None
    end_in: bool


def read_bounds(section: Section, unit: str) -> tuple[Bounds, str]:
    """The edges written here and their words: `满 18 周岁、不满 60 周岁`. What is wrong with them is noted."""
    edges: dict[str, Edge] = {}
    texts = []
    for name in EDGES:
        if name in section:
            edge, text = _edge(section[name], unit)
            edges[name] = edge
            texts.append(_words(unit)[name].format(text))
    bounds = Bounds(**edges)
    _note_crossed(section.cursor, edges, bounds)
    return bounds, "、".join(texts)


def _words(unit: str) -> Mapping[str, str]:
    return _WORDS[unit] if unit in _WORDS else _WORDS[""]


def _edge(cursor: Cursor, unit: str) -> tuple[Edge, str]:
    if unit == "day":
        day = cursor.day()
        return day, str(day)
    return cursor.number(unit)


def _note_crossed(cursor: Cursor, edges: Mapping[str, Edge], bounds: Bounds) -> None:
    if ("at_least" in edges and "above" in edges) or ("at_most" in edges and "below" in edges):
        cursor.problem(
            "同一端写了两个界限", "下限在 at_least、above 中写一个，上限在 at_most、below 中写一个", "请删去一个"
        )
        return
    found = stretch(bounds)
    if found.start is None or found.end is None:
        return
    if found.start > found.end or (found.start == found.end and not (found.start_in and found.end_in)):  # type: ignore[operator]
        cursor.problem(f"下限 {found.start} 与上限 {found.end} 之间没有值", "下限不大于上限", "请核对通知")


def stretch(bounds: Bounds) -> Stretch:
    start = bounds.at_least if bounds.at_least is not None else bounds.above
    end = bounds.at_most if bounds.at_most is not None else bounds.below
    return Stretch(start, bounds.at_least is not None, end, bounds.at_most is not None)


def note_gaps(places: Sequence[tuple[Cursor, Bounds]], unit: str, *, open_ended: bool, slices: bool = False) -> None:
    """Bands in any order must follow one another; `open_ended`: values outside all bands have their own reason.

    `slices`: it doesn't matter to which of two neighbours an edge belongs, nor whether 0 does.
    """
    whole = [(place, stretch(bounds)) for place, bounds in places]
    if slices:
        whole = [(place, Stretch(found.start, True, found.end, False)) for place, found in whole]
    whole.sort(key=cmp_to_key(_order))
    for (_, earlier), (place, later) in pairwise(whole):
        if _overlap(earlier, later):
            found = f"与另一档重叠（{_shown(later.start)} 已在前一档之内）"
            place.problem(found, "各档相接、不重叠", "请核对界限的“含”与“不含”")
        elif _gap(earlier, later, unit) and not open_ended:
            found = f"与前一档之间有空档（{_shown(earlier.end)} 至 {_shown(later.start)}）"
            place.problem(found, "各档相接", "请补上这一档，或写 otherwise")
    if whole and not open_ended:
        _note_open_ends(whole, unit)


def _note_open_ends(whole: Sequence[tuple[Cursor, Stretch]], unit: str) -> None:
    (first_place, first), (last_place, last) = whole[0], whole[-1]
    starts_at_zero = unit in ("money", "count", "age") and first.start == 0 and first.start_in
    if first.start is not None and not starts_at_zero:
        first_place.problem(f"{_shown(first.start)} 以下没有写", "从最小的值写起", "请补上最低一档，或写 otherwise")
    if last.end is not None:
        last_place.problem(f"{_shown(last.end)} 以上没有写", "最后一档不写上限", "请补上最高一档，或写 otherwise")


def _shown(edge: Edge | None) -> str:
    return "" if edge is None else str(edge)


def _order(one_place: tuple[Cursor, Stretch], other_place: tuple[Cursor, Stretch]) -> int:
    one, other = one_place[1], other_place[1]
    if one.start == other.start:
        return int(other.start_in) - int(one.start_in)
    if one.start is None or (other.start is not None and one.start < other.start):  # type: ignore[operator]
        return -1
    return 1


def _overlap(earlier: Stretch, later: Stretch) -> bool:
    if earlier.end is None or later.start is None:
        return True
    if earlier.end == later.start:
        return earlier.end_in and later.start_in
    return earlier.end > later.start  # type: ignore[operator]


def _gap(earlier: Stretch, later: Stretch, unit: str) -> bool:
    """Neighbours meet at one edge, or one step apart where values come in steps."""
    if earlier.end == later.start:
        return not (earlier.end_in or later.start_in)
    step = _STEP[unit]
    if step is None or not (earlier.end_in and later.start_in):
        return True
    return _plus(earlier.end, step) != later.start


def _plus(edge: Edge | None, step: Decimal | timedelta) -> Edge | None:
    if isinstance(edge, date) and isinstance(step, timedelta):
        return edge + step
    return edge + step if isinstance(edge, Decimal) and isinstance(step, Decimal) else None
