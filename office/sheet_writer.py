"""A workbook written row by row as XML: text is never a formula, and no row waits in memory or on disk.

Libraries that write as fast put the sheet into a temporary file first, in clear (docs/adr/0011).
"""

import re
import zipfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeAlias
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FLUSH_ROWS = 500
MAX_ROWS = 1_048_576  # of the format
_TEXT, _TITLE, _BAD = 1, 2, 3  # styles
BAD_COLOUR = "FFFDE2E2"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_BETWEEN = "\x1e"
_SPECIAL = re.compile("[&<>\x00-\x1d\x1f\x7f\ufffe\uffff\ud800-\udfff]|(?:^|\x1e) | (?:\x1e|$)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value that a spreadsheet program stored for it."""

    text: str
    cached: str


OutCell: TypeAlias = str | int | Decimal | Formula | None


class TooManyRows(Exception):
    """More rows than a worksheet holds; the message says what to do."""


class SheetWriter:
    """Context manager over a new .xlsx; `row` appends one row and gives its row number.

    With `widths` (in characters) the columns have them, and the first row stays in sight. Further sheets are named at
    the beginning, and begun one after the other by `next_sheet`.
    """

    def __init__(
        self,
        out: Path | IO[bytes],
        *,
        sheet: str = "名册",
        more_sheets: Sequence[str] = (),
        widths: Sequence[int] = (),
    ) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._sheets = sheet_names([sheet, *more_sheets])
        self._begun = 0
        self._widths = widths
        self._stream: IO[bytes] | None = None
        self._waiting: list[str] = []
        self._letters: list[str] = []
        self.row_no = 0

    def __enter__(self) -> Self:
        for name, text in _fixed_parts(self._sheets).items():
            self._zip.writestr(_member(name), _HEAD + text)
        self.next_sheet()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while kind is None and self._begun < len(self._sheets):
            self.next_sheet()
        self._end_sheet()
        self._zip.close()

    def next_sheet(self) -> None:
        """Go on with row 1 of the next sheet."""
        self._end_sheet()
        self._begun += 1
        self.row_no = 0
        self._stream = self._zip.open(_member(f"xl/worksheets/sheet{self._begun}.xml"), "w", force_zip64=True)
        self._waiting.append(f'{_HEAD}<worksheet xmlns="{_MAIN}">{_view(self._widths)}<sheetData>')

    def _end_sheet(self) -> None:
        if self._stream is not None:
            self._waiting.append("</sheetData></worksheet>")
            self._flush()
            self._stream.close()
            self._stream = None

    def titles(self, texts: Sequence[str]) -> int:
        """A row in bold, on a ground of its own; its row number."""
        return self._write(texts, style=_TITLE)

    def texts(self, rows: Iterable[Sequence[str]]) -> int:
        """Rows of nothing but text, several times faster than one by one; the number of the last."""
        for cells in rows:
            if len(cells) > len(self._letters) or _SPECIAL.search(_BETWEEN.join(cells)):
                self.row(cells)
                continue
            self._next_row()
            number = str(self.row_no)
            self._waiting.append(f'<row r="{number}">')
            self._waiting += [
                f'<c r="{letters}{number}" s="1" t="inlineStr"><is><t>{text}</t></is></c>'
                for letters, text in zip(self._letters, cells, strict=False)
                if text
            ]
            self._waiting.append("</row>")
        return self.row_no

    def row(self, cells: Sequence[OutCell], *, hidden: bool = False, bad: Collection[int] = ()) -> int:
        """The cells at `bad` stand on red."""
        return self._write(cells, style=_TEXT, hidden=hidden, bad=bad)

    def _write(self, cells: Sequence[OutCell], *, style: int, hidden: bool = False, bad: Collection[int] = ()) -> int:
        self._next_row()
        while len(self._letters) < len(cells):
            self._letters.append(column_letter(len(self._letters)))
        written = "".join(
            self._cell(letters, cell, _BAD if at in bad else style)
            for at, (letters, cell) in enumerate(zip(self._letters, cells, strict=False))
            if (cell is not None and cell != "") or at in bad
        )
        mark = ' hidden="1"' if hidden else ""
        self._waiting.append(f'<row r="{self.row_no}"{mark}>{written}</row>')
        return self.row_no

    def _next_row(self) -> None:
        """Raises TooManyRows rather than making a workbook that no program opens."""
        if self.row_no == MAX_ROWS:
            raise TooManyRows(f"一张工作表最多 {MAX_ROWS:,} 行，请分乡镇导出，或改用 CSV")
        self.row_no += 1
        if self.row_no % _FLUSH_ROWS == 0:
            self._flush()

    def _cell(self, letters: str, cell: OutCell, style: int) -> str:
        place = f'<c r="{letters}{self.row_no}"'
        if isinstance(cell, str):
            text = escape(_NOT_XML.sub("□", cell))
            return f'{place} s="{style}" t="inlineStr"><is><t{_keeping(cell)}>{text}</t></is></c>'
        if isinstance(cell, Formula):
            return f'{place} t="str"><f>{escape(cell.text)}</f><v>{escape(cell.cached)}</v></c>'
        return f"{place}><v>{cell}</v></c>"

    def _flush(self) -> None:
        if self._stream is not None:
            self._stream.write("".join(self._waiting).encode())
        self._waiting.clear()


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """As spreadsheet programs allow them: up to 31 characters, some not, none twice."""
    names: dict[str, str] = {}
    for position, name in enumerate(wanted, start=1):
        safe = _FORBIDDEN.sub("_", name)[:31] or f"Sheet{position}"
        safe = safe if safe.lower() not in names else f"{safe[:25]}_{position}"
        names[safe.lower()] = safe
    return list(names.values())


def _member(name: str) -> zipfile.ZipInfo:
    """Without today's date, so that the same rows make the same bytes."""
    info = zipfile.ZipInfo(name, (2021, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def column_letter(position: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _view(widths: Sequence[int]) -> str:
    """The first row frozen and the columns' widths; nothing where no widths are given."""
    if not widths:
        return ""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>' for at, width in enumerate(widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{columns}</cols>'


def _keeping(text: str) -> str:
    """Outer blanks are lost without this mark."""
    return "" if text == text.strip() else ' xml:space="preserve"'


def _fixed_parts(sheets: Sequence[str]) -> dict[str, str]:
    package = "http://schemas.openxmlformats.org/package/2006"
    override = '<Override PartName="/xl/{}" ContentType="' + _TYPES + '.{}+xml"/>'
    link = '<Relationship Id="rId{}" Type="' + _LINKS + '/{}" Target="{}"/>'
    numbered = [(number, escape(name, {'"': "&quot;"})) for number, name in enumerate(sheets, start=1)]
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            + override.format("workbook.xml", "sheet.main")
            + override.format("styles.xml", "styles")
            + "".join(override.format(f"worksheets/sheet{number}.xml", "worksheet") for number, _ in numbered)
            + "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
            + "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in numbered)
            + "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            + "".join(link.format(at, "worksheet", f"worksheets/sheet{at}.xml") for at, _ in numbered)
            + link.format(len(sheets) + 1, "styles", "styles.xml")
            + "</Relationships>"
        ),
        # style 1 is the text format, so that a clerk who types over a number keeps all of its digits; 3 is bad
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}">'
            '<fonts count="2"><font><sz val="11"/><name val="宋体"/></font>'
            '<font><b/><sz val="11"/><name val="宋体"/></font></fonts>'
            '<fills count="4"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill>'
            '<fill><patternFill patternType="solid"><fgColor rgb="FFEDF1EE"/></patternFill></fill>'
            f'<fill><patternFill patternType="solid"><fgColor rgb="{BAD_COLOUR}"/></patternFill></fill></fills>'
            '<borders count="1"><border/></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
            '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
            '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"'
            ' applyFill="1"/>'
            '<xf numFmtId="49" fontId="0" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>'
            "</cellXfs>"
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        ),
    }
