"""参保名册 as it is sealed, in two copies: every person with the full number, sums by village, places for the seals.

The paper goes to the police and the bureau, who need the numbers; the offices that hand it in print it.
"""

from typing import Any

from django.db.models import QuerySet

from calc.capital import capital_amount
from enrollment.models import Enrollment, Paper
from enrollment.papers.content import RosterContent, combined, contents_of
from enrollment.papers.families import Family, Member, families_of
from enrollment.papers.premium import premium_fen, premium_text
from enrollment.papers.sheets import Names, Sheet, code_of, stamp_of, title_of
from orgs.models import Region, User
from orgs.services.regions import full_name
from schemes.models import Edition
from schemes.rules.rate_words import rate_text
from schemes.terms.model import EditionTerms

COPIES = ("第一份", "第二份", "第三份", "第四份")
COLUMNS = (
    ("序号", 13, "center"), ("姓名", 34, "left"), ("性别", 11, "center"), ("证件号码", 42, "left"), ("组", 20, "left"),
    ("户号", 30, "left"), ("与户主关系", 26, "left"), ("户主", 34, "left"), ("备注", "1fr", "left"),
)  # fmt: skip
SEALS = ("村（居）民委员会（盖章）", "乡镇人民政府（盖章）", "公安机关（盖章）", "主管部门（盖章）")


def roster_sheet(
    edition: Edition, township: Region, village: Region | None, people: QuerySet[Enrollment], copies: int, by: User
) -> Sheet:
    """The roster of a village or of a whole township, as it stands now."""
    terms, place, names = edition.terms, village or township, Names()
    content = combined(contents_of(people))
    parts = _villages(terms, people, names)
    fen = premium_fen(terms, content.persons)
    code = code_of(Paper.ROSTER, edition, place, content.digest)
    title = title_of(edition, (full_name(place),), "参保名册")
    data = {
        "title": title,
        "under": f"依据 {terms.notice.number}",
        "rate": f"标准 {rate_text(terms)}" if fen is not None else "",
        "columns": [{"title": name, "width": width, "align": align} for name, width, align in COLUMNS],
        "villages": parts,
        "total": f"合计　{_counts(terms, content)}",
        "capital": f"保费合计（大写）　{capital_amount(fen)}" if fen is not None else "",
        "marks": names.mark(),
        "seals": seals_of(terms, village),
        "copies": list(COPIES[:copies]),
        "code": code,
    }
    return Sheet(
        "roster", f"{title}.pdf", village, data | stamp_of(by), code, content.digest, content.persons,
        content.households, fen, content.snapshot, len(names.unprintable),
    )  # fmt: skip


def _villages(terms: EditionTerms, people: QuerySet[Enrollment], names: Names) -> list[dict[str, Any]]:
    """A part for each village; numbers run on through the whole paper."""
    parts, number = [], 0
    labels = dict(Region.objects.filter(pk__in=people.values("village_id")).values_list("pk", "name"))
    for village, families in families_of(people):
        rows = []
        for family in families:
            for member in family.members:
                number += 1
                rows.append(_row(number, member, family, names))
        fen = premium_fen(terms, len(rows))
        households = len({family.key for family in families if family.head.household})
        total = _text(len(rows), households, premium_text(terms, fen))
        parts.append({"name": labels[village], "rows": rows, "total": f"小计　{total}"})
    return parts


def _row(number: int, member: Member, family: Family, names: Names) -> list[str]:
    head = family.head
    return [
        str(number), names.printed(member.name, number), member.sex_word, member.id_number.reveal(), member.group,
        family.number, member.relation_word, head.name if member.household else "", "",
    ]  # fmt: skip


def _counts(terms: EditionTerms, content: RosterContent) -> str:
    return _text(content.persons, content.households, premium_text(terms, premium_fen(terms, content.persons)))


def _text(persons: int, households: int, premium: str) -> str:
    return f"{persons:,} 人　{households:,} 户" + (f"　保费 {premium}" if premium else "")


def seals_of(terms: EditionTerms, village: Region | None) -> list[str]:
    """Who seals: the village, where it is its roster, and the departments of the edition's steps, or the usual ones."""
    steps = terms.roster_steps.steps if terms.roster_steps else ()
    named = [f"{one.department or one.label}（盖章）" for one in steps if one.step != "underwrite"]
    places = [SEALS[0], *named] if named else list(SEALS)
    return places if village else places[1:]
