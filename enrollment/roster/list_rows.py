"""The rows of a list of people: a number that can be read is all that a row needs.

Nobody slips through a list because of a name with a remark in it or a village that nobody knows: such cells are left
out and counted, the row stays. Nothing else is read: a remark on a list of the dead tells what somebody died of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from calc.dates import DateError, parse_date
from calc.id_number import as_18, mask_id
from calc.text import fold
from enrollment.roster import fields
from enrollment.roster.cells import Cell, as_text, is_blank
from enrollment.roster.columns import COLUMNS, Column, ColumnSet
from enrollment.roster.facts import Looked, SheetFacts
from enrollment.roster.fields import Desk
from enrollment.roster.headers import Header, find_header, no_header
from enrollment.roster.people import SeenPeople
from enrollment.roster.problems import RowProblem
from enrollment.roster.reading import RowChunk
from enrollment.roster.refusal import RosterRefused, broken_structure
from enrollment.roster.regions import RegionIndex

_ROSTER = {column.key: column for column in COLUMNS}
_DATE = Column(
    "event_date",
    "日期",
    (
        *("死亡日期", "死亡时间", "去世日期", "注销日期", "迁出日期", "迁出时间", "迁移日期"),
        *("调出日期", "调出时间", "退出时间", "入职日期", "参保日期", "时间"),
    ),
)
LIST_COLUMNS = ColumnSet(
    (
        replace(_ROSTER["name"], required=False),
        _ROSTER["id_number"],
        _ROSTER["township"],
        replace(_ROSTER["village"], required=False),
        _DATE,
    )
)
_MAX_NAME, _MAX_PLACE = 60, 120
_MAX_KNOWN = 100_000


class ListRow(NamedTuple):
    """One person of a list as read; `id_number` has 18 digits. With problems the row is not taken."""

    sheet: str
    row_no: int
    id_number: str
    name: str
    township_id: int | None
    village_id: int | None
    written_place: str
    event_date: date | None
    problems: tuple[RowProblem, ...] = ()


@dataclass(slots=True)
class ListReport:
    """Counts so far (rows = taken + refused + repeated), and what was left out of rows that were taken."""

    rows: int = 0
    taken: int = 0
    refused: int = 0
    repeated: int = 0
    without_township: int = 0
    without_village: int = 0
    dates_unread: int = 0
    names_unread: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    headers: dict[str, Header] = field(default_factory=dict)
    skipped_sheets: list[str] = field(default_factory=list)


def list_rows(
    chunks: Iterable[RowChunk], *, facts: Looked, regions: RegionIndex, today: date, report: ListReport
) -> Iterator[ListRow]:
    """Every row that is not blank, as it comes. Raises RosterRefused when no sheet has a header."""
    reader = _ListReader(regions, today, report, SeenPeople())
    current: str | None = None
    sheet: _Sheet | None = None
    for chunk in chunks:
        if chunk.sheet != current:
            current = chunk.sheet
            sheet = reader.begin(chunk, facts)
        if sheet is not None:
            yield from reader.rows(chunk, sheet)
    if not report.headers:
        raise no_header(report.skipped_sheets, township_needed=False, known=LIST_COLUMNS)


class _Sheet(NamedTuple):
    header: Header
    facts: SheetFacts | None
    place: int


class _Home(NamedTuple):
    township_id: int | None
    village_id: int | None
    written: str


@dataclass(slots=True)
class _ListReader:
    regions: RegionIndex
    today: date
    report: ListReport
    seen: SeenPeople
    _homes: dict[tuple[Cell, Cell], _Home] = field(default_factory=dict)

    def begin(self, chunk: RowChunk, facts: Looked) -> _Sheet | None:
        """The sheet by its header; None, and noted, where it has none."""
        head = list(zip(chunk.numbers, chunk.rows, strict=True))
        found = None if facts.kind == "csv" else facts.sheet(chunk.sheet)
        if found is None and facts.kind != "csv":
            raise RosterRefused(broken_structure(f"工作表「{chunk.sheet}」前后不一致"))
        across = found.across if found else None
        header = find_header(chunk.sheet, head, township_needed=False, known=LIST_COLUMNS, across=across)
        if header is None:
            self.report.skipped_sheets.append(chunk.sheet)
            return None
        self.report.headers[chunk.sheet] = header
        return _Sheet(header, found, self.seen.add_place(f"「{chunk.sheet}」"))

    def rows(self, chunk: RowChunk, sheet: _Sheet) -> Iterator[ListRow]:
        positions = sheet.header.positions
        for row_no, cells in zip(chunk.numbers, chunk.rows, strict=True):
            if row_no <= sheet.header.row_no:
                continue
            picked = {key: cells[at] for key, at in positions.items() if at < len(cells) and not is_blank(cells[at])}
            if picked and not sheet.header.is_again(cells, LIST_COLUMNS):
                yield self._read(chunk.sheet, row_no, picked, sheet)

    def _read(self, name: str, row_no: int, cells: dict[str, Cell], sheet: _Sheet) -> ListRow:
        desk = Desk()
        _check_facts(desk, row_no, sheet)
        number = self._number(desk, cells.get("id_number"))
        home = self._home(cells.get("township", ""), cells.get("village", ""))
        if number:
            self._note_repeated(desk, number, row_no, sheet)
        self._count(desk.problems)
        taken = not desk.problems
        return ListRow(
            sheet=name,
            row_no=row_no,
            id_number=number,
            name=self._name(cells.get("name", ""), taken),
            township_id=home.township_id,
            village_id=home.village_id,
            written_place=home.written,
            event_date=self._date(cells.get("event_date", ""), taken),
            problems=tuple(desk.problems),
        )

    def _number(self, desk: Desk, cell: Cell) -> str:
        if is_blank(cell):
            desk.problem("id_number", "missing", "（空）", "必填，没有填", "请填写身份证号")
            return ""
        person = fields.read_id_number(desk, "id_number", cell, today=self.today)
        return as_18(person.value) if person else ""

    def _note_repeated(self, desk: Desk, number: str, row_no: int, sheet: _Sheet) -> None:
        before = self.seen.first(number, name="", place=sheet.place, row_no=row_no)
        if before is not None:
            where = "" if before.place == self.seen.places[sheet.place] else before.place
            message = f"与{where}第 {before.row_no} 行是同一人"
            desk.problem("id_number", "duplicate", mask_id(number), message, "只采用了前面那一行")

    def _name(self, cell: Cell, taken: bool) -> str:
        desk = Desk()
        name = fields.read_name(desk, "name", cell) if cell else ""
        self.report.names_unread += bool(desk.problems) and taken
        return name[:_MAX_NAME]

    def _date(self, cell: Cell, taken: bool) -> date | None:
        text = as_text(cell).strip()
        if not text:
            return None
        try:
            return parse_date(text)
        except DateError:
            self.report.dates_unread += taken
            return None

    def _home(self, township: Cell, village: Cell) -> _Home:
        """Places by their names; those that nobody knows are kept as they were written."""
        known = self._homes.get((township, village))
        if known is not None:
            return known
        names = [_clean(township), _clean(village)]
        town = self.regions.township(names[0]) if names[0] else None
        home = self.regions.village_and_group(town, names[1])[0] if town and names[1] else None
        found = _Home(town.id if town else None, home.id if home else None, " ".join(filter(None, names))[:_MAX_PLACE])
        if len(self._homes) < _MAX_KNOWN:
            self._homes[township, village] = found
        return found

    def _count(self, problems: Sequence[RowProblem]) -> None:
        kinds = {problem.kind for problem in problems}
        self.report.rows += 1
        self.report.by_kind.update(kinds)
        if not kinds:
            self.report.taken += 1
        elif kinds == {"duplicate"}:
            self.report.repeated += 1
        else:
            self.report.refused += 1


def _check_facts(desk: Desk, row_no: int, sheet: _Sheet) -> None:
    if sheet.facts is None:
        return
    if row_no in sheet.facts.hidden_rows:
        desk.problem("", "hidden_row", "", "是隐藏的行", "请取消隐藏或清除筛选，核对后再上传")
    if sheet.facts.is_formula(row_no, sheet.header.positions["id_number"]):
        mend = "请复制该列，用“选择性粘贴 → 数值”贴回原处"
        desk.problem("id_number", "formula", "（公式）", "是公式，不是填写的内容", mend)


def _clean(cell: Cell) -> str:
    """Text without what can't be seen; never a reason to refuse a row."""
    return fields.without_numbers(fields.without_unseen(fold(as_text(cell))))
