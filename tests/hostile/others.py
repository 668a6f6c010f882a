"""Files of another type under a workbook's name, and texts that only look like CSV."""

import gzip
import io
from collections.abc import Callable

from PIL import Image

from tests.hostile.kinds import Hostile, Size, refused, wrong
from tests.hostile.zips import BOOK, with_parts
from tests.roster.books import GOOD, HEADER, SECOND, raw_book, zip_of

MB = 2**20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HTML = "<html><table><tr><td>姓名</td></tr></table></html>".encode()
XML_2003 = b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>"
MACRO = '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
BINARY = MACRO.replace("macroEnabled.main+xml", "binary.macroEnabled.main")
TITLES = ",".join(HEADER)
PERSON, OTHER = ",".join(GOOD), ",".join(SECOND)


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG")
    return out.getvalue()


def document(kind: str) -> bytes:
    return zip_of(
        [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<Relationships/>"), (f"{kind}/document.xml", "<x/>")]
    )


TYPES: list[Hostile] = [
    refused("type: .xls", OLE, "另存为 .xlsx", file="名册.xls"),
    refused("type: .et", OLE, ".et", file="名册.et"),
    refused("type: a workbook with a password", OLE, "打开密码"),
    refused("type: .xlsm", BOOK, "带宏", file="名册.xlsm"),
    refused("type: .xlsm renamed", raw_book(types=MACRO), "宏"),
    refused("type: .xlsb", BOOK, ".xlsb", file="名册.xlsb"),
    refused("type: .xlsb renamed", raw_book(types=BINARY), "宏"),
    refused("type: .ods", BOOK, ".ods", file="名册.ods"),
    refused("type: .ods renamed", zip_of([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<x/>")]), "不是 Excel 工作簿"),
    refused("type: Word", document("word"), "没有 Excel 工作簿"),
    refused("type: a web page", HTML, "网页"),
    refused("type: a web page as .xls", HTML, "另存为 .xlsx", file="名册.xls"),
    refused("type: XML of 2003", XML_2003, "XML"),
    refused("type: CSV under the name of a workbook", f"{TITLES}\n{PERSON}\n".encode(), "改了扩展名"),
    refused("type: a workbook under the name of a CSV", BOOK, "扩展名改为 .xlsx", file="名册.csv"),
    refused("type: PDF", b"%PDF-1.7\n" + bytes(100), "不是表格", file="名册.csv"),
    refused("type: PDF and zip in one", b"%PDF-1.7\n" + BOOK, "不是"),
    refused("type: a photo", photo(), "不是"),
    refused("type: a photo as CSV", photo(), "不是表格", file="名册.csv"),
    refused("type: a program", b"MZ" + bytes(500), "不是"),
    refused("type: a program of Linux as CSV", b"\x7fELF" + bytes(500), "NUL", file="名册.csv"),
    refused("type: gzip", gzip.compress(BOOK), "不是表格", file="名册.csv"),
    refused("type: any zip", zip_of([("名册.txt", "x")]), "不是 Excel 工作簿", file="名册.zip"),
    refused("type: macros in a workbook", with_parts(("xl/vbaProject.bin", b"x")), "宏"),
    refused("type: a macro sheet", with_parts(("xl/macrosheets/sheet1.xml", b"<x/>")), "宏"),
    refused("type: ActiveX", with_parts(("xl/activeX/activeX1.xml", b"<x/>")), "控件"),
    refused("type: an embedded object", with_parts(("xl/embeddings/oleObject1.bin", b"x")), "嵌入对象"),
    refused("type: buttons of its own", with_parts(("customUI/customUI14.xml", b"<x/>")), "控件"),
    refused("type: another workbook's cells (DDE)", with_parts(("xl/externalLinks/externalLink1.xml", b"<x/>")), "外部链接"),
    refused("type: a program in a workbook", with_parts(("xl/media/image1.exe", b"MZ")), "嵌入"),
    refused("type: nothing but blanks", b" \r\n\t" * 50, "空的", file="名册.csv"),
]  # fmt: skip


def csv_of(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join((TITLES, PERSON, *lines, "")).encode(encoding)


def mixed() -> bytes:
    """One line of another program's encoding among the rest."""
    return csv_of() + OTHER.encode("gb18030") + b"\r\n" + "赵某国".encode() + b"\r\n"


def one_line(size: Size) -> bytes:
    """A line without end, as long as an upload may be."""
    return csv_of() + b'"' + b"a" * (59 * MB // size)


def wide(columns: int) -> Callable[[Size], bytes]:
    return lambda size: csv_of(OTHER + ",x" * (columns // size))


def wide_header(size: Size) -> bytes:
    return (TITLES + ",x" * (1_000_000 // size) + "\r\n" + PERSON + "\r\n").encode()


def long_title(size: Size) -> bytes:
    return (TITLES + "," + "x" * (10 * MB // size) + "\r\n" + PERSON + "\r\n").encode()


def blank_lines(size: Size) -> bytes:
    """Twenty million lines of nothing: all work and no person."""
    return TITLES.encode() + b"\r\n" + b"\n" * (20_000_000 // size)


def wrong_csv(name: str, line: str, column: str, kind: str) -> Hostile:
    return wrong(f"csv: {name}", csv_of(line), (3, column, kind), file="名册.csv")


CSVS: list[Hostile] = [
    refused("csv: NUL", csv_of() + b"\x00", "NUL", file="名册.csv"),
    refused("csv: half of UTF-16", csv_of(encoding="utf-16")[:-1], "编码", file="名册.csv"),
    refused("csv: NUL in UTF-16", csv_of("\x00", encoding="utf-16"), "NUL", file="名册.csv"),
    refused("csv: UTF-16 without a mark", csv_of(encoding="utf-16-le"), "NUL", file="名册.csv"),
    refused("csv: UTF-32", csv_of(encoding="utf-32"), "CSV UTF-8", file="名册.csv"),
    refused("csv: two encodings", mixed(), "编码", file="名册.csv"),
    refused("csv: half a character", csv_of() + "某".encode()[:2], "编码", file="名册.csv"),
    refused("csv: half a surrogate", csv_of() + b"\xed\xa0\x80\xff", "编码", file="名册.csv"),
    refused("csv: a quote without end", csv_of('"李某兰,1'), "引号", file="名册.csv"),
    refused("csv: a quote without end, 59 MB", one_line, "引号", file="名册.csv"),
    refused("csv: 5,000 columns", wide(5_000), "200 列上限", file="名册.csv"),
    refused("csv: a million titles", wide_header, "200 列上限", file="名册.csv"),
    refused("csv: a title of 10 MB", long_title, "过长", file="名册.csv"),
    refused("csv: 20 million blank lines", blank_lines, "空行", file="名册.csv"),
    refused("csv: a title twice", (TITLES + ",姓名\r\n").encode(), "出现两次", file="名册.csv"),
    refused("csv: nobody below the titles", TITLES.encode(), "没有人", file="名册.csv"),
    refused("csv: bars", csv_of().replace(b",", b"|"), "找不到表头", file="名册.csv"),
    refused("csv: a web page behind blanks", b"   \n" + HTML, "网页", file="名册.csv"),
    wrong_csv("a name that is a formula", "=cmd|' /C calc'!A0," + ",".join(SECOND[1:]), "name", "name_characters"),
    wrong_csv("a name that is a quoted formula", '"=HYPERLINK(""x"")",' + ",".join(SECOND[1:]), "name", "name_characters"),
    wrong_csv("a number that lost its digits", "李某兰,5.00101E+17,大周镇,五土村", "id_number", "stored_as_number"),
    wrong_csv("a line cut short", "李某兰", "id_number", "missing"),
    wrong_csv("a mark of order in the middle", "\ufeff" + OTHER, "name", "characters"),
]  # fmt: skip

KINDS = [*TYPES, *CSVS]
