"""Workbooks written row by row as XML: faster than openpyxl, and text is never a formula."""

import re
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Self, TypeAlias
from xml.sax.saxutils import escape

from enrollment.roster.cells import column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FLUSH_ROWS = 500
BAD_COLOUR = "FFFDE2E2"
_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value that a spreadsheet program stored for it."""

    text: str
    cached: str


OutCell: TypeAlias = str | int | Decimal | Formula | None


class BookWriter:
    """Context manager over a new .xlsx; `begin` opens the next of its sheets, `row` appends one row to it."""

    def __init__(self, target: Path | BinaryIO, *, sheets: Sequence[str]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._sheets = sheet_names(sheets)
        self._stream: IO[bytes] | None = None
        self._waiting: list[str] = []
        self._letters: list[str] = []
        self._begun = 0
        self.row_no = 0

    def __enter__(self) -> Self:
        for name, text in _fixed_parts(self._sheets).items():
            self._zip.writestr(_member(name), _HEAD + text)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while kind is None and self._begun < len(self._sheets):
            self.begin()
        self._end_sheet()
        self._zip.close()

    def begin(self, *, frozen: bool = False) -> None:
        """The next sheet; frozen: its first row stays in sight."""
        self._end_sheet()
        self._begun += 1
        self.row_no = 0
        self._stream = self._zip.open(_member(f"xl/worksheets/sheet{self._begun}.xml"), "w", force_zip64=True)
        self._waiting.append(f'{_HEAD}<worksheet xmlns="{_MAIN}">{_FROZEN if frozen else ""}<sheetData>')

    def _end_sheet(self) -> None:
        if self._stream is not None:
            self._waiting.append("</sheetData></worksheet>")
            self._flush()
            self._stream.close()
            self._stream = None

    def row(self, cells: Sequence[OutCell], *, hidden: bool = False, bad: Collection[int] = ()) -> int:
        """The row's number; the cells at `bad` are filled with red."""
        self.row_no += 1
        while len(self._letters) < len(cells):
            self._letters.append(column_letter(len(self._letters)))
        written = "".join(
            self._cell(letters, cell, "2" if at in bad else "1")
            for at, (letters, cell) in enumerate(zip(self._letters, cells, strict=False))
            if (cell is not None and cell != "") or at in bad
        )
        mark = ' hidden="1"' if hidden else ""
        self._waiting.append(f'<row r="{self.row_no}"{mark}>{written}</row>')
        if len(self._waiting) >= _FLUSH_ROWS:
            self._flush()
        return self.row_no

    def _cell(self, letters: str, cell: OutCell, style: str) -> str:
        place = f'<c r="{letters}{self.row_no}"'
        if isinstance(cell, str):
            text = escape(_ILLEGAL.sub("□", cell))
            return f'{place} s="{style}" t="inlineStr"><is><t{_keeping(cell)}>{text}</t></is></c>'
        if isinstance(cell, Formula):
            return f'{place} t="str"><f>{escape(cell.text)}</f><v>{escape(cell.cached)}</v></c>'
        return f"{place}><v>{cell}</v></c>"

    def _flush(self) -> None:
        if self._stream is not None:
            self._stream.write("".join(self._waiting).encode("utf-8", "replace"))
        self._waiting.clear()


class SheetWriter(BookWriter):
    """A workbook of one sheet, begun."""

    def __init__(self, path: Path, *, sheet: str = "名册") -> None:
        super().__init__(path, sheets=[sheet])

    def __enter__(self) -> Self:
        super().__enter__()
        self.begin()
        return self


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """As a spreadsheet program allows them: up to 31 characters, some not, none twice."""
    names: list[str] = []
    for position, name in enumerate(wanted, start=1):
        safe = _FORBIDDEN.sub("_", name)[:31] or f"Sheet{position}"
        names.append(safe if safe.lower() not in map(str.lower, names) else f"{safe[:25]}_{position}")
    return names


def _member(name: str) -> zipfile.ZipInfo:
    """Without a date, so that the same rows make the same bytes."""
    info = zipfile.ZipInfo(name, (2021, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _keeping(text: str) -> str:
    """Outer blanks are lost without this mark."""
    return "" if text == text.strip() else ' xml:space="preserve"'


def _fixed_parts(sheets: Sequence[str]) -> dict[str, str]:
    package = "http://schemas.openxmlformats.org/package/2006"
    override = '<Override PartName="/xl/{}" ContentType="' + _TYPES + '.{}+xml"/>'
    link = '<Relationship Id="rId{}" Type="' + _LINKS + '/{}" Target="{}"/>'
    numbered = [(number, escape(name, {'"': "&quot;"})) for number, name in enumerate(sheets, start=1)]
    pages = "".join(override.format(f"worksheets/sheet{number}.xml", "worksheet") for number, _ in numbered)
    links = "".join(link.format(number, "worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered)
    names = "".join(f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered)
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + override.format("workbook.xml", "sheet.main")
            + override.format("styles.xml", "styles")
            + pages
            + "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships">{links}'
            + link.format(len(sheets) + 1, "styles", "styles.xml")
            + "</Relationships>"
        ),
        # style 1 is the text format, so that a clerk who types over a number keeps all of its digits; 2 is bad
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}">'
            '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
            '<fills count="3"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill>'
            f'<fill><patternFill patternType="solid"><fgColor rgb="{BAD_COLOUR}"/></patternFill></fill></fills>'
            '<borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
            '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>'
            '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        ),
    }
