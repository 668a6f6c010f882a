"""From the document to the steps that a roster takes."""

from datetime import date

from schemes.terms.nodes import Cursor, Section
from schemes.terms.roster_steps import Publicity, RosterStep, RosterSteps

STEPS = ("review", "police", "collate", "underwrite")
_OPTIONAL = ("department", "due", "interpretation")


def read_roster_steps(section: Section, *, roster: bool) -> RosterSteps | None:
    """None where the edition doesn't say: its rosters are in force once a batch is confirmed."""
    if "roster_steps" not in section:
        return None
    whole = section["roster_steps"]
    if not roster:
        whole.problem("没有参保名册的方案写了名册步骤", "insured.roster 是 true", "请删去这一节，或核对 insured")
    one = whole.section(("steps",), ("publicity",))
    places = one.items("steps")
    steps = tuple(_read_step(place) for place in places)
    _note_order(places, steps)
    return RosterSteps(steps, _read_publicity(one["publicity"]) if "publicity" in one else None)


def _read_step(place: Cursor) -> RosterStep:
    one = place.section(("step", "label", "clause"), _OPTIONAL)
    return RosterStep(
        step=one.one_of("step", STEPS, "名册的步骤"),
        label=one.text("label"),
        department=one.text("department"),
        due=one.day("due") if "due" in one else None,
        clause=one.clause(),
        interpretation=one.interpretation(),
    )


def _read_publicity(place: Cursor) -> Publicity:
    one = place.section(("days", "clause"), ("interpretation",))
    return Publicity(one.figure("days", "count"), one.clause(), one.interpretation())


def _note_order(places: list[Cursor], steps: tuple[RosterStep, ...]) -> None:
    """Review comes first, the insurer's confirmation last, no step twice, and no day runs backwards."""
    codes = [one.step for one in steps]
    latest = date.min
    for at, (place, one) in enumerate(zip(places, steps, strict=True)):
        if one.step in codes[:at]:
            place.problem(f"步骤 {one.step} 写了两遍", "每个步骤只写一次", "请删去一处")
        if at == 0 and one.step in STEPS and one.step != "review":
            place.problem(f"第一步写的是 {one.step}", "先由乡镇审核（review）", "请把 review 写在最前")
        if one.step == "underwrite" and at < len(steps) - 1:
            place.problem("underwrite 后面还有步骤", "承保确认是最后一步", "请把它移到最后")
        if one.due and one.due < latest:
            place.problem(f"期限 {one.due} 早于前面步骤的 {latest}", "不早于前一步的期限", "请核对通知")
        latest = max(latest, one.due or latest)
