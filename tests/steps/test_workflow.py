"""The table of a roster's steps: every state × action × role, in an edition with the police and in one without."""

import pytest
from django.db import transaction

from enrollment.services.stepping import StepRefused
from enrollment.workflow import STATES, TRANSITIONS, offered, path_of, state_after
from orgs.models import Role
from orgs.permissions import GRANTS
from tests.cast import OWN, Cast
from tests.steps.climbing import WITHOUT_POLICE, bring_up, enrol_in, roster_of, sign_all, steps_edition, take

# state before → action → who may, and where it leads; spelled out, not read from the table
ALLOWED = {
    ("drafting", "submit"): ({"clerk"}, "police"),
    ("police", "register"): ({"police"}, "collate"),
    ("police", "send_back"): ({"police", "authority"}, "drafting"),
    ("collate", "collate"): ({"authority"}, "underwrite"),
    ("collate", "send_back"): ({"authority"}, "drafting"),
    ("underwrite", "underwrite"): ({"adjuster"}, "in_force"),
    ("underwrite", "send_back"): ({"adjuster", "authority"}, "drafting"),
}
ACTORS = ("clerk", "adjuster", "approver", "finance", "authority", "certifier", "police", "auditor", "administrator")
ORDER = ("review", "police", "collate", "underwrite")


@pytest.mark.parametrize("state", [one.code for one in STATES])
def test_each_step_is_taken_by_whom_it_belongs_to_and_by_nobody_else(state: str, cast: Cast) -> None:
    edition = steps_edition()
    enrol_in(edition)
    bring_up(edition, state, cast)
    if state == "drafting":
        sign_all(edition, OWN, cast.clerk)
    for action in dict.fromkeys(one.action for one in TRANSITIONS):
        for actor in ACTORS:
            allowed, target = ALLOWED.get((state, action), (set(), ""))
            point = transaction.savepoint()
            came_to = _tried(edition, action, getattr(cast, actor))
            assert came_to == (target if actor in allowed else "refused"), (state, action, actor)
            assert roster_of(edition).state == (target if actor in allowed else state)
            transaction.savepoint_rollback(point)


def _tried(edition, action: str, by) -> str:
    try:
        return take(edition, OWN, action, by).state
    except StepRefused:
        return "refused"


@pytest.mark.parametrize("state", [one.code for one in STATES])
@pytest.mark.parametrize("role", list(Role))
def test_the_buttons_are_those_that_work(state: str, role: Role) -> None:
    buttons = {one.action for one in offered(state, lambda act: role in GRANTS[act])}
    assert buttons == {action for (source, action), (roles, _) in ALLOWED.items() if source == state and role in roles}


def test_a_county_without_the_police_goes_on_with_the_next_step(cast: Cast) -> None:
    edition = steps_edition(WITHOUT_POLICE, "wanzhou-no-police")
    enrol_in(edition)
    assert bring_up(edition, "collate", cast).state == "collate"
    assert path_of(edition.terms.roster_steps.order) == ("drafting", "collate", "underwrite", "in_force")


def test_with_the_review_alone_a_roster_is_in_force_once_it_is_signed() -> None:
    submit = next(one for one in TRANSITIONS if one.action == "submit")
    assert state_after(submit, ("review",)) == "in_force"
    assert [state_after(one, ORDER) for one in TRANSITIONS if one.step] == [
        "police",
        "collate",
        "underwrite",
        "in_force",
    ]


def test_acts_of_the_table_exist() -> None:
    assert {one.act for one in TRANSITIONS} <= set(GRANTS)
    assert {one.source for one in TRANSITIONS} == {one.code for one in STATES} - {"in_force"}
