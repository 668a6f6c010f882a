"""Workbooks made on the spot: ordinary ones with openpyxl, hostile ones byte by byte."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.precheck import look_over
from enrollment.roster.problems import CheckedRow
from enrollment.roster.reading import read_rows
from enrollment.roster.regions import RegionIndex, Township
from tests.roster.county import wanzhou

TODAY = date(2026, 11, 22)
HEADER = ("姓名", "身份证号", "乡镇", "村")
GOOD = ("周某英", "500101197001010019", "大周镇", "铺垭村")
SECOND = ("李某兰", "500101197202020029", "大周镇", "五土村")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(*rows: Sequence[Any], sheet: str = "名册", start: int = 1) -> bytes:
    """A workbook of these rows from row `start` on; a value beginning with = stays text."""
    return saved(filled_book(*rows, sheet=sheet, start=start))


def filled_book(*rows: Sequence[Any], sheet: str = "名册", start: int = 1) -> Workbook:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row_no, row in enumerate(rows, start=start):
        for column, value in enumerate(row, start=1):
            cell = page.cell(row_no, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
    return book


def raw_book(
    sheet_xml: str | bytes = "<sheetData/>",
    *,
    extra: Iterable[tuple[str, bytes]] = (),
    types: str = "",
    workbook: str = "",
    compress: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A workbook of one sheet whose XML is given; `extra` adds members to the zip."""
    if isinstance(sheet_xml, str) and not sheet_xml.startswith("<?xml"):
        sheet_xml = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}">{sheet_xml}</worksheet>'
    parts: list[tuple[str, str | bytes]] = [
        (
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>{types}'
            "</Types>",
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_LINKS}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            workbook
            or f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets><sheet name="名册" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_LINKS}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        ),
        ("xl/worksheets/sheet1.xml", sheet_xml),
        *extra,
    ]
    return zip_of(parts, compress=compress)


def zip_of(parts: Iterable[tuple[str, str | bytes]], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return out.getvalue()


def text_row(row_no: int, *values: str, attributes: str = "") -> str:
    cells = "".join(
        f'<c r="{chr(65 + at)}{row_no}" t="inlineStr"><is><t>{value}</t></is></c>' for at, value in enumerate(values)
    )
    return f'<row r="{row_no}"{attributes}>{cells}</row>'


def checked(
    data: bytes,
    *,
    regions: RegionIndex | None = None,
    fixed: Township | None = None,
    report: CheckReport | None = None,
    name: str = "名册.xlsx",
) -> list[CheckedRow]:
    """Look over, read and check as the import does; a refusal is raised."""
    looked = look_over(data, name=name)
    assert looked.refusal is None, looked.refusal
    rows = read_rows(data, looked)
    return list(
        check_rows(rows, facts=looked, regions=regions or wanzhou(), today=TODAY, fixed_township=fixed, report=report)
    )


def kinds(row: CheckedRow) -> list[tuple[str, str]]:
    return [(problem.column, problem.kind) for problem in row.problems]
