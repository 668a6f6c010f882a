"""明白卡 for households: what is covered in plain words, how much, whom to call, what to bring."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrollment.models import Paper, VillageKeeper
from enrollment.papers.content import RosterContent
from enrollment.papers.families import Family
from enrollment.papers.sheets import Names, Sheet, Village, code_of, stamp_of, terms_now
from enrollment.papers.slips import cover_data
from orgs.models import Organization, Region, User
from orgs.scope import visible
from schemes.models import Edition
from schemes.terms.summary import cover_lines, deadline_lines


def leaflets_sheet(
    edition: Edition,
    place: Region,
    villages: Sequence[Village],
    content: RosterContent,
    insurer: Organization | None,
    by: User,
) -> Sheet:
    """A page for every household; without villages one page for everybody of the place."""
    names, keepers = Names(), keepers_of(villages, by)
    households = [
        _household(one.region, family, names, number, keepers)
        for one in villages
        for number, family in enumerate(one.families, start=1)
    ]
    code = code_of(Paper.LEAFLETS, edition, place, [content.digest, bool(villages)])
    title = f"{edition.title}明白卡"
    told = {"households": households or [{"head": "", "place": place.name, "persons": "", "keeper": ""}]}
    return Sheet(
        document="leaflets",
        name=f"{place.name}{title}{'' if villages else '（通用）'}.pdf",
        village=place if place.level == Region.Level.VILLAGE else None,
        data=told | _common(edition, insurer) | {"title": title, "code": code} | stamp_of(by),
        code=code,
        digest=content.digest,
        persons=content.persons,
        households=len(households),
        unprintable=len(names.unprintable),
    )


def _common(edition: Edition, insurer: Organization | None) -> dict[str, Any]:
    """What every leaflet says alike."""
    terms = terms_now(edition)
    covers = [
        {"label": one.label, "text": one.text, "clause": one.clause, "papers": "、".join(one.papers)}
        for one in cover_lines(terms)
    ]
    deadlines = list(deadline_lines(terms))
    return cover_data(edition, insurer) | {"who": terms.insured.who, "covers": covers, "deadlines": deadlines}


Keepers = Mapping[tuple[int, str], str]  # village id and group, empty for the whole village → name


def keepers_of(villages: Sequence[Village], by: User) -> Keepers:
    """Who looks after the villages and their groups now."""
    keepers = visible(VillageKeeper, by).filter(village__in=[one.region.pk for one in villages], ended_at__isnull=True)
    return {(village, group): name for village, group, name in keepers.values_list("village_id", "group", "name")}


def _household(village: Region, family: Family, names: Names, number: int, keepers: Keepers) -> dict[str, str]:
    township = village.parent.name if village.parent else ""
    return {
        "head": f"{names.printed(family.head.name, number)} 户",
        "place": f"{township}{village.name}{family.group}",
        "persons": f"参保 {len(family.members)} 人",
        "keeper": keepers.get((village.pk, family.group)) or keepers.get((village.pk, ""), ""),
    }
