"""A workbook of one sheet, written row by row as XML: faster than openpyxl, and text is never a formula."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeAlias
from xml.sax.saxutils import escape

from enrollment.roster.cells import column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FLUSH_ROWS = 500


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value that a spreadsheet program stored for it."""

    text: str
    cached: str


OutCell: TypeAlias = str | int | Decimal | Formula | None


class SheetWriter:
    """Context manager over a new .xlsx; `row` appends one row and gives its row number."""

    def __init__(self, path: Path, *, sheet: str = "名册") -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._sheet = sheet
        self._stream: IO[bytes] | None = None
        self._waiting: list[str] = []
        self._letters: list[str] = []
        self.row_no = 0

    def __enter__(self) -> Self:
        for name, text in _fixed_parts(self._sheet).items():
            info = zipfile.ZipInfo(name, (2021, 1, 1, 0, 0, 0))
            self._zip.writestr(info, _HEAD + text, zipfile.ZIP_DEFLATED)
        info = zipfile.ZipInfo("xl/worksheets/sheet1.xml", (2021, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        self._stream = self._zip.open(info, "w", force_zip64=True)
        self._waiting.append(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>')
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._waiting.append("</sheetData></worksheet>")
        self._flush()
        if self._stream is not None:
            self._stream.close()
        self._zip.close()

    def row(self, cells: Sequence[OutCell], *, hidden: bool = False) -> int:
        self.row_no += 1
        while len(self._letters) < len(cells):
            self._letters.append(column_letter(len(self._letters)))
        written = "".join(
            self._cell(letters, cell)
            for letters, cell in zip(self._letters, cells, strict=False)
            if cell is not None and cell != ""
        )
        mark = ' hidden="1"' if hidden else ""
        self._waiting.append(f'<row r="{self.row_no}"{mark}>{written}</row>')
        if len(self._waiting) >= _FLUSH_ROWS:
            self._flush()
        return self.row_no

    def _cell(self, letters: str, cell: OutCell) -> str:
        place = f'<c r="{letters}{self.row_no}"'
        if isinstance(cell, str):
            return f'{place} s="1" t="inlineStr"><is><t{_keeping(cell)}>{escape(cell)}</t></is></c>'
        if isinstance(cell, Formula):
            return f'{place} t="str"><f>{escape(cell.text)}</f><v>{escape(cell.cached)}</v></c>'
        return f"{place}><v>{cell}</v></c>"

    def _flush(self) -> None:
        if self._stream is not None:
            self._stream.write("".join(self._waiting).encode())
        self._waiting.clear()


def _keeping(text: str) -> str:
    """Outer blanks are lost without this mark."""
    return "" if text == text.strip() else ' xml:space="preserve"'


def _fixed_parts(sheet: str) -> dict[str, str]:
    package = "http://schemas.openxmlformats.org/package/2006"
    name = escape(sheet, {'"': "&quot;"})
    override = '<Override PartName="/xl/{}" ContentType="' + _TYPES + '.{}+xml"/>'
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + override.format("workbook.xml", "sheet.main")
            + override.format("styles.xml", "styles")
            + override.format("worksheets/sheet1.xml", "worksheet")
            + "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/>'
            "</Relationships>"
        ),
        # style 1 is the text format, so that a clerk who types over a number keeps all of its digits
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}">'
            '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
            "</styleSheet>"
        ),
    }
