"""Rosters of the trial on their way: taken up by the portal's own services, by whoever takes each step."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from enrollment.digests import SHOWN, village_digests
from enrollment.models import Enrollment, RosterStepTaken, TownshipRoster, VillageReview
from enrollment.services.reviewing import sign_off_villages
from enrollment.services.stepping import pass_roster, submit_roster
from enrollment.village_rows import villages_of
from enrollment.workflow import ACTION_OF_STEP, IN_FORCE, TRANSITIONS
from orgs.models import Region, User
from orgs.scope import acting, scope_of, system_scope, visible
from schemes.models import Edition

DAYS_BEFORE_DUE = {"submit": 4, "register": 2, "collate": 1, "underwrite": 2}
AFTERNOON = time(15, 10)


def bring_up(edition: Edition, clerk: User, until: str, hands: Mapping[str, User]) -> None:
    """The roster of the clerk's township as far as the state `until`; `hands`: who takes which action."""
    township = clerk.organization.region
    _review(edition, township, clerk)
    while (roster := _roster(edition, township)).state != until:
        action = next(one.action for one in TRANSITIONS if one.source == roster.state and one.step)
        by = hands[action]
        with acting(scope_of(by)), transaction.atomic():
            pass_roster(edition=edition, township=township, action=action, by=by, read_version=roster.version)
    with system_scope("demo"):
        _date_back(edition, roster)


def _review(edition: Edition, township: Region, clerk: User) -> None:
    with acting(scope_of(clerk)), transaction.atomic():
        digests = village_digests(visible(Enrollment, clerk).filter(edition=edition, township=township))
        seen = {village: digest[:SHOWN] for village, digest in digests.items()}
        sign_off_villages(edition=edition, township=township, seen_digests=seen, by=clerk)
        version, whole = _roster(edition, township).version, villages_of(edition, township, clerk).digest
        submit_roster(
            edition=edition, township=township, by=clerk, read_version=version, seen_digest=whole, confirmed=True
        )


def _roster(edition: Edition, township: Region) -> TownshipRoster:
    with system_scope("demo"):
        return TownshipRoster.objects.get(edition=edition, township=township)


def _date_back(edition: Edition, roster: TownshipRoster) -> None:
    """Each step a few days before the edition's day for it, so that the timeline shows a county that kept its days."""
    steps = edition.terms.roster_steps
    for step in steps.steps if steps else ():
        action = ACTION_OF_STEP[step.step]
        day = (step.due or edition.first_day) - timedelta(days=DAYS_BEFORE_DUE[action])
        at = timezone.make_aware(datetime.combine(day, AFTERNOON))
        RosterStepTaken.objects.filter(roster=roster, action=action).update(at=at)
        if action == "submit":
            TownshipRoster.objects.filter(pk=roster.pk).update(submitted_at=at)
            reviews = VillageReview.objects.filter(edition=edition, township=roster.township_id)
            reviews.update(signed_at=at - timedelta(days=1))
    if roster.state == IN_FORCE:
        TownshipRoster.objects.filter(pk=roster.pk).update(in_force_on=timezone.localdate(at))
