"""应保未保 as a workbook to go round with: text cells, ID numbers masked, room for what was found out."""

import io
from collections.abc import Iterator

from enrollment.models import ListedPerson
from enrollment.unenrolled import Unenrolled, reasons_of
from office.long_lists import ListColumn, write_long_list
from orgs.models import Region, User
from schemes.models import Edition

MOST_EXPORTED = 50_000
ROWS_AT_ONCE = 1_000
COLUMNS = (
    ListColumn("序号", 6), ListColumn("乡镇", 14), ListColumn("村（社区）", 18), ListColumn("姓名", 12),
    ListColumn("身份证号", 22), ListColumn("未参保原因", 24), ListColumn("走访结果", 24), ListColumn("签字", 12),
)  # fmt: skip


def unenrolled_sheet(edition: Edition, people: Unenrolled, by: User) -> tuple[bytes, int]:
    """The workbook and how many people it holds."""
    out = io.BytesIO()
    persons = write_long_list(out, sheet="应保未保", columns=COLUMNS, rows=_rows(edition, people, by))
    return out.getvalue(), persons


def _rows(edition: Edition, people: Unenrolled, by: User) -> Iterator[list[str]]:
    found = people[:MOST_EXPORTED]
    ids = {pk for one in found for pk in (one.township_id, one.village_id) if pk}
    names = dict(Region.objects.filter(pk__in=ids).values_list("pk", "name"))
    for first in range(0, len(found), ROWS_AT_ONCE):
        part = found[first : first + ROWS_AT_ONCE]
        reasons = reasons_of(edition, by, part)
        for number, one in enumerate(part, start=first + 1):
            reason = reasons.get(one.id_index)
            words = f"{reason.get_reason_display()} {reason.note.reveal()}".strip() if reason else ""
            yield [str(number), *_where(one, names), one.name, str(one.id_number), words, "", ""]


def _where(one: ListedPerson, names: dict[int, str]) -> tuple[str, str]:
    return names.get(one.township_id or 0, ""), names.get(one.village_id or 0) or one.written_place
