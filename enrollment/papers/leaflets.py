"""明白卡 for households: what is covered in plain words, how much, whom to call, what to bring."""

from collections.abc import Sequence
from typing import Any

from enrollment.models import Paper
from enrollment.papers.content import RosterContent
from enrollment.papers.families import Family
from enrollment.papers.sheets import Names, Sheet, Village, code_of, stamp_of
from enrollment.papers.slips import cover_data
from orgs.models import Organization, Region, User
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
    names = Names()
    households = [
        _household(one.region, family, names, number)
        for one in villages
        for number, family in enumerate(one.families, start=1)
    ]
    code = code_of(Paper.LEAFLETS, edition, place, [content.digest, bool(villages)])
    title = f"{edition.title}明白卡"
    data = cover_data(edition, insurer) | {
        "title": title,
        "who": edition.terms.insured.who,
        "covers": _covers(edition),
        "deadlines": list(deadline_lines(edition.terms)),
        "households": households or [{"head": "", "place": place.name, "persons": "", "keeper": ""}],
        "code": code,
    }
    return Sheet(
        document="leaflets",
        name=f"{place.name}{title}{'' if villages else '（通用）'}.pdf",
        village=place if place.level == Region.Level.VILLAGE else None,
        data=data | stamp_of(by),
        code=code,
        digest=content.digest,
        persons=content.persons,
        households=len(households),
        unprintable=len(names.unprintable),
    )


def _covers(edition: Edition) -> list[dict[str, Any]]:
    return [
        {"label": one.label, "text": one.text, "clause": one.clause, "papers": "、".join(one.papers)}
        for one in cover_lines(edition.terms)
    ]


def _household(village: Region, family: Family, names: Names, number: int) -> dict[str, str]:
    township = village.parent.name if village.parent else ""
    return {
        "head": f"{names.printed(family.head.name, number)} 户",
        "place": f"{township}{village.name}{family.group}",
        "persons": f"参保 {len(family.members)} 人",
        "keeper": "",
    }
