"""应保未保 as a workbook to go round with: text cells, ID numbers masked, room for what was found out."""

from enrollment.unenrolled import Unenrolled, reasons_of
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import Region, User
from schemes.models import Edition

MOST_EXPORTED = 20_000
ROWS_AT_ONCE = 1_000
COLUMNS = (
    Column("序号", 6), Column("乡镇", 14), Column("村（社区）", 18), Column("姓名", 12), Column("身份证号", 22),
    Column("未参保原因", 24), Column("走访结果", 24), Column("签字", 12),
)  # fmt: skip


def unenrolled_sheet(edition: Edition, people: Unenrolled, place: Region | None, by: User) -> tuple[bytes, int]:
    """The workbook and how many people it holds."""
    assert people.members is not None
    rows = _rows(edition, people, by)
    where = place.name if place else by.organization.region.name
    content = official_workbook(
        title=f"{where}应保未保名单",
        under=f"{edition.title}　按《{people.members.title}》（截至 {people.members.as_of:%Y-%m-%d}）与名册核对",
        columns=COLUMNS,
        parts=[SheetPart(rows)],
        total=None,
        below=[f"共 {len(rows):,} 人", "走访人（签字）：　　　　　　　日期："],
        sheet_name="应保未保",
    )
    return content, len(rows)


def _rows(edition: Edition, people: Unenrolled, by: User) -> list[list[str]]:
    found = people[:MOST_EXPORTED]
    names = dict(Region.objects.filter(pk__in={pk for one in found for pk in _places(one)}).values_list("pk", "name"))
    rows = []
    for first in range(0, len(found), ROWS_AT_ONCE):
        part = found[first : first + ROWS_AT_ONCE]
        reasons = reasons_of(edition, by, part)
        for one in part:
            reason = reasons.get(one.id_index)
            words = f"{reason.get_reason_display()} {reason.note.reveal()}".strip() if reason else ""
            village = names.get(one.village_id or 0) or one.written_place
            township = names.get(one.township_id or 0, "")
            rows.append([str(len(rows) + 1), township, village, one.name, str(one.id_number), words, "", ""])
    return rows


def _places(one: object) -> list[int]:
    return [pk for pk in (one.township_id, one.village_id) if pk]  # type: ignore[attr-defined]
