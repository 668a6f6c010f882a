"""The lists of a batch's page: rows that must be mended or decided, and who comes, changes and goes, by name."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from enrollment.differences import Difference, differences_of_changes, differences_of_rows
from enrollment.models import RosterBatch, RosterChange, RosterConflict, RosterRow
from enrollment.services.changing import missing_from
from enrollment.services.last_year import besides_by_person
from orgs.models import User
from orgs.paging import page_of
from orgs.scope import visible

Kind, State = RosterBatch.Kind, RosterBatch.State
WITHOUT_ROWS = (Kind.REVERSAL, Kind.DECISION, Kind.OBJECTION)  # what they did stands in their changes alone


@dataclass(frozen=True)
class Tab:
    """One list: `shape` is what a line of it shows."""

    code: str
    name: str
    n: int
    shape: str  # problems, conflicts, rows, changes, people
    outcomes: tuple[str, ...] = ()
    kind: str = ""


def tabs_of(batch: RosterBatch) -> list[Tab]:
    """The lists that a batch of this kind and state has."""
    n = batch.counts.get
    if batch.kind in WITHOUT_ROWS:
        lists = [
            Tab(
                "removed", "撤出" if batch.kind == Kind.REVERSAL else "减员", n("removed", 0), "changes", kind="removed"
            ),
            Tab("changed", "变更", n("changed", 0), "changes", kind="changed"),
            Tab("new", "恢复" if batch.kind == Kind.REVERSAL else "新增", n("new", 0), "changes", kind="added"),
        ]
        kept = Tab("problems", "保留不动", n("rejected", 0), "problems", ("invalid",))
        return [kept, *lists] if batch.kind == Kind.REVERSAL else lists
    mend = n("duplicates", 0) + n("invalid", 0)
    lists = [
        Tab("problems", "需要改的行", mend, "problems", ("invalid", "duplicate")),
        Tab("conflict", "待裁定", n("conflicts", 0), "conflicts", ("conflict",)),
        Tab("new", "新增", n("new", 0), "rows", ("new",)),
        Tab("changed", "变更", n("changed", 0), "rows", ("changed",)),
    ]
    if batch.state == State.CHECKED:
        missing = "上年没有" if batch.kind == Kind.CARRIED else "文件里没有"
        return [*lists, Tab("missing", missing, sum(line["missing"] for line in batch.villages), "people")]
    return [*lists, Tab("removed", "减员", n("removed", 0), "changes", kind="removed")]


def tab_context(request: HttpRequest, batch: RosterBatch) -> dict[str, Any]:
    """The tabs, the one that is asked for, and its page."""
    tabs = tabs_of(batch)
    first = next((tab for tab in tabs if tab.n), tabs[0])
    tab = next((tab for tab in tabs if tab.code == request.GET.get("tab")), first)
    page = page_of(request, _list(batch, tab, request.user), count=tab.n)
    notes: dict[str, str] = {}
    if tab.shape == "rows" and batch.counts.get("covered_besides"):
        notes = besides_by_person(batch.edition, [row.id_index for row in page])
    if tab.shape == "conflicts":
        notes = _decisions(batch, [row.id_index for row in page], request.user)
    cut = tab.shape == "rows" and any(row.problems for row in page)
    differences = _differences(batch, tab, list(page), request.user) if tab.code == "changed" else {}
    return {"tabs": tabs, "tab": tab, "page": page, "notes": notes, "cut": cut, "differences": differences}


def _differences(batch: RosterBatch, tab: Tab, page: list[Any], user: User) -> dict[int, list[Difference]]:
    return differences_of_changes(page) if tab.shape == "changes" else differences_of_rows(batch, page, user)


def _list(batch: RosterBatch, tab: Tab, user: User) -> QuerySet[Any]:
    if tab.shape == "people":
        return missing_from(batch).select_related("village").order_by("village_id", "id")
    if tab.shape == "changes":
        changes = visible(RosterChange, user).filter(batch=batch, kind=tab.kind)
        return changes.select_related("enrollment__village").order_by("id")
    rows = visible(RosterRow, user).filter(batch=batch, outcome__in=tab.outcomes).order_by("id")
    return rows.defer("content") if tab.code == "changed" else rows.defer("account", "phone", "content")


def _decisions(batch: RosterBatch, people: list[str], user: User) -> dict[str, str]:
    """How the county has decided, in its own few words: a reason might name another township."""
    cases = visible(RosterConflict, user).filter(edition=batch.edition_id, id_index__in=people).order_by("id")
    return {case.id_index: case.get_decision_display() or case.get_state_display() for case in cases}
