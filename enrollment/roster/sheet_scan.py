"""Rows, hidden rows, formulas and outermost cells of one worksheet, from its XML as a stream of bytes.

An XML parser takes seconds over 107,000 rows; cutting at row tags and searching within takes a fraction.
Other prefixes of the worksheet's namespace and either kind of quotes are understood.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from enrollment.roster.cells import column_position
from enrollment.roster.facts import MAX_COLUMNS, MAX_ROWS, SheetFacts
from enrollment.roster.package import Package
from enrollment.roster.refusal import RosterRefused, broken_structure, refused

MAX_ROW_BYTES = 8 * 2**20

_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>]")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["'](\d+)["']""")
_PLAIN_ROW_NUMBER = re.compile(rb' r="(\d{1,9})"')
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
# References past column GR, the 200th. The first pattern is several times faster and fits what programs
# write; what neither sees costs the reading child memory, and the child has a limit.
_FAR = re.compile(rb' r="(?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d')
_FAR_ODDLY_WRITTEN = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{3,}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z])\d""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")


@dataclass(slots=True)
class _Tags:
    """Byte patterns of a sheet's elements under its namespace prefix."""

    row: bytes
    has_value: tuple[bytes, ...]
    formula: bytes
    cell: re.Pattern[bytes]
    formula_cell: re.Pattern[bytes]

    @classmethod
    def of(cls, prefix: bytes) -> "_Tags":
        safe = re.escape(prefix)
        return cls(
            row=b"<" + prefix + b"row",
            has_value=(b"<" + prefix + b"v", b"<" + prefix + b"is"),
            formula=b"<" + prefix + b"f",
            cell=re.compile(rb"<" + safe + rb"c\b([^>]*)>\s*<" + safe + rb"(?:f|v|is)\b"),
            formula_cell=re.compile(rb"<" + safe + rb"c\b([^>]*)>\s*<" + safe + rb"f\b"),
        )


class _Rare(NamedTuple):
    """What occurs somewhere in a batch of rows."""

    hidden: bool
    formula: bool
    far: bool


@dataclass(slots=True)
class _Tally:
    rows: int = 0
    row_no: int = 0
    last_row: int = 0
    hidden: set[int] = field(default_factory=set)
    formulas: dict[int, int] = field(default_factory=dict)


def scan_sheet(package: Package, part: str, *, name: str, visible: bool) -> SheetFacts:
    """The sheet's facts; raises RosterRefused when it holds more than a roster may."""
    tally = _Tally()
    for tags, rows, text in _batches(package, part):
        _note_batch(tally, tags, rows, text, name)
    return SheetFacts(
        name=name,
        visible=visible,
        rows=tally.rows,
        last_row=tally.last_row,
        hidden_rows=frozenset(tally.hidden),
        formulas=tally.formulas,
        size=package.inflated[part],
    )


def _batches(package: Package, part: str) -> Iterator[tuple[_Tags, list[bytes], bytes]]:
    """Whole rows (what follows each row tag, up to the next one) and the text that they were cut from."""
    tags: _Tags | None = None
    rest = b""
    for block in package.inflate(part):
        rest += block
        tags = tags or _tags_in(rest, part)
        if tags is None:
            continue
        before, *rows = rest.split(tags.row)
        if rows:
            yield tags, rows[:-1], rest
        rest = tags.row + rows[-1] if rows else before[-64:]
        if len(rest) > MAX_ROW_BYTES:
            raise RosterRefused(broken_structure(f"{part} 里有一行大得不正常"))
    if tags and rest.startswith(tags.row):
        yield tags, [rest[len(tags.row) :]], rest


def _tags_in(start: bytes, part: str) -> _Tags | None:
    """The tags once the root element has been seen; it must come early."""
    if root := _ROOT.search(start):
        return _Tags.of(root.group(1) + b":" if root.group(1) else b"")
    if len(start) > 65_536:
        raise RosterRefused(broken_structure(part))
    return None


def _note_batch(tally: _Tally, tags: _Tags, rows: list[bytes], text: bytes, sheet: str) -> None:
    """Rows as programs write them all at once, else one by one; rare things are looked for where they occur."""
    rare = _Rare(b"hidden" in text, tags.formula in text, False)
    if b"'" in text or not _note_plain(tally, tags, rows, sheet, rare):
        _note_rows(tally, tags, rows, text, sheet)


def _note_plain(tally: _Tally, tags: _Tags, rows: list[bytes], sheet: str, rare: _Rare) -> bool:
    """False, and nothing noted, where a row is not as programs write it."""
    value, inline = tags.has_value
    filled = [row for row in rows if value in row or inline in row or tags.formula in row]
    found = list(map(_PLAIN_ROW_NUMBER.match, filled))
    after = _PLAIN_ROW_NUMBER.match(rows[-1]) if rows else None
    if None in found or (rows and after is None) or any(map(_ends_far, filled)):
        return False
    numbers = [int(one.group(1)) for one in found if one is not None]
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


def _note_rows(tally: _Tally, tags: _Tags, rows: list[bytes], text: bytes, sheet: str) -> None:
    rare = _Rare(b"hidden" in text, tags.formula in text, _has_far_reference(text))
    any_rare = any(rare)
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


def _has_far_reference(text: bytes) -> bool:
    pattern = _FAR_ODDLY_WRITTEN if b"'" in text else _FAR
    return pattern.search(text) is not None


def _is_row(row: bytes) -> bool:
    """False for <rowBreaks."""
    return row[:1] in (b" ", b">", b"/", b"\t", b"\r", b"\n")


def _row_number(row: bytes, previous: int) -> int:
    number = _ROW_NUMBER.search(row[: row.find(b">")])
    return int(number.group(1)[:12]) if number else previous + 1


def _count_row(tally: _Tally, sheet: str) -> None:
    tally.rows += 1
    if tally.row_no > tally.last_row:
        tally.last_row = tally.row_no
        if tally.row_no > MAX_ROWS:
            raise _too_long(sheet, tally.row_no)


def _note_rare(tally: _Tally, tags: _Tags, row: bytes, sheet: str, rare: _Rare) -> None:
    if rare.hidden and _HIDDEN.search(row[: row.find(b">")]):
        tally.hidden.add(tally.row_no)
    if rare.formula and tags.formula in row:
        _note_formulas(tally, tags, row, sheet)
    if rare.far and _has_far_reference(row):
        _refuse_far_values(tags, row, sheet)


def _note_formulas(tally: _Tally, tags: _Tags, row: bytes, sheet: str) -> None:
    bits = 0
    for cell in tags.formula_cell.finditer(row):
        reference = _REFERENCE.search(cell.group(1))
        if reference is None:
            raise RosterRefused(broken_structure(f"工作表「{sheet}」第 {tally.row_no} 行的公式没有单元格编号"))
        bits |= 1 << min(column_position(reference.group(1).decode("ascii")), MAX_COLUMNS)
    if bits:
        tally.formulas[tally.row_no] = bits


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
