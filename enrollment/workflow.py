"""The way of a township's roster as one table. Service, buttons, help page and tests read it; nothing here acts.

Which of the steps a county takes, and in which order, stands in its edition's terms (`roster_steps`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

DRAFTING, IN_FORCE, NEXT = "drafting", "in_force", "next"


@dataclass(frozen=True)
class State:
    """What a roster waits for. But for the first and the last, a state has the code of the step that is due."""

    code: str
    name: str
    tag: str  # class of the coloured tag, see static/css/tokens.css


@dataclass(frozen=True)
class Transition:
    """`target` NEXT: the edition's next step. `step` is the step of the terms that it completes; empty: it undoes."""

    action: str
    name: str
    source: str
    target: str
    act: str  # who may: orgs/permissions.py
    step: str = ""
    wants_opinion: bool = False
    kind: str = "plain"  # primary, plain


STATES = (
    State("drafting", "登记中", "reported"),
    State("police", "待公安确认", "review"),
    State("collate", "待汇总", "approval"),
    State("underwrite", "待承保确认", "adjusted"),
    State("in_force", "已生效", "paid"),
)

# fmt: off
TRANSITIONS = (
    Transition("submit",     "审核上报", "drafting",   NEXT,       "roster.review",     step="review",     kind="primary"),
    Transition("register",   "确认户籍", "police",     NEXT,       "roster.register",   step="police",     kind="primary"),
    Transition("collate",    "汇总",     "collate",    NEXT,       "roster.collate",    step="collate",    kind="primary"),
    Transition("underwrite", "确认承保", "underwrite", NEXT,       "roster.underwrite", step="underwrite", kind="primary"),
    Transition("send_back",  "退回乡镇", "police",     "drafting", "roster.register",   wants_opinion=True),
    Transition("send_back",  "退回乡镇", "police",     "drafting", "roster.collate",    wants_opinion=True),
    Transition("send_back",  "退回乡镇", "collate",    "drafting", "roster.collate",    wants_opinion=True),
    Transition("send_back",  "退回乡镇", "underwrite", "drafting", "roster.collate",    wants_opinion=True),
    Transition("send_back",  "退回乡镇", "underwrite", "drafting", "roster.underwrite", wants_opinion=True),
)
# fmt: on

STATE = {state.code: state for state in STATES}
ACTIONS = {transition.action: transition.name for transition in TRANSITIONS}
ACTION_OF_STEP = {transition.step: transition.action for transition in TRANSITIONS if transition.step}


def path_of(order: Sequence[str]) -> tuple[str, ...]:
    """The states that a roster passes, for the edition's steps in their order; the review is made while drafting."""
    return (DRAFTING, *(step for step in order if step != "review"), IN_FORCE)


def state_after(transition: Transition, order: Sequence[str]) -> str:
    """Where the transition leads in an edition with these steps."""
    path = path_of(order)
    return path[path.index(transition.source) + 1] if transition.target == NEXT else transition.target


def offered(state: str, may: Callable[[str], bool]) -> tuple[Transition, ...]:
    """What somebody with these acts can do with a roster in this state, each action once, in the order of the table."""
    found = {t.action: t for t in reversed(TRANSITIONS) if t.source == state and may(t.act)}
    return tuple(t for t in TRANSITIONS if found.get(t.action) is t)
