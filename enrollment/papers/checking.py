"""What a check code on a paper means: whether the roster is still what was printed. Only what the reader sees."""

import re
from dataclasses import dataclass
from datetime import datetime

from calc.names import mask_name
from calc.text import fold
from enrollment.models import Paper, PolicySlip, RosterPrint
from enrollment.papers.content import Changes, changes_between, combined, contents_of
from enrollment.papers.families import Family, families_of
from enrollment.papers.places import people_of
from enrollment.papers.slips import slip_code
from orgs.models import User
from orgs.scope import visible

_CODE = re.compile(r"[0-9A-F]{8}")


@dataclass(frozen=True, slots=True)
class Finding:
    """A paper with this code. `changes` None: it can't be told what changed, only that something did."""

    title: str
    what: str
    printed_at: datetime
    printed_by: str
    times: int
    same: bool
    changes: Changes | None = None


def as_code(text: str) -> str:
    """`A81D-3F06` out of whatever was typed: lower case, full width, without its hyphen; empty where it is no code."""
    found = re.sub(r"[^0-9A-Z]", "", fold(text).upper())
    return f"{found[:4]}-{found[4:]}" if _CODE.fullmatch(found) else ""


def findings_of(text: str, user: User) -> list[Finding]:
    """Papers by their check code, or a policy slip by its number; none for what the reader does not see."""
    code = as_code(text)
    if code:
        return [*_prints(code, user), *_slips(visible(PolicySlip, user).filter(code=code), user)]
    number = fold(text).upper().replace(" ", "")
    return _slips(visible(PolicySlip, user).filter(number=number), user) if number else []


def _prints(code: str, user: User) -> list[Finding]:
    """One for each place; who printed it last."""
    related = ("edition__place", "township", "village", "printed_by__organization")
    prints = visible(RosterPrint, user).filter(code=code).select_related(*related).order_by("-id")
    by_place: dict[tuple[int, int, str], list[RosterPrint]] = {}
    for one in prints[:100]:
        by_place.setdefault((one.edition_id, one.place.pk, one.kind), []).append(one)
    return [_of_print(found[0], len(found), user) for found in by_place.values()]


def _of_print(printed: RosterPrint, times: int, user: User) -> Finding:
    now = combined(contents_of(people_of(printed.edition, printed.township, printed.village, user)))
    same = now.digest == printed.digest
    snapshot = b"" if same else _snapshot_of(printed, user)
    return Finding(
        title=f"{printed.place.name}{printed.edition.title}{printed.get_kind_display()}",
        what=_counted(printed),
        printed_at=printed.printed_at,
        printed_by=f"{printed.printed_by.organization} {printed.printed_by.name}",
        times=times,
        same=same,
        changes=changes_between(snapshot, now.snapshot) if snapshot else None,
    )


def _counted(printed: RosterPrint) -> str:
    if printed.kind in (Paper.SLIPS, Paper.LEAFLETS):
        return f"{printed.persons:,} 人，{printed.households:,} 户"
    return f"{printed.persons:,} 人"


def _snapshot_of(printed: RosterPrint, user: User) -> bytes:
    """The people of that content; they were kept with its first print, if it was a roster or a notice."""
    same = visible(RosterPrint, user).filter(
        edition=printed.edition_id, township=printed.township_id, village=printed.village_id, digest=printed.digest
    )
    found = same.exclude(snapshot=b"").values_list("snapshot", flat=True).first()
    return bytes(found or b"")


def _slips(slips, user: User) -> list[Finding]:  # type: ignore[no-untyped-def]
    related = ("edition__place", "township", "village", "printed_by__organization")
    return [_of_slip(one, user) for one in slips.select_related(*related).order_by("id")[:10]]


def _of_slip(slip: PolicySlip, user: User) -> Finding:
    family = _family_of(slip, user)
    same = family is not None and slip_code(slip.number, slip.edition.terms, family) == slip.code
    head = mask_name(family.head.name) if family else "这一户已不在名册上"
    return Finding(
        title=f"{slip.township.name}{slip.place.name}{slip.edition.title}保险凭证 {slip.number}",
        what=f"户主 {head}，{slip.persons} 人" if family else head,
        printed_at=slip.printed_at,
        printed_by=f"{slip.printed_by.organization} {slip.printed_by.name}",
        times=1,
        same=same,
    )


def _family_of(slip: PolicySlip, user: User) -> Family | None:
    people = people_of(slip.edition, slip.township, slip.village, user)
    alone = people.filter(household="", id_index__startswith=slip.household[1:])
    people = people.filter(household=slip.household)
    for _, families in families_of(people if people.exists() or not slip.household.startswith("p") else alone):
        return next((family for family in families if family.key == slip.household), None)
    return None
