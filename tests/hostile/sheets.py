"""Sheets that are too much, and cells that must be told by their address and never repaired."""

from datetime import date, datetime
from typing import Any

from tests.hostile.kinds import Hostile, Size, WrongCell, refused, wrong
from tests.hostile.markup import FIRST, ID, book, cells, rows
from tests.roster.books import GOOD, HEADER, SECOND, book_of, filled_book, raw_book, saved, text_row

FAR = '<row r="3"><c r="{}3"><v>1</v></c></row>'
WIDE_HEADER = (*HEADER, "联系电话", "银行账号", "出生日期", "备注")
WIDE_GOOD = (*GOOD, "10000000001", "6217000000000000001", "1970-01-01", "")
WIDE_SECOND = (*SECOND, "10000000002", "6217000000000000002", "1972-02-02", "")
KEYS = ("name", "id_number", "township", "village", "phone", "bank_account", "birth_date", "remark")


def one_cell(column: str, value: Any, kind: str, *more: WrongCell) -> tuple[bytes, WrongCell]:
    """A roster whose third row has this value in that column."""
    row = list(WIDE_SECOND)
    row[KEYS.index(column)] = value
    return book_of(WIDE_HEADER, WIDE_GOOD, row), (3, column, kind)


def cell(name: str, column: str, value: Any, kind: str) -> Hostile:
    content, address = one_cell(column, value, kind)
    return wrong(f"cell: {name}", content, address)


def id_cell(xml: str) -> bytes:
    return rows(cells(xml, ""))


def blank_rows(size: Size) -> bytes:
    """A million rows of nothing but a height, and one person at the end."""
    blank = "".join(f'<row r="{n}" ht="15"/>' for n in range(3, 1_000_000 // size))
    return rows(blank + text_row(1_000_000, *SECOND))


def dense(size: Size) -> bytes:
    """Numbers in every cell that is allowed: memory rather than people."""
    one = "".join(f"<c><v>{n % 10}</v></c>" for n in range(200))
    return rows("".join(f'<row r="{n}">{one}</row>' for n in range(3, 150_000 // size)))


def many_sheets(count: int) -> bytes:
    names = "".join(f'<sheet name="表{n}" sheetId="{n + 2}" r:id="r1"/>' for n in range(count))
    return raw_book(f"<sheetData>{FIRST}</sheetData>", workbook=book("").replace("</sheets>", f"{names}</sheets>"))


def many_parts(count: int) -> bytes:
    parts = [(f"xl/worksheets/sheet{n}.xml", b"<worksheet/>") for n in range(2, count)]
    return raw_book(f"<sheetData>{FIRST}</sheetData>", extra=parts)


def hidden_only() -> bytes:
    workbook = book("").replace('r:id="r1"', 'state="veryHidden" r:id="r1"')
    return raw_book(f"<sheetData>{FIRST}</sheetData>", workbook=workbook)


def merged_header() -> bytes:
    """One title over two columns: nobody can tell which of them is meant."""
    made = filled_book((HEADER[0], HEADER[1], HEADER[3], HEADER[3]), GOOD)
    made.active.merge_cells("A1:B1")
    return saved(made)


def no_people() -> bytes:
    return book_of(("姓名", "身份证号", "乡镇", "村"))


def header_of(text: str) -> bytes:
    return book_of((*HEADER, text), (*GOOD, "x"))


SHEETS: list[Hostile] = [
    refused("sheet: a value in XFD1048576", raw_book(f'<sheetData>{FIRST}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'), "上限"),
    refused("sheet: a value in row 4,294,967,295", rows('<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>'), "上限"),
    refused("sheet: a value in row 10^20", rows(f'<row r="{10**20}"><c r="A{10**20}"><v>1</v></c></row>'), "上限"),
    refused("sheet: 16,384 columns", rows(FAR.format("XFD")), "200 列上限"),
    refused("sheet: a column past the alphabet", rows(FAR.format("ZZZZ")), "200 列上限"),
    refused("sheet: 201 columns", rows(FAR.format("GS")), "200 列上限"),
    refused("sheet: a million blank rows before a person", blank_rows, "上限"),
    refused("sheet: thirty million numbers", dense, "单元格"),
    refused("sheet: 5,000 sheets", lambda size: many_parts(5_000 // size), "超过 200 个"),
    refused("sheet: one sheet under 5,000 names", lambda size: many_sheets(5_000 // size), "文件结构异常"),
    refused("sheet: nothing but very hidden sheets", hidden_only(), "没有可见的工作表"),
    refused("sheet: a title over two columns", merged_header(), "表头"),
    refused("sheet: a title twice", book_of((*HEADER, "姓名"), (*GOOD, "某")), "出现两次"),
    refused("sheet: no title", book_of(GOOD, SECOND), "找不到表头"),
    refused("sheet: titles in the 21st row", book_of(*[("说明",)] * 20, HEADER, GOOD), "找不到表头"),
    refused("sheet: no column for the ID number", book_of(("姓名", "性别", "乡镇", "村"), ("周某英", "女", "大周镇", "铺垭村")), "「身份证号」"),
    refused("sheet: titles and nobody below", no_people(), "没有人"),
    refused("sheet: titles with invisible signs", book_of(("姓\u200b名", "身份\u202e证号", "乡镇", "村"), GOOD), "表头"),
]  # fmt: skip

LEADS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|calc", "＝1+1")
CELLS: list[Hostile] = [
    *(cell(f"a name that begins like a formula, {lead!r}", "name", f"{lead}", "name_characters") for lead in LEADS),
    cell("an ID number typed as a number", "id_number", int(ID), "stored_as_number"),
    cell("an account typed as a number", "bank_account", 6217000000000000002, "stored_as_number"),
    cell("an ID number that is a date", "id_number", date(1972, 2, 2), "id_invalid"),
    cell("an ID number that is a yes", "id_number", True, "id_invalid"),
    cell("an ID number of 17 digits", "id_number", ID[:17], "id_invalid"),
    cell("an ID number with a letter O", "id_number", ID[:16] + "O" + ID[17], "id_invalid"),
    cell("an ID number in Arabic digits", "id_number", ID.translate({ord(d): 0x660 + int(d) for d in "0123456789"}), "id_invalid"),
    cell("an ID number as 5.001E+17", "id_number", "5.00101E+17", "stored_as_number"),
    cell("an ID number of 40,000 digits", "id_number", "1" * 32_000, "id_invalid"),
    cell("a name of 32,000 characters", "name", "某" * 32_000, "too_long"),
    cell("a remark of 32,000 characters", "remark", "某" * 32_000, "too_long"),
    cell("a name from right to left", "name", "李\u202e某兰", "characters"),
    cell("a name with an invisible sign", "name", "李\u200b某兰", "characters"),
    cell("a name with a Cyrillic letter", "name", "李某\u0410", "name_characters"),
    cell("a name with a radical for a character", "name", "李某\u2f00", "name_characters"),
    cell("a name with a smiling face", "name", "李某\U0001f600", "name_characters"),
    cell("a name with a mark upon it", "name", "李某兰\u0301", "name_characters"),
    cell("a name of markup", "name", "<script>alert(1)</script>", "name_characters"),
    cell("a name of SQL", "name", "李某'; DROP TABLE x--", "name_characters"),
    cell("a village of markup", "village", "<img src=x>", "village_unknown"),
    cell("a village one level up", "village", "../铺垭村", "village_unknown"),
    cell("a telephone with a formula", "phone", "=10000000002", "phone_invalid"),
    cell("a telephone of 5 digits", "phone", "10000", "phone_invalid"),
    cell("a birth date that was never", "birth_date", "1972-02-30", "birth_date_invalid"),
    cell("a birth date of another person", "birth_date", datetime(1999, 1, 1), "birth_date_mismatch"),
    cell("a birth date of the year 99999", "birth_date", 9_999_999_999, "birth_date_invalid"),
    wrong("cell: a formula with a value that it never had", id_cell(f'<c r="B3" t="str"><f>"1"</f><v>{ID}</v></c>'), (3, "id_number", "formula")),
    wrong("cell: #REF!", id_cell('<c r="B3" t="e"><v>#REF!</v></c>'), (3, "id_number", "formula")),
    wrong("cell: 1e400", id_cell('<c r="B3"><v>1e400</v></c>'), (3, "id_number", "stored_as_number")),
    wrong("cell: NaN", id_cell('<c r="B3"><v>NaN</v></c>'), (3, "id_number", "stored_as_number")),
    wrong("cell: a NUL written in code", rows(text_row(3, "李_x0000_某兰", *SECOND[1:])), (3, "name", "characters")),
    wrong("cell: a person twice", book_of(HEADER, GOOD, GOOD), (3, "id_number", "duplicate")),
    wrong("cell: one number, two names", book_of(HEADER, GOOD, ("李某兰", *GOOD[1:])), (3, "id_number", "name_conflict")),
    wrong("cell: a row that is hidden", rows(text_row(3, *SECOND, attributes=' hidden="1"')), (3, "", "hidden_row")),
]  # fmt: skip

KINDS = [*SHEETS, *CELLS]
