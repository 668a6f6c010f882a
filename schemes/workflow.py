"""The life of an edition's terms, and of an amendment's, as one table; nothing here acts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    code: str
    name: str
    tag: str  # class of the coloured tag, see static/css/tokens.css
    frozen: bool = False


@dataclass(frozen=True)
class Transition:
    """`another_person`: whoever takes the step is not the one who stored the document last."""

    action: str
    name: str
    sources: tuple[str, ...]
    target: str
    act: str  # who may: orgs/permissions.py
    another_person: bool = False


STATES = (
    State("draft", "草稿", "draft"),
    State("checked", "已检查", "review"),
    State("published", "已发布", "approved", frozen=True),
)

# fmt: off
TRANSITIONS = (
    Transition("store",   "保存", ("draft", "checked"), "draft",     "edition.draft"),
    Transition("check",   "检查", ("draft",),           "checked",   "edition.draft"),
    Transition("publish", "发布", ("checked",),         "published", "edition.publish", another_person=True),
)
# fmt: on

STATE = {state.code: state for state in STATES}
TRANSITION = {transition.action: transition for transition in TRANSITIONS}
MAIN_PATH = ("draft", "checked", "published")


def from_state(state: str) -> tuple[Transition, ...]:
    """What may follow a state, in the order of the table."""
    return tuple(t for t in TRANSITIONS if state in t.sources)
