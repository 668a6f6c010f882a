"""Workbooks about lists: the template to fill in, and who is enrolled although on a list."""

import io
from collections.abc import Iterator

from enrollment.on_lists import Standing, enrolled_on_lists, standings
from enrollment.roster.list_rows import LIST_COLUMNS
from office.long_lists import ListColumn, write_long_list
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import User
from schemes.models import Edition

ROWS_AT_ONCE = 1_000
WIDTHS = {"id_number": 24}
ENROLLED_COLUMNS = (
    ListColumn("序号", 6), ListColumn("乡镇", 14), ListColumn("村（社区）", 16), ListColumn("姓名", 12),
    ListColumn("身份证号", 22), ListColumn("名单怎么说", 60),
)  # fmt: skip


def list_template() -> bytes:
    """The columns of a list with a row that shows them; only the ID number is needed."""
    example = {
        "name": "（示例，请删去本行）",
        "township": "某某镇",
        "village": "某某村",
        "event_date": "2021-06-30",
    }
    columns = LIST_COLUMNS.columns
    return official_workbook(
        title="名单",
        under="身份证号必填，请保持“文本”格式；日期写死亡、迁出或调出的日期，没有的列可以不要",
        columns=[Column(column.title, WIDTHS.get(column.key, 18)) for column in columns],
        parts=[SheetPart([[example.get(column.key, "") for column in columns]])],
        total=None,
        below=[],
        sheet_name="名单",
    )


def enrolled_on_lists_sheet(edition: Edition, user: User) -> tuple[bytes, int]:
    """The workbook and how many people it holds; ID numbers masked, text cells."""
    out = io.BytesIO()
    persons = write_long_list(out, sheet="在册但在名单上", columns=ENROLLED_COLUMNS, rows=_enrolled(edition, user))
    return out.getvalue(), persons


def _enrolled(edition: Edition, user: User) -> Iterator[list[str]]:
    people = list(enrolled_on_lists(edition, user).select_related("township", "village"))
    for first in range(0, len(people), ROWS_AT_ONCE):
        part = people[first : first + ROWS_AT_ONCE]
        said = standings(part, edition, user)
        for number, one in enumerate(part, start=first + 1):
            told = "；".join(standing_text(standing) for standing in said.get(one.id_index, []))
            yield [str(number), one.township.name, one.village.name, one.name, str(one.id_number), told]


def standing_text(one: Standing) -> str:
    """死亡人员，2021年03月，《某名单》截至 2021-06-30，名单上的姓名不同."""
    parts = [one.label, f"{one.event_date:%Y年%m月}" if one.event_date else "", f"《{one.title}》截至 {one.as_of}"]
    return "，".join(filter(None, [*parts, "名单上的姓名不同" if one.other_name else ""]))
