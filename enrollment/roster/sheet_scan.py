"""Rows, hidden rows, formulas and outermost cells of one worksheet, from its XML as a stream of bytes.

An XML parser takes seconds over 107,000 rows; cutting at row tags and searching within takes a fraction.
Other prefixes of the worksheet's namespace and either kind of quotes are understood.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from enrollment.roster.cells import column_position
from enrollment.roster.facts import MAX_COLUMNS, MAX_ROWS, SheetFacts
from enrollment.roster.merges import Behind
from enrollment.roster.package import Package
from enrollment.roster.refusal import RosterRefused, broken_structure, refused

MAX_ROW_BYTES = 8 * 2**20
MAX_CELLS = 8_000_000  # the parser keeps each of them: forty bytes and its text

_SAMPLE = 65_536

_TABLE = b"sheetData"
# under any prefix, as the parser takes it
_TABLE_ENDS = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData(?:\s[^<>]*)?/>")
_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>/]")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_PLAIN_ROW_NUMBER = re.compile(rb' r="(\d{1,9})"')
_TAG_REST = re.compile(rb"""(?:[^<>"']|"[^"]*"|'[^']*')*""")  # a > within quotes does not end a tag
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_ERROR_CELL = re.compile(rb"""\st\s*=\s*["']e["']""")
# References past column GR, the 200th. The first pattern is several times faster and fits what programs
# write; what neither sees costs the reading child memory, and the child has a limit.
_FAR = re.compile(rb' r="(?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d')
_FAR_ODDLY_WRITTEN = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")


@dataclass(slots=True)
class _Tags:
    """Byte patterns of a sheet's elements under its namespace prefix."""

    row: bytes
    row_end: bytes
    has_value: tuple[bytes, ...]
    formula: bytes
    cell_end: bytes
    cell: re.Pattern[bytes]
    cell_or_formula: re.Pattern[bytes]
    foreign: re.Pattern[bytes]

    @classmethod
    def of(cls, prefix: bytes) -> "_Tags":
        safe = re.escape(prefix)
        return cls(
            row=b"<" + prefix + b"row",
            row_end=b"</" + prefix + b"row>",
            has_value=(b"<" + prefix + b"v", b"<" + prefix + b"is"),
            formula=b"<" + prefix + b"f",
            cell_end=b"</" + prefix + b"c>",
            cell=re.compile(rb"<" + safe + rb"c\b([^>]*)>\s*<" + safe + rb"(?:f|v|is)\b"),
            cell_or_formula=re.compile(rb"<" + safe + rb"c\b([^>]*)>|<" + safe + rb"(f)\b"),
            foreign=re.compile(
                (rb"<(?!" + safe + rb")(?:[\w.-]+:)?" if prefix else rb"<[\w.-]+:") + rb"(?:row|c|f|v|is)[\s/>]"
            ),
        )


class _Rare(NamedTuple):
    """What occurs somewhere in a batch of rows."""

    hidden: bool
    formula: bool
    error: bool
    far: bool


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    cells: int = 0
    row_no: int = 0
    last_row: int = 0
    hidden: set[int] = field(default_factory=set)
    formulas: dict[int, int] = field(default_factory=dict)


def scan_sheet(package: Package, part: str, *, name: str, visible: bool) -> SheetFacts:
    """The sheet's facts; raises RosterRefused when it holds more than a roster may."""
    tally, behind = _Tally(), Behind(name)
    for tags, rows, text in _batches(package, part, behind):
        _note_batch(tally, tags, rows, text, name)
    return SheetFacts(
        name=name,
        visible=visible,
        rows=tally.rows,
        last_row=tally.last_row,
        hidden_rows=frozenset(tally.hidden),
        formulas=tally.formulas,
        size=package.inflated[part],
        merged=behind.down(tally.last_row),
        across=behind.across(),
    )


def _batches(package: Package, part: str, behind: Behind) -> Iterator[tuple[_Tags, list[bytes], bytes]]:
    """Whole rows (what follows each row tag, up to the next one) and the text that they were cut from."""
    tags: _Tags | None = None
    rest = b""
    blocks = package.inflate(part)
    for block in blocks:
        rest += block
        tags = tags or _tags_in(rest, part)
        if tags is None:
            continue
        before, *rows = rest.split(tags.row)
        if _may_end(tags, before, rows) and (end := _end_of_rows(rest)) >= 0:
            rows = rest[:end].split(tags.row)[1:]
            _refuse_vast(rows[-1:], part)
            yield tags, rows, rest[:end]
            _read_behind(behind, rest[end:], blocks)
            return
        if rows:
            yield tags, rows[:-1], rest
        rest = tags.row + rows[-1] if rows else before[-64:]
        _refuse_vast([rest], part)
    if tags is None:
        raise RosterRefused(broken_structure(part))
    if rest.startswith(tags.row):
        yield tags, [rest[len(tags.row) :]], rest


def _refuse_vast(rows: list[bytes], part: str) -> None:
    if any(len(row) > MAX_ROW_BYTES for row in rows):
        raise RosterRefused(broken_structure(f"{part} 里有一行大得不正常"))


def _may_end(tags: _Tags, before: bytes, rows: list[bytes]) -> bool:
    """Whether something else than a row stands before, between or behind rows: looking through all of them would take
    a twentieth of the whole scan."""
    odd = [row for row in rows if not row.endswith(tags.row_end)]
    return any(_TABLE in piece for piece in (before, *odd, *rows[-1:]))


def _end_of_rows(text: bytes) -> int:
    """Behind the first table, which is all that the parser reads; -1 where it goes on."""
    at = text.find(_TABLE)
    while at >= 0:
        if found := _TABLE_ENDS.match(text, max(text.rfind(b"<", 0, at), 0)):
            return found.end()
        at = text.find(_TABLE, at + 1)
    return -1


def _read_behind(behind: Behind, start: bytes, blocks: Iterator[bytes]) -> None:
    behind.take(start)
    for block in blocks:
        behind.take(block)
    behind.end()


def _tags_in(start: bytes, part: str) -> _Tags | None:
    """The tags once the root element has been seen; it must come early."""
    if root := _ROOT.search(start):
        return _Tags.of(root.group(1) + b":" if root.group(1) else b"")
    if len(start) > 65_536:
        raise RosterRefused(broken_structure(part))
    return None


def _note_batch(tally: _Tally, tags: _Tags, rows: list[bytes], text: bytes, sheet: str) -> None:
    """Rows as programs write them all at once, else one by one; rare things are looked for where they occur."""
    _refuse_another_prefix(tags, text, sheet)
    _count_cells(tally, tags, text, sheet)
    coded = b"#" in text  # an error's value, or a character in code; one byte is looked for ten times as fast as two
    rare = _Rare(b"hidden" in text, tags.formula in text, coded, False)
    if coded or b"'" in text or not _note_plain(tally, tags, rows, sheet, rare):
        _note_rows(tally, tags, rows, text, sheet, rare)


def _note_plain(tally: _Tally, tags: _Tags, rows: list[bytes], sheet: str, rare: _Rare) -> bool:
    """False, and nothing noted, where a row is not as programs write it."""
    usual, other = sorted(tags.has_value, key=rows[0].count, reverse=True) if rows else tags.has_value
    filled = [row for row in rows if usual in row or other in row or tags.formula in row]
    found = list(map(_PLAIN_ROW_NUMBER.match, filled))
    after = _PLAIN_ROW_NUMBER.match(rows[-1]) if rows else None
    if None in found or (rows and after is None) or any(map(_ends_far, filled)):
        return False
    numbers = [int(one.group(1)) for one in found if one is not None]
    if any(number >= following for number, following in pairwise([tally.last_row, *numbers])):
        return False
    tally.rows += len(numbers)
    tally.last_row = max([tally.last_row, *numbers])
    if tally.last_row > MAX_ROWS:
        raise _too_long(sheet, next(number for number in numbers if number > MAX_ROWS))
    if rare.hidden or rare.formula:
        for number, row in zip(numbers, filled, strict=True):
            if tags.formula in row or b"hidden" in row:
                tally.row_no = number
                _note_rare(tally, tags, row, sheet, rare)
    if after is not None:
        tally.row_no = int(after.group(1))
    return True


def _ends_far(row: bytes) -> bool:
    """Whether the last of its cells is past the 200th column; programs write cells in their order."""
    return _FAR.match(row, row.rfind(b' r="')) is not None


def _note_rows(tally: _Tally, tags: _Tags, rows: list[bytes], text: bytes, sheet: str, rare: _Rare) -> None:
    rare = rare._replace(far=_has_far_reference(text))
    any_rare = any(rare)
    if rare.error:
        _refuse_coded_tags(text, sheet)
    value, inline = tags.has_value
    for row in rows:
        plain = _PLAIN_ROW_NUMBER.match(row)
        if plain is None and not _is_row(row):
            continue
        tally.row_no = int(plain.group(1)) if plain else _row_number(row, tally.row_no)
        if value in row or inline in row or tags.formula in row:
            _count_row(tally, sheet)
            if any_rare:
                _note_rare(tally, tags, row, sheet, rare)


def _refuse_another_prefix(tags: _Tags, text: bytes, sheet: str) -> None:
    """The parser goes by local names, so rows and cells under another prefix would be read and not looked over."""
    if b":" in text and tags.foreign.search(text):
        raise RosterRefused(broken_structure(f"工作表「{sheet}」的写法不常见"))


def _refuse_coded_tags(text: bytes, sheet: str) -> None:
    """Characters in code (&#49;) within a tag would be read and not looked over."""
    at = text.find(b"&#")
    while at >= 0:
        if text.rfind(b"<", 0, at) > text.rfind(b">", 0, at):
            raise RosterRefused(broken_structure(f"工作表「{sheet}」的写法不常见"))
        at = text.find(b"&#", at + 1)


def _count_cells(tally: _Tally, tags: _Tags, text: bytes, sheet: str) -> None:
    """As many as the beginning of each block lets expect: counting all of them takes a tenth of the whole scan."""
    tally.cells += text.count(tags.cell_end, 0, _SAMPLE) * max(len(text), _SAMPLE) // _SAMPLE
    if tally.cells > MAX_CELLS:
        raise refused(
            "too_many_cells",
            f"工作表「{sheet}」有内容的单元格超过 {MAX_CELLS:,} 个。请删除不用的列，分成几个文件上传",
        )


def _has_far_reference(text: bytes) -> bool:
    pattern = _FAR_ODDLY_WRITTEN if b"'" in text else _FAR
    return pattern.search(text) is not None


def _is_row(row: bytes) -> bool:
    """False for <rowBreaks."""
    return row[:1] in (b" ", b">", b"/", b"\t", b"\r", b"\n")


def _row_number(row: bytes, previous: int) -> int:
    number = _ROW_NUMBER.search(_tag_rest(row))
    return int(number.group(1)[:12]) if number else previous + 1


def _tag_rest(row: bytes) -> bytes:
    found = _TAG_REST.match(row)
    return found.group() if found else b""


def _count_row(tally: _Tally, sheet: str) -> None:
    """Rows come in order: the parser would put the later of two rows with one number over the earlier."""
    if tally.row_no <= tally.last_row:
        raise RosterRefused(broken_structure(f"工作表「{sheet}」的行号 {tally.row_no} 重复或次序不对"))
    tally.rows += 1
    tally.last_row = tally.row_no
    if tally.row_no > MAX_ROWS:
        raise _too_long(sheet, tally.row_no)


def _note_rare(tally: _Tally, tags: _Tags, row: bytes, sheet: str, rare: _Rare) -> None:
    if rare.hidden and _HIDDEN.search(_tag_rest(row)):
        tally.hidden.add(tally.row_no)
        _refuse_other_numbers(tally, row, sheet)
    if rare.formula and tags.formula in row:
        _note_formulas(tally, tags, row, sheet)
    if rare.error and _ERROR_CELL.search(row):
        _note_errors(tally, tags, row, sheet)
    if rare.far and _has_far_reference(row):
        _refuse_far_values(tags, row, sheet)


def _note_formulas(tally: _Tally, tags: _Tags, row: bytes, sheet: str) -> None:
    """The cell before each formula, whatever stands between the two."""
    attributes = b""
    for found in tags.cell_or_formula.finditer(row):
        if found.group(2) is None:
            attributes = found.group(1)
        else:
            _note_cell(tally, attributes, sheet)


def _note_errors(tally: _Tally, tags: _Tags, row: bytes, sheet: str) -> None:
    """#REF! and its kin are no values, and the parser gives blanks for them."""
    for cell in tags.cell.finditer(row):
        if _ERROR_CELL.search(cell.group(1)):
            _note_cell(tally, cell.group(1), sheet)


def _note_cell(tally: _Tally, attributes: bytes, sheet: str) -> None:
    """One more cell of this row that holds no value of its own."""
    reference = _REFERENCE.search(attributes)
    if reference is None:
        raise RosterRefused(broken_structure(f"工作表「{sheet}」第 {tally.row_no} 行的公式没有单元格编号"))
    if int(reference.group(2)[:12]) != tally.row_no:
        raise RosterRefused(broken_structure(f"工作表「{sheet}」第 {tally.row_no} 行的单元格编号不符"))
    bit = 1 << min(column_position(reference.group(1).decode("ascii")), MAX_COLUMNS)
    tally.formulas[tally.row_no] = tally.formulas.get(tally.row_no, 0) | bit


def _refuse_other_numbers(tally: _Tally, row: bytes, sheet: str) -> None:
    """The parser goes by the cells' own numbers, so a hidden row's must be the row's."""
    if any(int(found.group(2)[:12]) != tally.row_no for found in _REFERENCE.finditer(row)):
        raise RosterRefused(broken_structure(f"工作表「{sheet}」第 {tally.row_no} 行的单元格编号不符"))


def _refuse_far_values(tags: _Tags, row: bytes, sheet: str) -> None:
    """Formats may reach any column, values may not: each column up to there costs the parser memory."""
    for cell in tags.cell.finditer(row):
        reference = _REFERENCE.search(cell.group(1))
        if reference is None:
            continue
        letters, number = (group.decode("ascii") for group in reference.groups())
        if len(letters) > 3 or column_position(letters) >= MAX_COLUMNS:
            raise refused(
                "too_wide",
                f"工作表「{sheet}」的单元格 {letters[:8]}{number} 有内容，超过 {MAX_COLUMNS} 列上限。"
                "请删除名册右边多余的列，保存后再上传",
            )


def _too_long(sheet: str, row_no: int) -> RosterRefused:
    return refused(
        "too_long",
        f"工作表「{sheet}」第 {row_no} 行还有内容，超过 {MAX_ROWS:,} 行上限。"
        "请删除名册下面多余的内容，分成几个文件上传，或另存为 .csv（CSV UTF-8）",
    )
