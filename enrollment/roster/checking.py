"""Check a roster's rows: all mistakes of all rows, each with what, where and how to mend."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from calc.id_number import IdNumber, mask_id
from enrollment.roster import fields
from enrollment.roster.cells import Cell, is_blank
from enrollment.roster.columns import COLUMNS, KEYS, Header, find_header, no_header
from enrollment.roster.facts import Looked, SheetFacts
from enrollment.roster.fields import Desk
from enrollment.roster.people import SeenPeople
from enrollment.roster.places import PlaceReader
from enrollment.roster.problems import CheckedRow, RosterValues, RowProblem, RowState
from enrollment.roster.reading import RowChunk
from enrollment.roster.refusal import RosterRefused, broken_structure, refused
from enrollment.roster.regions import RegionIndex, Township

_SEX_LABELS = {"male": "男", "female": "女"}


@dataclass(slots=True)
class CheckReport:
    """Counts so far (rows = valid + invalid + duplicate), and what to tell beside the rows."""

    rows: int = 0
    valid: int = 0
    invalid: int = 0
    duplicate: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    headers: dict[str, Header] = field(default_factory=dict)
    skipped_sheets: list[str] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    repeated_headers: int = 0


def check_rows(
    chunks: Iterable[RowChunk],
    *,
    facts: Looked,
    regions: RegionIndex,
    today: date,
    fixed_township: Township | None = None,
    seen: SeenPeople | None = None,
    file: str = "",
    report: CheckReport | None = None,
) -> Iterator[CheckedRow]:
    """Every row that is not blank, as it comes; files of one upload share `seen`, and `file` names this one.

    Raises RosterRefused when no sheet has a header, one lacks a column, or rows are not those looked over.
    """
    report = report if report is not None else CheckReport()
    before = report.rows
    report.hidden_sheets = [sheet.name for sheet in facts.sheets if not sheet.visible]
    seen = seen if seen is not None else SeenPeople()
    places = PlaceReader(regions, fixed_township)
    sheet: _SheetCheck | None = None
    current = None
    for chunk in chunks:
        if chunk.sheet != current:
            current = chunk.sheet
            sheet = _start_sheet(chunk, facts=facts, places=places, seen=seen, today=today, file=file, report=report)
        if sheet is not None:
            yield from sheet.rows(chunk)
    if not report.headers:
        raise no_header(report.skipped_sheets, township_needed=places.township_needed)
    if report.rows == before:
        raise refused("nobody", "名册里只有表头，下面没有人。请填好名册，保存后再上传")


def _start_sheet(
    chunk: RowChunk,
    *,
    facts: Looked,
    places: PlaceReader,
    seen: SeenPeople,
    today: date,
    file: str,
    report: CheckReport,
) -> "_SheetCheck | None":
    """A check of the sheet by its header; None, and noted, where it has none (a page of instructions)."""
    head = list(zip(chunk.numbers, chunk.rows, strict=True))
    header = find_header(chunk.sheet, head, township_needed=places.township_needed)
    if header is None:
        report.skipped_sheets.append(chunk.sheet)
        return None
    report.headers[chunk.sheet] = header
    place = seen.add_place("".join(f"「{part}」" for part in (file, chunk.sheet) if part))
    return _SheetCheck(
        header=header,
        facts=_facts_of(facts, chunk.sheet),
        places=places,
        seen=seen,
        place=place,
        today=today,
        report=report,
    )


def _facts_of(facts: Looked, sheet: str) -> SheetFacts | None:
    if facts.kind == "csv":
        return None
    found = facts.sheet(sheet)
    if found is None:
        raise RosterRefused(broken_structure(f"工作表「{sheet}」前后不一致"))
    return found


@dataclass(slots=True)
class _SheetCheck:
    header: Header
    facts: SheetFacts | None
    places: PlaceReader
    seen: SeenPeople
    place: int
    today: date
    report: CheckReport
    _picker: Callable[[Sequence[Cell]], tuple[Cell, ...]] = field(init=False)
    _width: int = field(init=False)
    _last_head: str = "-"

    def __post_init__(self) -> None:
        """Columns that the sheet lacks are read from a blank cell put behind each row."""
        positions = self.header.positions
        self._width = max(positions.values()) + 1
        self._picker = itemgetter(*(positions.get(key, -1) for key in KEYS))

    def rows(self, chunk: RowChunk) -> Iterator[CheckedRow]:
        if self.facts is not None and chunk.numbers[-1] > self.facts.last_row:
            raise RosterRefused(broken_structure(f"工作表「{chunk.sheet}」前后不一致"))
        for row_no, cells in zip(chunk.numbers, chunk.rows, strict=True):
            if row_no <= self.header.row_no:
                continue
            picked = self._pick(cells)
            if _is_blank_row(picked):
                continue
            if self._is_header_again(cells):
                self.report.repeated_headers += 1
                continue
            yield self._check(chunk.sheet, row_no, picked)

    def _pick(self, cells: list[Cell]) -> tuple[Cell, ...]:
        """The cells in the order of COLUMNS; short rows (of a CSV) are filled up."""
        missing = self._width - len(cells)
        return self._picker([*cells, *[""] * missing, ""] if missing > 0 else [*cells, ""])

    def _is_header_again(self, cells: Sequence[Cell]) -> bool:
        """Printed rosters carry their header on each page."""
        at = self.header.positions["name"]
        return at < len(cells) and cells[at] in _NAME_TITLES

    def _check(self, sheet: str, row_no: int, picked: tuple[Cell, ...]) -> CheckedRow:
        desk = Desk()
        if self.facts is not None:
            self._check_facts(desk, row_no)
        values = self._values(desk, picked)
        state = self._state(desk, values, row_no)
        self._count(state, desk.problems)
        return CheckedRow(sheet, row_no, state, values, tuple(desk.problems), tuple(desk.notes))

    def _check_facts(self, desk: Desk, row_no: int) -> None:
        """Hidden rows and formulas; formulas in columns that are not read do no harm."""
        assert self.facts is not None
        if row_no in self.facts.hidden_rows:
            desk.problem("", "hidden_row", "", "是隐藏的行", "请取消隐藏或清除筛选，核对后再上传")
        if row_no not in self.facts.formulas:
            return
        for key, at in self.header.positions.items():
            if self.facts.is_formula(row_no, at):
                mend = "请复制该列，用“选择性粘贴 → 数值”贴回原处"
                desk.problem(key, "formula", "（公式）", "是公式或出错的值，不是填写的内容", mend)

    def _values(self, desk: Desk, picked: tuple[Cell, ...]) -> RosterValues:
        (name, _, number, sex, born, household, head, head_number, relation,
         township, village, group, phone, bank, account, address, remark) = picked  # fmt: skip
        person = self._person(desk, number)
        own_sex = fields.read_sex(desk, "sex", sex) if sex else None
        own_birth = fields.read_birth_date(desk, "birth_date", born) if born else None
        if person is not None:
            _compare(desk, own_sex, person.sex, own_birth, person.birth_date)
        home = self.places.read(desk, township, village)
        return RosterValues(
            name=self._name(desk, name),
            id_number=person.value if person else "",
            id_kind=person.kind if person else "",
            birth_date=(person.birth_date if person else None) or own_birth,
            sex=(person.sex if person else None) or own_sex,
            household_no=fields.read_plain(desk, "household_no", household) if household else "",
            head_name=fields.read_name(desk, "head_name", head) if head else "",
            head_id_number=self._head_number(desk, head_number, person) if head_number else "",
            relation=fields.read_relation(desk, "relation", relation) if relation else "",
            township_id=home.township_id,
            township_name=home.township_name,
            village_id=home.village_id,
            village_name=home.village_name,
            group=fields.read_plain(desk, "group", group) if group else "",
            phone=fields.read_phone(desk, "phone", phone) if phone else "",
            bank=fields.read_plain(desk, "bank", bank) if bank else "",
            bank_account=fields.read_bank_account(desk, "bank_account", account) if account else "",
            address=fields.read_plain(desk, "address", address) if address else "",
            remark=fields.read_plain(desk, "remark", remark) if remark else "",
        )

    def _name(self, desk: Desk, cell: Cell) -> str:
        if isinstance(cell, str) and fields.is_plain_name(cell):
            return cell
        if is_blank(cell):
            desk.problem("name", "missing", "（空）", "必填，没有填", "请填写姓名")
            return ""
        return fields.read_name(desk, "name", cell)

    def _person(self, desk: Desk, cell: Cell) -> IdNumber | None:
        if is_blank(cell):
            desk.problem("id_number", "missing", "（空）", "必填，没有填", "请填写身份证号")
            return None
        return fields.read_id_number(desk, "id_number", cell, today=self.today)

    def _head_number(self, desk: Desk, cell: Cell, person: IdNumber | None) -> str:
        """Most heads of household are the person himself, or the head of the row before."""
        if person is not None and cell == person.value:
            return person.value
        if cell == self._last_head:
            return self._last_head
        if is_blank(cell):
            return ""
        head = fields.read_id_number(desk, "head_id_number", cell, today=self.today)
        if head is None:
            return ""
        self._last_head = head.value
        return head.value

    def _state(self, desk: Desk, values: RosterValues, row_no: int) -> RowState:
        """Duplicates are looked for among all rows with a right number, whatever else is wrong with them."""
        before = (
            self.seen.first(values.id_number, name=values.name, place=self.place, row_no=row_no)
            if values.id_number
            else None
        )
        state: RowState = "invalid" if desk.problems else "valid"
        if before is None:
            return state
        where = f"{self._elsewhere(before.place)}第 {before.row_no} 行"
        masked = mask_id(values.id_number)
        if values.name and not before.same_name:
            mend = "请对照户口簿，改正写错的那一行"
            desk.problem("id_number", "name_conflict", masked, f"与{where}身份证号相同，姓名不同", mend)
            return "invalid"
        desk.problem("id_number", "duplicate", masked, f"与{where}是同一人", "请删去其中一行")
        return "duplicate" if state == "valid" else state

    def _elsewhere(self, place: str) -> str:
        return "" if place == self.seen.places[self.place] else place

    def _count(self, state: RowState, problems: Sequence[RowProblem]) -> None:
        self.report.rows += 1
        if state == "valid":
            self.report.valid += 1
            return
        if state == "invalid":
            self.report.invalid += 1
        else:
            self.report.duplicate += 1
        self.report.by_kind.update(problem.kind for problem in problems)


def _compare(desk: Desk, sex: str | None, id_sex: str | None, born: date | None, id_born: date | None) -> None:
    """What the row says against what its ID number says."""
    if sex and id_sex and sex != id_sex:
        desk.problem(
            "sex",
            "sex_mismatch",
            _SEX_LABELS[sex],
            "与身份证号里的性别不一致",
            "请对照户口簿核对性别和身份证号",
        )
    if born and id_born and born != id_born:
        shown = fields.mask_date(born.isoformat())
        desk.problem(
            "birth_date",
            "birth_date_mismatch",
            shown,
            "与身份证号里的出生日期不一致",
            "请对照户口簿核对出生日期和身份证号",
        )


def _is_blank_row(picked: Sequence[Cell]) -> bool:
    """Nothing in any column that is read; a running number alone does not make a row."""
    return is_blank(picked[0]) and all(map(is_blank, picked))


_NAME_TITLES = frozenset(
    spelling for column in COLUMNS if column.key == "name" for spelling in (column.title, *column.aliases)
)
