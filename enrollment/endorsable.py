"""Whether a roster is changed by endorsement now, and from which day. Before it is in force, batches change it."""

from datetime import date

from enrollment.models import Endorsement, TownshipRoster, VillageTotal
from enrollment.services.progress import state_of
from enrollment.workflow import IN_FORCE
from orgs.models import Region
from orgs.scope import system_scope
from schemes.models import Edition


def may_be_endorsed(edition: Edition, township: Region) -> str:
    """Why the township's roster takes no endorsement now, as a sentence; empty where it does.

    An edition without steps for its rosters is in force once a batch is confirmed.
    """
    if not edition.terms.insured.roster:
        return f"「{edition.title}」没有参保名册，人数由主管部门录入，不办批改"
    if edition.state != Edition.State.PUBLISHED:
        return f"「{edition.title}」还没有发布，不能办批改"
    if not edition.assignments.filter(township=township, insurer__isnull=False).exists():
        return f"{township.name}没有承保机构，不能办批改；请主管部门在年度方案里写明"
    if edition.terms.roster_steps is not None:
        in_force = state_of(edition, township.pk) == IN_FORCE
        return "" if in_force else f"{township.name}的名册还没有生效，增减和更正请用名册导入；生效以后再办批改"
    with system_scope("批改：名册是否已确认"):
        of_township = {"edition": edition, "township": township}
        confirmed = (
            VillageTotal.objects.filter(**of_township).exists()
            or Endorsement.objects.filter(**of_township, state=Endorsement.State.AGREED).exists()  # all have gone since
        )
    return "" if confirmed else f"{township.name}的名册还没有确认，增减和更正请用名册导入"


def first_day_to_endorse(edition: Edition, township: Region) -> date:
    """The first day on which an endorsement may take effect, but for people left out by mistake (漏保补录): the day on
    which the roster came into force, where that lies within the period."""
    if edition.terms.roster_steps is None:
        return edition.first_day
    with system_scope("批改：名册何日生效"):
        rows = TownshipRoster.objects.filter(edition=edition, township=township)
        day = rows.values_list("in_force_on", flat=True).first()
    return day if day and edition.first_day < day <= edition.last_day else edition.first_day
