"""Check a roster's rows: all mistakes of all rows, each with what, where and how to mend."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from operator import attrgetter, itemgetter

from calc.id_number import IdNumber, mask_id
from enrollment.roster import fields
from enrollment.roster.carried import HouseholdAbove, Merged, is_ditto, without_dittos
from enrollment.roster.cells import Cell, as_text, is_blank
from enrollment.roster.closing import is_blank_row, is_closing_row
from enrollment.roster.columns import KEYS, ROW_TITLE
from enrollment.roster.facts import Looked, SheetFacts
from enrollment.roster.fields import Desk
from enrollment.roster.headers import Header, another_header, find_header, no_header
from enrollment.roster.id_table import IdTable
from enrollment.roster.lane import Lane
from enrollment.roster.lost_digits import LostDigits
from enrollment.roster.named_once import VillagesByName, goes_on_elsewhere, other_village
from enrollment.roster.people import SeenPeople
from enrollment.roster.places import PlaceReader
from enrollment.roster.problems import CheckedRow, RosterValues, RowProblem, RowState
from enrollment.roster.reading import RowChunk
from enrollment.roster.refusal import RosterRefused, broken_structure, refused
from enrollment.roster.regions import RegionIndex, Township
from enrollment.roster.same_account import Run, SameAccount
from enrollment.roster.wrong_rows import WrongRows

_NAME_AT, _ID_AT = KEYS.index("name"), KEYS.index("id_number")
_ACCOUNT = attrgetter("bank_account")
_TOLD_BY_NUMBER = frozenset({"sex", "birth_date"})
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
    closing_rows: list[tuple[str, int]] = field(default_factory=list)
    same_accounts: list[Run] = field(default_factory=list)
    cut_rows: list[tuple[str, int]] = field(default_factory=list)  # good rows, of which something is kept nowhere


def check_rows(
    chunks: Iterable[RowChunk],
    *,
    facts: Looked,
    regions: RegionIndex,
    today: date,
    fixed_township: Township | None = None,
    seen: SeenPeople | None = None,
    file: str = "",
    file_name: str = "",
    report: CheckReport | None = None,
    wrong: WrongRows | None = None,
) -> Iterator[CheckedRow]:
    """Every row that is not blank, as it comes; files of one upload share `seen`, and `file` names this one.

    `file_name` may tell the village of a sheet that has no column for it. The cells of wrong rows are put into `wrong`.
    Raises RosterRefused when no sheet has a header, one lacks a column, or rows are not those looked over.
    """
    report = report if report is not None else CheckReport()
    before = report.rows
    report.hidden_sheets = [sheet.name for sheet in facts.sheets if not sheet.visible]
    places = PlaceReader(regions, fixed_township)
    villages = VillagesByName(regions, fixed_township) if fixed_township else None
    check = _FileCheck(facts, places, IdTable(today), seen or SeenPeople(), file, file_name, villages, report, wrong)
    sheet: _SheetCheck | None = None
    current = None
    read: list[_SheetCheck] = []
    for chunk in chunks:
        if chunk.sheet != current:
            current = chunk.sheet
            sheet = check.sheet(chunk)
            read += [sheet] if sheet else []
        if sheet is not None:
            yield from sheet.rows(chunk)
    if not report.headers:
        raise no_header(report.skipped_sheets, township_needed=places.township_needed)
    for one in read:
        one.finish()
    if report.rows == before:
        raise refused("nobody", "名册里只有表头，下面没有人。请填好名册，保存后再上传")


@dataclass(frozen=True, slots=True)
class _FileCheck:
    """What the sheets of one file share."""

    facts: Looked
    places: PlaceReader
    ids: IdTable
    seen: SeenPeople
    file: str
    file_name: str
    villages: VillagesByName | None  # of the one township that the upload is for
    report: CheckReport
    wrong: WrongRows | None

    def sheet(self, chunk: RowChunk) -> "_SheetCheck | None":
        """A check of the sheet by its header; None, and noted, where it has none (a page of instructions)."""
        head = list(zip(chunk.numbers, chunk.rows, strict=True))
        facts = _facts_of(self.facts, chunk.sheet)
        header = find_header(
            chunk.sheet,
            head,
            township_needed=self.places.township_needed,
            across=facts.across if facts else None,
            excused=("village",) if self.villages else (),
        )
        if header is None:
            self.report.skipped_sheets.append(chunk.sheet)
            return None
        if self.villages and "village" not in header.positions:
            header = replace(header, village=self.villages.of_sheet(chunk.sheet, header, head, self.file_name))
        self.report.headers[chunk.sheet] = header
        if self.wrong is not None:
            self.wrong.titles[chunk.sheet] = list(header.titles)
        place = self.seen.add_place("".join(f"「{part}」" for part in (self.file, chunk.sheet) if part))
        return _SheetCheck(
            header=header,
            facts=facts,
            lane=Lane(header.positions, self.places, self.ids, header.village),
            villages=self.villages if header.village else None,
            digits=LostDigits(chunk.sheet),
            accounts=SameAccount(chunk.sheet, self.report.same_accounts),
            seen=self.seen,
            place=place,
            report=self.report,
            wrong=self.wrong,
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
    lane: Lane
    villages: VillagesByName | None  # where the sheet names its own once
    digits: LostDigits
    accounts: SameAccount
    seen: SeenPeople
    place: int
    report: CheckReport
    wrong: WrongRows | None
    _picker: Callable[[Sequence[Cell]], tuple[Cell, ...]] = field(init=False)
    _width: int = field(init=False)
    _read_columns: int = field(init=False)
    _last_head: str = "-"
    _merged: Merged | None = field(init=False)
    _household: HouseholdAbove | None = field(init=False)
    _above: Sequence[Cell] = ()
    _again_at: int = 0  # the last row that was the header once more

    def __post_init__(self) -> None:
        """Columns that the sheet lacks are read from a blank cell put behind each row."""
        positions = self.header.positions
        self._width = max(positions.values()) + 1
        self._picker = itemgetter(*(positions.get(key, -1) for key in KEYS))
        self._read_columns = sum(1 << at for key, at in positions.items() if key not in _TOLD_BY_NUMBER)
        self._merged = Merged.of(self.facts.merged, positions) if self.facts and self.facts.merged else None
        alone = ROW_TITLE in self.header.titles  # rows out of another sheet, where others stood above them
        self._household = None if alone else HouseholdAbove.of(positions)

    def rows(self, chunk: RowChunk) -> Iterator[CheckedRow]:
        if self.facts is not None and chunk.numbers[-1] > self.facts.last_row:
            raise RosterRefused(broken_structure(f"工作表「{chunk.sheet}」前后不一致"))
        numbers, rows = self._below_header(chunk)
        if self._merged is not None:
            self._merged.fill(numbers, rows)
        values, odd = self.lane.read(rows) if rows else ([], set())
        self.digits.look(numbers, rows, self.header.positions)
        self.accounts.look(numbers, map(_ACCOUNT, values))
        if self.villages is not None:
            self._demand_groups_of_it(chunk.sheet, numbers, values)
        odd.update(self._suspects(numbers, rows))
        valid, home = 0, self._household
        for at, row_no in enumerate(numbers):
            row = None
            if at not in odd:
                row = self._plain(chunk.sheet, row_no, values[at])
                valid += row is not None
            row = row or self._check(chunk.sheet, row_no, rows[at])
            if row is not None:
                self._above = rows[at]
                row = row if home is None else self._at_home(row, home)
                self._keep(row, rows[at])
                yield row
        self.report.rows += valid
        self.report.valid += valid

    def _demand_groups_of_it(self, sheet: str, numbers: list[int], values: Sequence[RosterValues]) -> None:
        """五土村1组 in a sheet whose title says 铺垭村."""
        assert self.villages is not None
        groups = dict(zip(reversed([one.group for one in values]), reversed(numbers), strict=True))
        for group, row_no in groups.items():
            if others := self.villages.named([group]) - {self.header.village}:
                raise goes_on_elsewhere(sheet, row_no, self.header.village, min(others))

    def finish(self) -> None:
        """What only the sheet as a whole tells."""
        self.accounts.close()
        self.digits.demand_none()

    def _keep(self, row: CheckedRow, cells: list[Cell]) -> None:
        """A wrong row, with the household of the rows above: it comes back without them."""
        if self.wrong is None or row.state == "valid":
            return
        kept = [*cells, *[""] * (self._width - len(cells))]
        for key in ("household_no", "head_id_number"):
            if (at := self.header.positions.get(key)) is not None and is_blank(kept[at]):
                kept[at] = getattr(row.values, key)
        self.wrong.keep(row.sheet, row.row_no, kept)

    def _at_home(self, row: CheckedRow, household: HouseholdAbove) -> CheckedRow:
        values = row.values
        if household.settled and (values.household_no or values.head_id_number):
            return row
        followed = household.follow(values, row.problems)
        return row if followed is values else row._replace(values=followed)

    def _below_header(self, chunk: RowChunk) -> tuple[list[int], list[list[Cell]]]:
        head = self.header.row_no
        if chunk.numbers[0] > head:
            return chunk.numbers, chunk.rows
        start = next((at for at, number in enumerate(chunk.numbers) if number > head), len(chunk.numbers))
        return chunk.numbers[start:], chunk.rows[start:]

    def _suspects(self, numbers: list[int], rows: list[list[Cell]]) -> Iterator[int]:
        """Rows that look well by their cells and are not: hidden, with formulas, or the header once more."""
        if self.facts is not None and (self.facts.hidden_rows or self.facts.formulas):
            hidden, formulas = self.facts.hidden_rows, self.facts.formulas
            for at, number in enumerate(numbers):
                if number in hidden or formulas.get(number, 0) & self._read_columns:
                    yield at

    def _plain(self, sheet: str, row_no: int, values: RosterValues) -> CheckedRow | None:
        """A row without anything to say; None where the person has been seen before."""
        if self.seen.first(values.id_number, name=values.name, place=self.place, row_no=row_no) is not None:
            return None
        return CheckedRow(sheet, row_no, "valid", values, (), ())

    def _check(self, sheet: str, row_no: int, cells: list[Cell]) -> CheckedRow | None:
        """The slow lane; None for rows that hold no person."""
        if any(map(is_ditto, cells)):
            without_dittos(cells, self._above, self.header.positions)
        derived = self._derived(row_no)
        picked = self._pick(cells)
        self._demand_one_village(sheet, row_no, picked, cells)
        if is_blank_row(picked, derived):
            return None
        if not as_text(picked[_ID_AT]).strip()[:1].isdigit() and (other := self.header.other_column(cells)):
            raise another_header(sheet, row_no, self.header, other)
        if self.header.is_again(cells):
            self._pass_over(sheet, row_no, cells)
            return None
        if is_closing_row(cells, picked[_ID_AT], picked[_NAME_AT]):
            self.report.closing_rows.append((sheet, row_no))
            return None
        desk = Desk()
        if self.facts is not None:
            self._check_facts(desk, row_no)
        values = self._values(desk, picked, derived)
        _drop_consequences(desk)
        state = self._state(desk, values, row_no)
        self._count(state, desk.problems)
        if state == "valid" and any(note.left_out for note in desk.notes):
            self.report.cut_rows.append((sheet, row_no))
        return CheckedRow(sheet, row_no, state, values, tuple(desk.problems), tuple(desk.notes))

    def _pass_over(self, sheet: str, row_no: int, cells: Sequence[Cell]) -> None:
        """A header once more: under other groups its last row would be the same, and its columns somebody else's."""
        if self.header.is_last_line(cells) and self._again_at != row_no - 1:
            raise another_header(sheet, row_no, self.header, "name")
        self._again_at = row_no
        self.report.repeated_headers += 1

    def _demand_one_village(self, sheet: str, row_no: int, picked: Sequence[Cell], cells: Sequence[Cell]) -> None:
        own = self.header.village
        if self.villages and (other := other_village(self.villages, own, picked[_ID_AT], picked[_NAME_AT], cells)):
            raise goes_on_elsewhere(sheet, row_no, own, other)

    def _pick(self, cells: list[Cell]) -> tuple[Cell, ...]:
        """The cells in the order of COLUMNS; short rows (of a CSV) are filled up."""
        missing = self._width - len(cells)
        return self._picker([*cells, *[""] * missing, ""] if missing > 0 else [*cells, ""])

    def _check_facts(self, desk: Desk, row_no: int) -> None:
        """Hidden rows and formulas; they do no harm in columns that are not read, or that the ID number tells."""
        assert self.facts is not None
        if row_no in self.facts.hidden_rows:
            desk.problem("", "hidden_row", "", "是隐藏的行", "请取消隐藏或清除筛选，核对后再上传")
        if row_no not in self.facts.formulas:
            return
        for key, at in self.header.positions.items():
            if key not in _TOLD_BY_NUMBER and self.facts.is_formula(row_no, at):
                mend = "请复制该列，用“选择性粘贴 → 数值”贴回原处"
                desk.problem(key, "formula", "（公式）", "是公式或出错的值，不是填写的内容", mend)

    def _derived(self, row_no: int) -> frozenset[str]:
        """Sex and birth date where they are formulas, which work them out of the ID number."""
        if self.facts is None or row_no not in self.facts.formulas:
            return frozenset()
        positions = self.header.positions
        return frozenset(
            key for key in _TOLD_BY_NUMBER & positions.keys() if self.facts.is_formula(row_no, positions[key])
        )

    def _values(self, desk: Desk, picked: tuple[Cell, ...], derived: frozenset[str]) -> RosterValues:
        (name, _, number, sex, born, household, head, head_number, relation,
         township, village, group, phone, bank, account, address, remark) = picked  # fmt: skip
        person = self._person(desk, number)
        own_sex = (
            fields.read_sex(desk, "sex", sex) if sex and not (person and person.sex and "sex" in derived) else None
        )
        own_birth = self._birth(desk, born, person, derived)
        if person is not None:
            _compare(desk, own_sex, person.sex, own_birth, person.birth_date)
        sex_known = (person.sex if person else None) or own_sex
        home = self.lane.places.read(desk, township, village or self.header.village)
        return RosterValues(
            name=self._name(desk, name),
            id_number=person.value if person else "",
            id_kind=person.kind if person else "",
            birth_date=(person.birth_date if person else None) or own_birth,
            sex=sex_known,
            household_no=fields.read_plain(desk, "household_no", household) if household else "",
            head_name=fields.read_name(desk, "head_name", head) if head else "",
            head_id_number=self._head_number(desk, head_number, person) if head_number else "",
            relation=fields.read_relation(desk, "relation", relation, sex_known) if relation else "",
            township_id=home.township_id,
            township_name=home.township_name,
            village_id=home.village_id,
            village_name=home.village_name,
            group=(fields.read_plain(desk, "group", group) if group else "") or home.group,
            phone=fields.read_phone(desk, "phone", phone) if phone else "",
            bank=fields.read_plain(desk, "bank", bank) if bank else "",
            bank_account=fields.read_bank_account(desk, "bank_account", account) if account else "",
            address=fields.read_plain(desk, "address", address) if address else "",
            remark=fields.read_plain(desk, "remark", remark) if remark else "",
        )

    def _birth(self, desk: Desk, cell: Cell, person: IdNumber | None, derived: frozenset[str]) -> date | None:
        """The day that the row gives; None where the ID number's goes for it, or the month alone is given."""
        known = person.birth_date if person else None
        if not cell or (known and "birth_date" in derived):
            return None
        month = fields.read_birth_month(cell)
        if month is None:
            return fields.read_birth_date(desk, "birth_date", cell)
        if known and (known.year != month[0] or known.month not in month[1]):
            _tell_birth(desk, as_text(cell))
        return None

    def _name(self, desk: Desk, cell: Cell) -> str:
        if is_ditto(cell):
            desk.problem("name", "missing", as_text(cell), "写的是“同上”一类的记号，不是姓名", "请填写本人姓名")
            return ""
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
        return fields.read_id_number(desk, "id_number", cell, today=self.lane.ids.today)

    def _head_number(self, desk: Desk, cell: Cell, person: IdNumber | None) -> str:
        """Most heads of household are the person himself, or the head of the row before."""
        if person is not None and cell == person.value:
            return person.value
        if cell == self._last_head:
            return self._last_head
        if is_blank(cell):
            return ""
        head = fields.read_id_number(desk, "head_id_number", cell, today=self.lane.ids.today)
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
        _tell_birth(desk, born.isoformat())


def _drop_consequences(desk: Desk) -> None:
    """A formula that was never worked out leaves its cell blank: told once."""
    formulas = {problem.column for problem in desk.problems if problem.kind == "formula"}
    if formulas:
        desk.problems = [one for one in desk.problems if one.kind != "missing" or one.column not in formulas]


def _tell_birth(desk: Desk, written: str) -> None:
    desk.problem(
        "birth_date",
        "birth_date_mismatch",
        fields.mask_date(written),
        "与身份证号里的出生日期不一致",
        "请对照户口簿核对出生日期和身份证号",
    )
