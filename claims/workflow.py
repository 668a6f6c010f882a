"""The life of a claim as one table. Service, buttons, help pages and tests all read it; nothing here acts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    code: str
    name: str
    tag: str  # class of the coloured tag, see static/css/tokens.css
    open: bool = True


@dataclass(frozen=True)
class Transition:
    action: str
    name: str
    sources: tuple[str, ...]
    target: str
    act: str  # who may: orgs/permissions.py
    wants_opinion: bool = False
    kind: str = "plain"  # primary, plain, stop


STATES = (
    State("reported", "已报案", "reported"),
    State("returned", "已退回", "returned"),
    State("accepted", "已受理", "accepted"),
    State("adjusted", "已理算", "adjusted"),
    State("in_approval", "待审批", "approval"),
    State("approved", "已审批", "approved"),
    State("paid", "已支付", "paid"),
    State("closed", "已结案", "closed", open=False),
    State("denied", "已拒赔", "denied", open=False),
    State("withdrawn", "已撤案", "withdrawn", open=False),
)

# fmt: off
TRANSITIONS = (
    Transition("resubmit", "补正后再报", ("returned",),                          "reported",    "claim.report",   kind="primary"),
    Transition("accept",   "受理",       ("reported",),                          "accepted",    "claim.accept",   kind="primary"),
    Transition("adjust",   "理算",       ("accepted", "adjusted"),               "adjusted",    "claim.adjust",   kind="primary"),
    Transition("submit",   "送审批",     ("adjusted",),                          "in_approval", "claim.adjust",   kind="primary"),
    Transition("approve",  "同意赔付",   ("in_approval",),                       "approved",    "claim.approve",  kind="primary"),
    Transition("rework",   "退回理算",   ("in_approval",),                       "accepted",    "claim.approve",  wants_opinion=True),
    Transition("revoke",   "撤销审批",   ("approved",),                          "accepted",    "claim.approve",  wants_opinion=True),
    Transition("pay",      "登记支付",   ("approved",),                          "paid",        "claim.pay",      kind="primary"),
    Transition("close",    "结案",       ("paid",),                              "closed",      "claim.close",    kind="primary"),
    Transition("return",   "退回补正",   ("reported", "accepted", "adjusted"),   "returned",    "claim.return",   wants_opinion=True),
    Transition("deny",     "拒赔",       ("accepted", "adjusted", "in_approval"), "denied",     "claim.deny",     wants_opinion=True, kind="stop"),
    Transition("withdraw", "撤案",       ("reported", "returned", "accepted"),   "withdrawn",   "claim.withdraw", wants_opinion=True, kind="stop"),
)
# fmt: on

STATE = {state.code: state for state in STATES}
TRANSITION = {transition.action: transition for transition in TRANSITIONS}
MAIN_PATH = ("reported", "accepted", "adjusted", "approved", "paid", "closed")


def from_state(state: str) -> tuple[Transition, ...]:
    """What may follow a state, in the order of the table."""
    return tuple(t for t in TRANSITIONS if state in t.sources)
