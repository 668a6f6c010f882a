"""The disability scale JR/T 0083—2013: its items found by code or words, and which grade of several counts."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from calc.text import fold
from schemes.models import DisabilityItem
from schemes.rules.benefits import combined_grade

CODE = re.compile(r"(\d{1,2})\.(\d{1,2})-(\d{1,3})")
GRADES = range(1, 11)
DOUBTS = {
    DisabilityItem.Source.ILLEGIBLE: "所据抄本此处字迹不清，数字按辨认录入，请对照标准原件",
    DisabilityItem.Source.INFERRED: "所据抄本此处缺字，数字按上下文推定，请对照标准原件",
    DisabilityItem.Source.ELSEWHERE: "所据抄本没有这一项，只见于转载，请对照标准原件",
}
RAISED = "worst_raised_once"  # the standard's own rule, and one that an edition may name
MOST_NAMED = 5
MOST_TYPED = 240
_BETWEEN = re.compile(r"[\s,，;；、。()（）]+")
_FIXTURE = Path(settings.BASE_DIR) / "fixtures" / "disability" / "items.csv"


class ItemNotFound(Exception):
    """Words that name no item, or more than one; the message says which there are."""


@dataclass(frozen=True)
class Counting:
    """Which grade counts, and the sentence that says why; grade 0 and no sentence where there is none."""

    grade: int
    why: str


def load_items() -> int:
    """The items of the reference data that are not there yet; what the administrator has changed stays."""
    known = set(DisabilityItem.objects.values_list("code", flat=True))
    rows = csv.DictReader(_FIXTURE.read_text(encoding="utf-8-sig").splitlines())
    items = [_item(row) for row in rows if row["item_id"] not in known]
    return len(DisabilityItem.objects.bulk_create(items))


def _item(row: dict[str, str]) -> DisabilityItem:
    return DisabilityItem(
        code=row["item_id"],
        position=position_of(row["item_id"]),
        category_code=int(row["category_code"]),
        category=row["category"],
        subcategory_code=row["subcategory_code"],
        subcategory=row["subcategory"],
        text=row["text"],
        grade=int(row["grade"]),
        source=row["verification"],
    )


def position_of(code: str) -> int:
    """The place of a code in the order of the standard; ValueError where it is none."""
    found = CODE.fullmatch(code)
    if found is None:
        raise ValueError(f"“编号”是“{code}”，应写成 7.5-03 的样子：小类号、横线、序号")
    category, subcategory, number = map(int, found.groups())
    return (category * 100 + subcategory) * 1000 + number


def find_items(words: str = "", *, category: int | None = None, grade: int | None = None) -> QuerySet[DisabilityItem]:
    """Items that have all the words, somewhere in code, text or headings, in the order of the standard."""
    items = DisabilityItem.objects.all()
    for word in _split(words):
        items = items.filter(
            Q(text__icontains=word)
            | Q(subcategory__icontains=word)
            | Q(category__icontains=word)
            | Q(code__startswith=word)
        )
    if category is not None:
        items = items.filter(category_code=category)
    return items if grade is None else items.filter(grade=grade)


def _split(words: str) -> list[str]:
    """Words between blanks and punctuation: the standard's text has full-width brackets, people type either."""
    return _BETWEEN.sub(" ", words[:MOST_TYPED]).split()


def categories() -> list[tuple[int, str]]:
    """The headings of the standard that have items."""
    return list(
        DisabilityItem.objects.order_by("category_code", "category").values_list("category_code", "category").distinct()
    )


def items_by_code(codes: Iterable[str]) -> dict[str, DisabilityItem]:
    """The items that these codes name; an unknown code is left out."""
    wanted = set(codes)
    return {item.code: item for item in DisabilityItem.objects.filter(code__in=wanted)} if wanted else {}


def code_in(text: str) -> str:
    """The code with which a typed text begins; empty where it begins with none."""
    found = CODE.match(fold(text))
    return found.group() if found else ""


def item_named(words: str) -> DisabilityItem:
    """The one item that has all these words; ItemNotFound otherwise."""
    exact = DisabilityItem.objects.filter(text=words.strip()).first()
    found = list(find_items(words)[: MOST_NAMED + 1]) if _split(words) else []
    if exact or len(found) == 1:
        return exact or found[0]
    if not found:
        raise ItemNotFound(f"伤残评定标准里没有找到“{words}”，请换个说法，或只选等级")
    named = "；".join(f"{item.code} {item.text}" for item in found[:MOST_NAMED])
    raise ItemNotFound(f"含“{words}”的不止一项，请写编号：{named}{'……' if len(found) > MOST_NAMED else ''}")


def which_counts(grades: Sequence[int], several: str = RAISED) -> Counting:
    """The grade of several items of one accident by the edition's combination rule, and why."""
    if not grades:
        return Counting(0, "")
    worst, times = min(grades), list(grades).count(min(grades))
    if len(grades) == 1:
        return Counting(worst, f"按 {worst} 级计")
    if several == "added_up":
        return Counting(worst, "各处的给付比例相加，以 100% 为限")
    grade = combined_grade(tuple(grades)) if several == RAISED else worst
    if grade != worst:
        return Counting(grade, f"按 {grade} 级计：最重的 {worst} 级有 {times} 处，晋一级")
    if times > 1 and several == RAISED:
        return Counting(grade, f"按 {grade} 级计：最重的 {worst} 级有 {times} 处，已是最高，不再晋级")
    return Counting(grade, f"按 {grade} 级计：几处伤残以最重的 {worst} 级为准")


def doubt_of(item: DisabilityItem) -> str:
    """What the sources leave open about an item; empty where they agree."""
    return DOUBTS.get(DisabilityItem.Source(item.source), "")


def items_in_words(value: Iterable[dict[str, object]]) -> list[str]:
    """The items of a stored fact as a page prints them, `7.5-03 一肢……，6 级`."""
    rows = list(value)
    items = items_by_code(str(row["item"]) for row in rows if row.get("item"))
    return [_in_words(row, items) for row in rows]


def _in_words(row: dict[str, object], items: dict[str, DisabilityItem]) -> str:
    code = str(row.get("item") or "")
    if not code:
        return f"{row['grade']} 级"
    return f"{items.get(code, code)}，{row['grade']} 级"
