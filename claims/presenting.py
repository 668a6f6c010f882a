"""A claim as screen and print show it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from calc.money import format_yuan, yuan
from claims.models import Claim, ClaimStep
from claims.services.clock import begins_with
from claims.workflow import MAIN_PATH, STATE
from office.calendar import work_calendar
from schemes.disability import items_in_words
from schemes.terms.model import Coverage, Deadline, EditionTerms, Fact
from schemes.terms.sections import STEPS, deadline_text

STEP_NAMES = {
    "reported": "报案",
    "accepted": "受理",
    "adjusted": "理算",
    "approved": "审批",
    "paid": "支付",
    "closed": "结案",
}
DONE_BEFORE = {"in_approval": "approved", "returned": "accepted"}
ENDED = {"denied", "withdrawn"}
SOON = 2


@dataclass(frozen=True)
class StepMark:
    name: str
    mark: str  # done, now or nothing
    detail: str


@dataclass(frozen=True)
class DeadlineTag:
    tone: str  # late, due or plain
    text: str


@dataclass(frozen=True)
class FactLine:
    label: str
    value: str


def step_bar(claim: Claim, steps: list[ClaimStep]) -> list[StepMark]:
    """The main path with who and when; the step at hand is marked."""
    last = {step.to_state: step for step in steps}
    now = DONE_BEFORE.get(claim.state, _after(claim.state))
    marks = []
    reached = True
    for state in MAIN_PATH:
        reached = reached and state != now
        done = (reached and state in last and claim.state not in {"returned"}) or (state == "reported" and reached)
        mark = "now" if state == now and claim.state not in ENDED else ("done" if done else "")
        marks.append(StepMark(STEP_NAMES[state], mark, _detail(last.get(state), done=bool(done))))
    return marks


def _after(state: str) -> str:
    """The next step of the main path; nothing once the claim has ended."""
    if state not in MAIN_PATH or state == MAIN_PATH[-1]:
        return ""
    return MAIN_PATH[MAIN_PATH.index(state) + 1]


def _detail(step: ClaimStep | None, *, done: bool) -> str:
    if step is None or not done:
        return ""
    return f"{timezone.localtime(step.at):%m-%d %H:%M} {step.by_name.split('（')[0]}"


def deadline_tag(claim: Claim, today: date) -> DeadlineTag | None:
    """How near the claim's day is; None where no clock runs."""
    if claim.due_on is None or not STATE[claim.state].open:
        return None
    calendar = work_calendar()
    if claim.due_on < today:
        days = calendar.working_days_between(claim.due_on, today)
        return DeadlineTag("late", f"逾期 {days} 个工作日")
    left = calendar.working_days_between(today, claim.due_on)
    if left <= SOON:
        return DeadlineTag("due", f"临期 剩 {left} 个工作日" if left else "临期 今天到期")
    return DeadlineTag("plain", f"{claim.due_on:%m-%d}")


@dataclass(frozen=True)
class ClockDay:
    day: date
    mark: str  # gone, off, today, end or nothing


def clock(claim: Claim, steps: list[ClaimStep], today: date) -> list[ClockDay]:
    """Every day from the step that started the clock to the day due, with days off, so that they can be counted."""
    started = next((step for step in reversed(steps) if begins_with(claim, step.action)), None)
    if claim.due_on is None or started is None or not STATE[claim.state].open:
        return []
    calendar, start = work_calendar(), timezone.localtime(started.at).date()
    days = [start + timedelta(n + 1) for n in range((claim.due_on - start).days)]
    return [ClockDay(day, _mark(day, today, claim.due_on, calendar.is_working(day))) for day in days]


def clock_words(deadline: Deadline | None) -> tuple[str, str]:
    """`受理` and `受理后 10 个工作日`: since when the clock runs, and how long."""
    return (STEPS[deadline.after], deadline_text(deadline)) if deadline else ("", "")


def _mark(day: date, today: date, due: date, working: bool) -> str:
    if day == due:
        return "end"
    if not working:
        return "off"
    return "today" if day == today else ("gone" if day < today else "")


def fact_lines(terms: EditionTerms, coverage: Coverage, facts: dict[str, Any]) -> list[FactLine]:
    """The facts in words, without what stands in the ledger or beside a masked ID number."""
    lines = []
    for asked in coverage.asks:
        fact = terms.facts[asked.code]
        if asked.code in facts and fact.type not in {"money", "payers"} and asked.code != "birth_date":
            lines.append(FactLine(fact.label, fact_text(fact, facts[asked.code])))
    return lines


def disability_text(terms: EditionTerms, facts: dict[str, Any]) -> str:
    """The disability items of a claim in words; empty where it has none."""
    values = [value for code, value in facts.items() if code in terms.facts and terms.facts[code].type == "disability"]
    return "；".join(line for value in values for line in items_in_words(value))


def fact_text(fact: Fact, value: Any) -> str:
    """One fact in words."""
    if fact.type == "choice":
        return fact.options.get(value, str(value))
    if fact.type == "yes_no":
        return "是" if value else "否"
    if fact.type == "money":
        return format_yuan(yuan(value))
    if fact.type == "disability":
        return "；".join(items_in_words(value))
    return f"{value}{fact.unit}"
