"""Files are looked over before any parser: each kind that is refused, with its sentence."""

import io
import os
import resource
import struct
import time
import zipfile
import zlib

import pytest
from openpyxl import Workbook

from enrollment.roster.facts import SheetFacts
from enrollment.roster.precheck import look_over
from tests.roster.books import GOOD, HEADER, book_of, filled_book, raw_book, saved, text_row, zip_of

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
GOOD_BOOK = book_of(HEADER, GOOD)


def with_prefix(data: bytes) -> bytes:
    return b"MZ<html>" + data


def with_lying_size() -> bytes:
    """The directory declares a tenth of what the sheet holds."""
    data = bytearray(raw_book("<sheetData>" + text_row(1, "x" * 10_000) + "</sheetData>"))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<L", data, at + 24, 100)
    return bytes(data)


def with_flag(bit: int) -> bytes:
    data = bytearray(GOOD_BOOK)
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, struct.unpack_from("<H", data, at + 8)[0] | bit)
    return bytes(data)


def with_symlink() -> bytes:
    out = io.BytesIO(GOOD_BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    return out.getvalue()


def with_twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return raw_book(extra=[("xl/worksheets/sheet1.xml", b"<worksheet/>")])


def bomb() -> bytes:
    """Half a gigabyte of one letter in a member."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b"a" * 2**20
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/big.xml", "w") as member,
    ):
        for _ in range(450):
            member.write(block)
    del packer
    base = zipfile.ZipFile(io.BytesIO(GOOD_BOOK))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for info in base.infolist():
            archive.writestr(info.filename, base.read(info))
    return out.getvalue()


def overlapping() -> bytes:
    """Two directory entries that point at the same bytes."""
    data = bytearray(raw_book(extra=[("xl/worksheets/sheet2.xml", b"<worksheet/>")]))
    first = data.find(b"PK\x03\x04", 0)
    entry = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 42, first)
    return bytes(data)


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    "<worksheet><sheetData>&b;</sheetData></worksheet>"
)
FAR_CELL = '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
MACRO_TYPE = (
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
)

REFUSED = [
    ("empty", b"", "a.xlsx", "文件是空的"),
    ("xls", OLE, "a.xls", "另存为 .xlsx"),
    ("et", OLE, "a.et", ".et"),
    ("ole", OLE, "a.xlsx", "打开密码"),
    ("macro", GOOD_BOOK, "a.xlsm", "带宏"),
    ("xlsb", GOOD_BOOK, "a.xlsb", "另存为 .xlsx"),
    ("ods", GOOD_BOOK, "a.ods", ".ods"),
    ("markup", b"\r\n<html><table><tr><td>1</td></tr></table></html>", "a.xls.xlsx", "网页"),
    ("markup", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "a.csv", "XML"),
    ("not_workbook", "姓名,身份证号,村\n".encode(), "a.xlsx", "改了扩展名"),
    ("not_csv", GOOD_BOOK, "a.csv", "扩展名改为 .xlsx"),
    ("not_workbook", b"%PDF-1.7 ...", "a.pdf", "不是表格文件"),
    ("not_workbook", zip_of([("a.txt", "x")]), "a.zip", "不是 Excel 工作簿"),
    ("structure", GOOD_BOOK[: len(GOOD_BOOK) // 2], "a.xlsx", "没有传完"),
    ("structure", GOOD_BOOK[:-40], "a.xlsx", "没有传完"),
    ("dtd", raw_book(LAUGHS), "a.xlsx", "DTD"),
    ("dtd", raw_book(extra=[("xl/theme.xml", b"<!doctype x><x/>")]), "a.xlsx", "DTD"),
    ("macro", raw_book(extra=[("xl/vbaProject.bin", b"x")]), "a.xlsx", "宏"),
    ("macro", raw_book(extra=[("xl/activeX/activeX1.bin", b"x")]), "a.xlsx", "控件"),
    ("macro", raw_book(extra=[("xl/embeddings/oleObject1.bin", b"x")]), "a.xlsx", "嵌入对象"),
    ("macro", raw_book(extra=[("customUI/customUI.xml", b"<x/>")]), "a.xlsx", "宏"),
    ("macro", raw_book(types=MACRO_TYPE), "a.xlsx", "宏"),
    ("external_link", raw_book(extra=[("xl/externalLinks/externalLink1.xml", b"<x/>")]), "a.xlsx", "外部链接"),
    ("embedded", raw_book(extra=[("xl/media/inner.zip", b"x")]), "a.xlsx", "嵌入"),
    ("structure", raw_book(extra=[("../evil.xml", b"x")]), "a.xlsx", "路径"),
    ("structure", raw_book(extra=[("/etc/evil.xml", b"x")]), "a.xlsx", "路径"),
    ("structure", raw_book(extra=[("C:\\evil.xml", b"x")]), "a.xlsx", "路径"),
    ("structure", raw_book(extra=[("xl/..\\..\\evil.xml", b"x")]), "a.xlsx", "路径"),
    ("structure", raw_book(extra=[(f"xl/m{n}.xml", b"") for n in range(300)]), "a.xlsx", "200 个"),
    ("structure", raw_book(extra=[("XL/Workbook.xml", b"x")]), "a.xlsx", "重名"),
    ("structure", with_prefix(GOOD_BOOK), "a.xlsx.zip", ""),
    ("structure", with_lying_size(), "a.xlsx", "校验和不符"),
    ("encrypted", with_flag(0x1), "a.xlsx", "去掉打开密码"),
    ("structure", with_symlink(), "a.xlsx", "路径"),
    ("structure", overlapping(), "a.xlsx", ""),
    ("structure", raw_book("<?xml version='1.0' encoding='utf-16'?><worksheet/>"), "a.xlsx", "UTF-8"),
    ("structure", raw_book("<sheetData/>".encode("utf-16")), "a.xlsx", "UTF-8"),
    ("structure", raw_book(workbook="<workbook><sheets></workbook>"), "a.xlsx", ""),
    ("structure", raw_book(workbook="<workbook/>"), "a.xlsx", "没有工作表"),
    ("structure", raw_book(compress=zipfile.ZIP_BZIP2), "a.xlsx", "压缩方式"),
    ("too_long", raw_book(FAR_CELL), "a.xlsx", "第 1048576 行"),
    ("too_wide", raw_book('<sheetData><row r="2"><c r="XFD2"><v>1</v></c></row></sheetData>'), "a.xlsx", "XFD2"),
    ("too_wide", raw_book("<sheetData><row r='2'><c r='GS2'><v>1</v></c></row></sheetData>"), "a.xlsx", "GS2"),
    ("too_wide", raw_book('<sheetData><row r="2"><c r="ZZZZ2"><v>1</v></c></row></sheetData>'), "a.xlsx", "ZZZZ2"),
    ("too_long", raw_book('<sheetData><row r="4294967295"><c r="A4294967295"><v>1</v></c></row></sheetData>'), "a.xlsx", "上限"),
    ("csv_nul", "姓名,村\n".encode() + b"\x00", "a.csv", "NUL"),
    ("csv_encoding", "姓名,村\n".encode("utf-16")[:-1], "a.csv", "CSV UTF-8"),
    ("csv_encoding", b"\xff\xff\xff\xff", "a.csv", "GB18030"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "name", "words"), REFUSED, ids=[f"{n}-{r[0]}" for n, r in enumerate(REFUSED)])
def test_a_bad_file_is_refused_with_a_sentence(kind, data, name, words):
    looked = look_over(data, name=name)
    if looked.refusal is None:  # a zip behind other bytes is neither a workbook nor text
        pytest.fail("not refused")
    assert looked.refusal.kind in {kind, "not_workbook"} if name == "a.xlsx.zip" else looked.refusal.kind == kind
    assert words in looked.refusal.message
    assert looked.sheets == ()


def test_duplicate_members_are_refused():
    assert look_over(with_twice(), name="a.xlsx").refusal.kind == "structure"


def test_a_zip_bomb_is_counted_while_inflating_in_little_memory():
    data = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    looked = look_over(data, name="a.xlsx")
    assert looked.refusal.kind == "zip_bomb"
    assert time.monotonic() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_one_row_without_end_is_refused():
    row = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>' + "a" * 12_000_000 + "</t></is></c></row></sheetData>"
    assert look_over(raw_book(row), name="a.xlsx").refusal.kind == "structure"


def test_facts_of_an_ordinary_book():
    book = filled_book(("标题",), HEADER, GOOD, GOOD, sheet="名册")
    page = book.active
    page["A6"] = "=A4"
    page["D6"] = '=CONCATENATE("铺垭","村")'
    page.row_dimensions[4].hidden = True
    hidden = book.create_sheet("旧表")
    hidden.sheet_state = "veryHidden"
    hidden["A1"] = "x"
    looked = look_over(saved(book), name="名册.xlsx")
    assert looked.ok
    assert looked.kind == "xlsx"
    assert looked.sheets == (
        SheetFacts("名册", True, 5, 6, frozenset({4}), {6: 0b1001}),
        SheetFacts("旧表", False, 1, 1),
    )
    assert looked.sheets[0].formula_cells == [(6, 0), (6, 3)]


def test_other_namespace_prefixes_and_quotes_are_understood():
    xml = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<x:sheetData><x:row  r = '3' hidden='true'><x:c r='B3'><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>"
        "<x:row r='4'/></x:sheetData><x:rowBreaks/></x:worksheet>"
    )
    assert look_over(raw_book(xml)).sheets == (SheetFacts("名册", True, 1, 3, frozenset({3}), {3: 0b10}),)


def test_formats_far_below_and_far_right_do_no_harm():
    rows = text_row(1, *HEADER) + '<row r="1048576" ht="15"><c r="A1048576" s="1"/></row>'
    rows += '<row r="2"><c r="XFD2" s="1"/></row>'
    looked = look_over(raw_book(f"<sheetData>{rows}</sheetData>"))
    assert looked.ok
    assert looked.sheets[0].rows == 1


def test_more_rows_than_allowed_are_refused(monkeypatch):
    monkeypatch.setattr("enrollment.roster.sheet_scan.MAX_ROWS", 50)
    rows = "".join(text_row(n, "x") for n in range(1, 52))
    refusal = look_over(raw_book(f"<sheetData>{rows}</sheetData>")).refusal
    assert refusal.kind == "too_long"
    assert "第 51 行" in refusal.message
    assert ".csv" in refusal.message


def test_only_hidden_sheets_are_refused():
    book = Workbook()
    book.active.sheet_state = "hidden"
    book.create_sheet("x").sheet_state = "visible"
    data = saved(book)
    assert look_over(data).ok
    hidden = raw_book(
        workbook='<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" state="hidden"'
        ' r:id="r1"/></sheets></workbook>'
    )
    assert look_over(hidden).refusal.kind == "no_sheet"


def test_sizes_above_the_caps_are_refused(monkeypatch):
    monkeypatch.setattr("enrollment.roster.precheck.MAX_XLSX_BYTES", 1000)
    monkeypatch.setattr("enrollment.roster.precheck.MAX_CSV_BYTES", 1000)
    assert look_over(GOOD_BOOK).refusal.kind == "too_big"
    assert look_over("姓名,村\n".encode() * 200).refusal.kind == "too_big"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_encodings_are_told_apart(encoding):
    looked = look_over(("姓名,身份证号,村\n" + "周某英,1,铺垭村\n" * 1000).encode(encoding), name="a.csv")
    assert (looked.kind, looked.encoding) == ("csv", "gb18030" if encoding == "gb18030" else "utf-8-sig")


def test_random_bytes_never_escape_as_errors():
    for seed in range(200):
        data = bytearray(GOOD_BOOK)
        at = int.from_bytes(os.urandom(4), "big") % len(data)
        data[at] ^= 1 + seed % 255
        looked = look_over(bytes(data), name="a.xlsx")
        assert looked.ok or looked.refusal.message
