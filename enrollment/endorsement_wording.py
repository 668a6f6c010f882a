"""An endorsement in words, for the screen and for the print; secrets masked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from calc.id_number import mask_account, mask_phone
from enrollment.content import CORRECTABLE
from enrollment.models import Endorsement
from enrollment.roster.relations import CODE_BY_WORD, COMMON_NAMES
from orgs.models import Region, User

Kind = Endorsement.Kind
RELATION_NAMES = {CODE_BY_WORD[name]: name for name in reversed(COMMON_NAMES)}
SEX_NAMES = {"m": "男", "f": "女"}
DAY_LABEL = {Kind.ADD: "起保日期", Kind.REMOVE: "停保日期", Kind.CORRECT: "更正日期"}
DAY_HINT = {Kind.ADD: "这一天起有保障", Kind.REMOVE: "这一天起没有保障", Kind.CORRECT: "这一天起按新内容"}


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    value: str
    former: str = ""


def facts_of(one: Endorsement, *, with_number: bool = True) -> list[Line]:
    """Who, where, from when, why, on what paper. Finance sees no ID number, not even a masked one."""
    day = f"{one.effective_on}（{DAY_HINT[Kind(one.kind)]}{'，追溯起保' if one.retroactive else ''}）"
    reason = one.get_reason_display() + (f"：{one.reason_text}" if one.reason_text else "")
    return [
        Line("姓名", one.person_name),
        *([Line("身份证号", str(one.id_number))] if with_number else []),
        Line("乡镇、村", f"{one.township.name} {one.village.name}"),
        Line(DAY_LABEL[Kind(one.kind)], day),
        Line("原因", reason),
        Line("依据", one.proof),
    ]


def changed_lines(one: Endorsement) -> list[Line]:
    """What the roster is to say, field by field, beside what it said."""
    if one.kind == Kind.REMOVE:
        return []
    villages = village_names(content.get("village_id") for content in (one.content, one.former))
    return [
        Line(label, in_words(name, one.content[name], villages), in_words(name, one.former.get(name, ""), villages))
        for name, label in CORRECTABLE.items()
        if name in one.content and (one.kind == Kind.CORRECT or one.content[name])
    ]


def village_names(ids: Iterable[int | None]) -> Mapping[int, str]:
    return dict(Region.objects.filter(pk__in=[pk for pk in ids if pk]).values_list("pk", "name"))


def in_words(name: str, value: Any, villages: Mapping[int, str]) -> str:
    """A value of CORRECTABLE, in clear, as a screen may show it."""
    if not value:
        return "（空）"
    if name == "household" and value.startswith("h"):
        return "（没有户号）"
    shown = {
        "village_id": lambda: villages.get(value, ""),
        "phone": lambda: mask_phone(value),
        "account": lambda: mask_account(value),
        "relation": lambda: RELATION_NAMES.get(value, value),
        "sex": lambda: SEX_NAMES.get(value, ""),
    }
    return shown[name]() if name in shown else str(value)


def signed_by(user: User | None, at: Any) -> str:
    """`周某乡（大周镇） 2021-06-01 09:20`."""
    return f"{user.name}（{user.organization.short_name}） {timezone.localtime(at):%Y-%m-%d %H:%M}" if user else ""
