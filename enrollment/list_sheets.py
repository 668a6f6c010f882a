"""Workbooks about lists: the template to fill in, and who is enrolled although on a list."""

from enrollment.models import Enrollment
from enrollment.on_lists import Standing, enrolled_on_lists, standings
from enrollment.roster.list_rows import LIST_COLUMNS
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import User
from schemes.models import Edition

ROWS_AT_ONCE = 1_000
WIDTHS = {"id_number": 24}


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
    people = list(enrolled_on_lists(edition, user).select_related("township", "village"))
    said: dict[str, list[Standing]] = {}
    for first in range(0, len(people), ROWS_AT_ONCE):
        said |= standings(people[first : first + ROWS_AT_ONCE], edition, user)
    rows = [[str(number), *_cells(one, said.get(one.id_index, []))] for number, one in enumerate(people, start=1)]
    columns = (
        Column("序号", 6), Column("乡镇", 14), Column("村（社区）", 16), Column("姓名", 12), Column("身份证号", 22),
        Column("名单怎么说", 60),
    )  # fmt: skip
    content = official_workbook(
        title="在册但在名单上的人员",
        under=f"{edition.place.name}　{edition.title}　请各乡镇核实后按批改减员，名单有误的更正名单",
        columns=columns,
        parts=[SheetPart(rows)],
        total=None,
        below=[f"共 {len(people):,} 人"],
        sheet_name="在册但在名单上",
    )
    return content, len(people)


def _cells(person: Enrollment, said: list[Standing]) -> list[str]:
    return [
        person.township.name, person.village.name, person.name, str(person.id_number),
        "；".join(standing_text(one) for one in said),
    ]  # fmt: skip


def standing_text(one: Standing) -> str:
    """死亡人员，2021年3月，《某名单》截至 2021-06-30，名单上的姓名不同."""
    parts = [one.label, f"{one.event_date:%Y年%m月}" if one.event_date else "", f"《{one.title}》截至 {one.as_of}"]
    return "，".join(filter(None, [*parts, "名单上的姓名不同" if one.other_name else ""]))
