"""Where the columns stand in a sheet: the header among its first rows, in one row or over two or three."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from enrollment.roster.cells import Cell, as_text
from enrollment.roster.columns import (
    HEAD,
    IGNORED_TITLES,
    OF_A_ROW,
    ROSTER,
    Column,
    ColumnSet,
    header_text,
    is_somebody_else,
)
from enrollment.roster.facts import CSV_SHEET
from enrollment.roster.refusal import RosterRefused, refused
from office.sheet_writer import column_letter

HEADER_SEARCH_ROWS = 20
_MINIMUM_MATCHES = 2
_MOST_LINES = 3
# of these the first is read, a person's own before their head's, and the others are told as not used; of any other, two
# are one too many
_MAY_COME_TWICE = frozenset({"id_kind", "group", "phone", "bank", "address", "remark", "event_date"})

_CSV_HINT = "CSV 的各列要用半角的逗号、分号或制表符隔开。"

Rows = Sequence[tuple[int, list[Cell]]]
Across = Mapping[int, Mapping[int, int]]
"""By row and column of a cell merged to the right: its last column (facts.py)."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of one sheet stand: key → 0-based position; row_no, the sheet's own, of its last line.

    `titles`: one for each column, as read; `printed`: all rows down to it, which printed pages repeat; `village`: whose
    the whole sheet is, where it has no column for it; `below_groups`: the ID number's title has its person in a
    row above.
    """

    row_no: int
    positions: Mapping[str, int]
    unknown: tuple[str, ...]
    renamed: Mapping[str, str]
    titles: tuple[str, ...]
    printed: frozenset[tuple[str, ...]]
    village: str = ""
    below_groups: bool = False

    def is_again(self, cells: Sequence[Cell], known: ColumnSet = ROSTER) -> bool:
        """Printed rosters carry their title and header on each page."""
        at = self.positions["id_number"]
        return (at < len(cells) and known.key_of(cells[at]) == "id_number") or _line(cells) in self.printed

    def is_last_line(self, cells: Sequence[Cell]) -> bool:
        """Whether the row, a header once more, is the one below its groups."""
        at = self.positions["id_number"]
        return self.below_groups and at < len(cells) and ROSTER.key_of(cells[at]) == "id_number"

    def other_column(self, cells: Sequence[Cell], known: ColumnSet = ROSTER) -> str | None:
        """The first column in whose place a row that is a header itself names another one: a second table begins.

        Under 户主 its 户主姓名 is just 姓名, and what a row above names it leaves blank.
        """
        keys = list(map(known.loose_key_of, cells))
        if not {"name", "id_number"} <= {*keys} or _line(cells) in self.printed:
            return None
        for key, at in self.positions.items():
            title = header_text(_title(cells, at))
            if not title and key in keys:
                return key
            if title and keys[at] not in (key, key.removeprefix("head_")) and title != header_text(self.titles[at]):
                return key
        return None


class _Titles(NamedTuple):
    """Titles that one row or several make, and the last column of those that are merged to the right."""

    cells: Sequence[Cell]
    ends: Mapping[int, int]


class _Candidate(NamedTuple):
    """Titles, and how many columns they name."""

    matches: int
    lines: int
    row_no: int
    titles: Sequence[Cell]
    cut_off: bool  # from groups in the row above that give its columns to others

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """The one that names most columns, in the fewest rows, the highest up."""
        return self.matches >= _MINIMUM_MATCHES and not self.cut_off, self.matches, -self.lines, -self.row_no


def find_header(
    sheet: str,
    rows: Rows,
    *,
    township_needed: bool,
    known: ColumnSet = ROSTER,
    across: Across | None = None,
    excused: Collection[str] = (),
) -> Header | None:
    """The header among the first rows of a sheet; None where nothing looks like one. It may lack those `excused`.

    `across` tells where groups of columns end; where it doesn't, one goes on to the next title.

    Raises RosterRefused when a row looks like a header but lacks a required column or names one twice.
    """
    best = max(_candidates(rows[:HEADER_SEARCH_ROWS], across or {}, known), key=lambda one: one.rank, default=None)
    if best is None or best.matches < _MINIMUM_MATCHES:
        return None
    above = [cells for number, cells in rows if number <= best.row_no]
    header = _read_header(sheet, best, above, known)
    if best.cut_off:
        raise _of_others(sheet, best.row_no)
    required = known.required(township_needed=township_needed)
    if missing := [one for one in required if one.key not in header.positions and one.key not in excused]:
        raise column_missing(sheet, header, missing)
    return header


def no_header(sheets: Sequence[str], *, township_needed: bool, known: ColumnSet = ROSTER) -> RosterRefused:
    """The error for a file in which no sheet has a header."""
    where = "、".join(f"「{sheet}」" for sheet in sheets) or "文件"
    wanted = "；".join(_accepted(column) for column in known.required(township_needed=township_needed))
    return refused(
        "no_header",
        f"工作表{where}的前 {HEADER_SEARCH_ROWS} 行里找不到表头。必须有的列和可用的写法：{wanted}。"
        f"{_CSV_HINT if [*sheets] == [CSV_SHEET] else ''}请下载本系统模板，把数据贴到模板里再上传",
    )


def another_header(sheet: str, row_no: int, header: Header, key: str, known: ColumnSet = ROSTER) -> RosterRefused:
    """The error for a sheet with a second table, whose people would be read by the first one's columns."""
    at = header.positions[key]
    return refused(
        "another_header",
        f"工作表「{sheet}」第 {row_no} 行又是一行表头，与第 {header.row_no} 行的不一样"
        f"（{column_letter(at)} 列不再是「{known.titles[key]}」）。"
        "请把这一行起的人移到另一张工作表，连同这行表头；或把各列调成一样的次序，删去这行表头再上传",
    )


def _candidates(rows: Rows, across: Across, known: ColumnSet) -> Iterator[_Candidate]:
    """Each row, and each with one or two rows that stand right above it."""
    lines = [_Titles(cells, across.get(number, {})) for number, cells in rows]
    for last in range(len(rows)):
        for count in range(1, _MOST_LINES + 1):
            first = last - count + 1
            if first < 0 or rows[last][0] - rows[first][0] != count - 1:
                break
            titles = reduce(lambda upper, lower: _joined(upper, lower, known), lines[first : last + 1])
            follows = first > 0 and rows[first][0] - rows[first - 1][0] == 1
            cut_off = follows and _gives_to_others(lines[first - 1], titles, known)
            yield _Candidate(_matches(titles.cells, known), count, rows[last][0], titles.cells, cut_off)


def _gives_to_others(upper: _Titles, titles: _Titles, known: ColumnSet) -> bool:
    """Whether the row above gives a column to somebody else: read without it, a guardian's number were a child's."""
    groups = _groups(upper, titles)
    return any(
        known.turns(group, _title(titles.cells, at), wide=groups.count((group, is_exact)) > 1)
        for at, (group, is_exact) in enumerate(groups)
        if group
    )


def _joined(upper: _Titles, lower: _Titles, known: ColumnSet) -> _Titles:
    """Titles out of two rows: a group's title stands in the first of its columns, a merged one in the upper row."""
    groups = _groups(upper, lower)
    titles: list[Cell] = []
    for at, (group, _) in enumerate(groups):
        over, under = _title(upper.cells, at), _title(lower.cells, at)
        titles.append(known.under(group, under) if under and group else under or over)
    for at in _of_the_row(groups, titles, lower, known):
        titles[at] = _title(lower.cells, at)
    ends = {at: end for at, end in upper.ends.items() if not _title(lower.cells, at)}
    return _Titles(titles, ends | dict(lower.ends))


def _groups(upper: _Titles, lower: _Titles) -> list[tuple[str, bool]]:
    """For each column the title of the group that it is in, if any, and whether the file tells where that ends."""
    groups: list[tuple[str, bool]] = []
    group, end = "", None
    for at in range(max(len(upper.cells), len(lower.cells))):
        if over := _title(upper.cells, at):
            end = upper.ends.get(at)
            group = over if end is not None or _title(lower.cells, at) else ""
        elif end is not None and at > end:
            group, end = "", None
        groups.append((group, end is not None))
    return groups


def _of_the_row(
    groups: Sequence[tuple[str, bool]], titles: Sequence[Cell], lower: _Titles, known: ColumnSet
) -> Iterator[int]:
    """Places and households behind somebody else's columns, where no other column names them: 村 behind 监护人."""
    named = {known.loose_key_of(title) for title in titles}
    swallowed = {
        at: key
        for at, (group, is_exact) in enumerate(groups)
        if group and not is_exact and is_somebody_else(group)
        and (key := known.key_of(_title(lower.cells, at))) in OF_A_ROW - named
    }  # fmt: skip
    times = Counter(swallowed.values())
    yield from (at for at, key in swallowed.items() if times[key] == 1)


def _title(cells: Sequence[Cell], at: int) -> str:
    return as_text(cells[at]).strip() if at < len(cells) else ""


def _matches(cells: Sequence[Cell], known: ColumnSet) -> int:
    """How many columns the row names; none unless a person is among them, since 户主 is also a relation."""
    keys = {known.loose_key_of(cell) for cell in cells} - {None}
    return len(keys) if keys & {"name", "id_number"} else 0


def _read_header(sheet: str, found: _Candidate, above: Sequence[Sequence[Cell]], known: ColumnSet) -> Header:
    positions = _positions(sheet, found, known)
    titles = tuple(as_text(cell).strip() for cell in found.titles)
    used = set(positions.values())
    return Header(
        row_no=found.row_no,
        positions=positions,
        unknown=tuple(
            title
            for at, title in enumerate(titles)
            if at not in used and header_text(title) and header_text(title) not in IGNORED_TITLES
        ),
        renamed={key: titles[at] for key, at in positions.items() if header_text(titles[at]) != known.titles[key]},
        titles=titles,
        printed=frozenset(filter(None, map(_line, above))),
        below_groups=found.lines > 1 and known.key_of(_title(above[-1], positions.get("id_number", 0))) == "id_number",
    )


def _positions(sheet: str, found: _Candidate, known: ColumnSet) -> dict[str, int]:
    """By exact spellings; those with a remark in brackets where there is no other."""
    exact = _positions_by(sheet, found, known, list(map(known.key_of, found.titles)))
    others = [None if key in exact else key for key in map(known.loose_key_of, found.titles)]
    both = exact | _positions_by(sheet, found, known, others)
    return dict(sorted(both.items(), key=lambda one: one[1]))


def _positions_by(sheet: str, found: _Candidate, known: ColumnSet, keys: Sequence[str | None]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for position, key in enumerate(keys):
        if key is None:
            continue
        if key in positions and key in _MAY_COME_TWICE:
            if _of_the_head(found.titles[positions[key]]) and not _of_the_head(found.titles[position]):
                positions[key] = position
            continue
        if key in positions:
            raise _twice(sheet, found.row_no, known.titles[key], positions[key], position)
        positions[key] = position
    return positions


def _of_the_head(title: Cell) -> bool:
    return header_text(title).startswith(HEAD)


def _line(cells: Sequence[Cell]) -> tuple[str, ...]:
    """What is written in a row, to know it again."""
    return tuple(text for text in map(header_text, cells) if text)


def _twice(sheet: str, row_no: int, title: str, first: int, second: int) -> RosterRefused:
    return refused(
        "column_twice",
        f"工作表「{sheet}」第 {row_no} 行表头里「{title}」出现两次"
        f"（{column_letter(first)} 列和 {column_letter(second)} 列）。请删去其中一列，或改成别的列名；"
        "一页左右排了两栏人的，请上下接成一栏",
    )


def _of_others(sheet: str, row_no: int) -> RosterRefused:
    return refused(
        "column_missing",
        f"工作表「{sheet}」第 {row_no} 行表头的姓名、身份证号都归在别人（如监护人、投保人、配偶）名下，"
        "没有参保人本人的。请补上参保人的列，或下载本系统模板重新填写；这张工作表不是名册的，请删去后再上传",
    )


def column_missing(sheet: str, header: Header, missing: Sequence[Column], *, or_else: str = "") -> RosterRefused:
    """The error for a header that lacks columns; `or_else` says what would do instead of them."""
    lacks = "、".join(f"「{column.title}」" for column in missing)
    spellings = "；".join(_accepted(column) for column in missing)
    return refused(
        "column_missing",
        f"工作表「{sheet}」第 {header.row_no} 行表头缺少{lacks}。可用的写法：{spellings}。"
        f"请补上这些列，{or_else}或下载本系统模板重新填写；这张工作表不是名册的，请删去后再上传",
    )


def _accepted(column: Column) -> str:
    return f"{column.title}（也可写 {'、'.join(column.aliases[:5])}）" if column.aliases else column.title
