"""XML that bites: entities, encodings, depth, and rows written so that a scan of bytes misses them."""

import io
import zipfile

from tests.hostile.kinds import Hostile, Size, refused, wrong
from tests.hostile.zips import with_parts
from tests.roster.books import GOOD, HEADER, SECOND, raw_book, text_row, zip_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
FIRST = text_row(1, *HEADER) + text_row(2, *GOOD)
MB = 2**20


def rows(more: str, *, root: str = "") -> bytes:
    """Header, one good row, and then rows as they are given."""
    return raw_book(f'{HEAD}<worksheet xmlns="{MAIN}"{root}><sheetData>{FIRST}{more}</sheetData></worksheet>')


def cells(number: str, third: str, *, row: str = '<row r="3">') -> str:
    """Row 3 of a second person, whose ID cell is given as XML."""
    name, _, township, village = SECOND
    texts = {"A3": name, "C3": township, "D3": village}
    a, c, d = (f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in texts.items())
    return f"{row}{a}{number}{c}{d}{third}</row>"


def entities(declared: str, used: str) -> bytes:
    sheet = f"{text_row(1, *HEADER)}{text_row(2, used, *GOOD[1:])}"
    return raw_book(
        f'{HEAD}<!DOCTYPE w [{declared}]><worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
    )


def laughs() -> bytes:
    steps = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return entities(f'<!ENTITY e0 "ha">{steps}', "&e9;")


def quadratic(size: Size) -> bytes:
    return entities(f'<!ENTITY a "{"a" * (MB // size)}">', "&a;" * 1000)


def nested(size: Size) -> str:
    depth = 100_000 // size
    return "<a>" * depth + "</a>" * depth


def book(more: str) -> str:
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{more}'
        '<sheets><sheet name="名册" sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def linked(links: str, *, sheet: str = "<sheetData/>") -> bytes:
    """The workbook's links are these instead."""
    return _replaced("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>', sheet)


def with_members(data: bytes, *parts: tuple[str, str]) -> bytes:
    """The workbook with these members, in place of its own of the same name; one without content is left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    return zip_of([(name, content) for name, content in (kept | dict(parts)).items() if content])


def _replaced(part: str, content: str, sheet: str) -> bytes:
    return with_members(raw_book(sheet), (part, content))


def strings(count: int, size: Size, cell: str = '<c r="A3" t="s"><v>0</v></c>') -> bytes:
    """A table of shared strings, none of which anybody needs."""
    table = f'{HEAD}<sst xmlns="{MAIN}">{"<si><t/></si>" * (count // size)}</sst>'
    links = (
        f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    return _with_strings(links, table, f'<sheetData>{FIRST}<row r="3">{cell}</row></sheetData>')


def _with_strings(links: str, table: str, sheet: str) -> bytes:
    return with_members(linked(links, sheet=sheet), ("xl/sharedStrings.xml", table))


def with_decoy(*, links: str, sheets: str = '<sheet name="名册" sheetId="1" r:id="r1"/>') -> bytes:
    """A second sheet, to be looked over in place of the one that is read."""
    data = raw_book(
        f"<sheetData>{FIRST}</sheetData>",
        workbook=f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{sheets}</sheets></workbook>',
    )
    decoy = ("xl/worksheets/decoy.xml", f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>')
    return with_members(
        data, ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'), decoy
    )


WORKSHEET = f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="{{}}"/>'
TWO_LINKS = WORKSHEET.format("worksheets/sheet1.xml") + WORKSHEET.format("worksheets/decoy.xml").replace("r1", "r2")
ID = SECOND[1]
TEXT_ID = f'<c r="B3" t="inlineStr"><is><t>{ID}</t></is></c>'
FORMULA = f'<f>"5"&amp;"0"</f><v>{ID}</v>'
X = f' xmlns:x="{MAIN}"'

KINDS: list[Hostile] = [
    refused("xml: billion laughs", laughs(), "DTD"),
    refused("xml: quadratic entities", quadratic, "DTD"),
    refused("xml: a file as entity", entities('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;"), "DTD"),
    refused("xml: an address as entity", entities('<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"), "DTD"),
    refused("xml: parameter entity", entities('<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;', "某"), "DTD"),
    refused("xml: a DTD in the theme", with_parts(("xl/theme/theme1.xml", b"<!DOCTYPE x><x/>")), "DTD"),
    refused("xml: a DTD in lower case", with_parts(("xl/styles.xml", b"<!doctype x><x/>")), "DTD"),
    refused("xml: UTF-16", raw_book(f'<worksheet xmlns="{MAIN}"/>'.encode("utf-16")), "UTF-8"),
    refused("xml: UTF-16 without a mark", raw_book(f'<worksheet xmlns="{MAIN}"/>'.encode("utf-16-le")), "UTF-8"),
    refused("xml: UTF-7", raw_book("<?xml version='1.0' encoding='UTF-7'?><worksheet/>"), "UTF-8"),
    refused("xml: EBCDIC", raw_book("<?xml version='1.0' encoding='cp037'?><worksheet/>".encode("cp037")), "文件结构异常"),
    refused("xml: a hundred thousand deep in the workbook", lambda size: raw_book(workbook=book(nested(size))), "文件结构异常"),
    refused("xml: a hundred thousand deep in a row", lambda size: rows(f'<row r="3"><c r="A3">{nested(size)}</c></row>'), "文件结构异常"),
    refused("xml: an attribute of 5 MB in the workbook", lambda size: raw_book(workbook=book(f'<x a="{"a" * (45 * MB // 10)}"/>')), "过大"),
    refused("xml: an attribute of 12 MB in a row", lambda size: rows(f'<row r="3" a="{"a" * (120 * MB // 10 // size)}"/>'), "大得不正常"),
    refused("xml: a prefix bound to nothing", raw_book(workbook=f'<y:workbook xmlns="{MAIN}"><sheets/></y:workbook>'), "文件结构异常"),
    refused("xml: a workbook cut off", raw_book(workbook="<workbook><sheets></workbook>"), "文件结构异常"),
    refused("xml: a sheet cut off", raw_book(f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{FIRST}<row r="3"><c r="A3"'), "文件结构异常"),
    refused("xml: no workbook", _replaced("xl/workbook.xml", "", "<sheetData/>"), "没有 Excel 工作簿"),
    refused("xml: no sheet behind its link", linked(WORKSHEET.format("worksheets/other.xml")), "没有工作表"),
    refused("xml: links that go round", linked(WORKSHEET.format("workbook.xml")), "文件结构异常"),
    refused("xml: a link out of the workbook", linked(WORKSHEET.format("../../../../etc/hostname")), "没有工作表"),
    refused("xml: a sheet on another computer", linked(f'<Relationship Id="r1" Type="{LINKS}/worksheet" TargetMode="External" Target="file:///etc/hostname"/>'), "外部文件"),
    refused("xml: a shared text that is not there", lambda size: strings(10, size, '<c r="A3" t="s"><v>99999</v></c>'), "文件结构异常"),
    refused("xml: 20 million shared texts", lambda size: strings(20_000_000, size), "文字"),
    refused("xml: no rows in the root's way of writing", rows("<x:row r='3'><x:c r='A3'><x:v>1</x:v></x:c></x:row>", root=X), "文件结构异常"),
    refused("xml: a cell in another way of writing", rows(cells(f'<x:c r="B3" t="str"><x:f>1</x:f><x:v>{ID}</x:v></x:c>', ""), root=X), "文件结构异常"),
    refused("xml: a row number in code", rows(cells(TEXT_ID, "", row='<row r="&#51;" hidden="1">')), "文件结构异常"),
    refused("xml: hidden in code", rows(cells(TEXT_ID, "", row='<row r="3" hidden="&#49;">')), "文件结构异常"),
    refused("xml: a row number that the cells deny", rows(cells(TEXT_ID, "", row='<row r="9" hidden="1">')), "文件结构异常"),
    refused("xml: a row twice", rows(cells(TEXT_ID, "") + cells(TEXT_ID, "")), "行号"),
    refused("xml: rows from the last to the first", rows(cells(TEXT_ID, "").replace("3\"", "5\"") + cells(TEXT_ID, "")), "行号"),
    refused("xml: two sheets behind one link", with_decoy(links=WORKSHEET.format("worksheets/decoy.xml") + WORKSHEET.format("worksheets/sheet1.xml")), "重复的编号"),
    refused("xml: two sheets of one name", with_decoy(links=TWO_LINKS, sheets='<sheet name="名册" sheetId="1" r:id="r1"/><sheet name="名册" sheetId="2" r:id="r2"/>'), "同名"),
    refused("xml: a sheet with two links", with_decoy(links=TWO_LINKS, sheets='<sheet name="名册" sheetId="1" x:id="r1" r:id="r2" xmlns:x="urn:x"/>'), "同名"),
    refused("xml: another workbook than the one that is read", _replaced("_rels/.rels", f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/other.xml"/></Relationships>', "<sheetData/>"), "没有 Excel 工作簿"),
    wrong("xml: hidden behind a sign in quotes", rows(cells(TEXT_ID, "", row='<row r="3" a=">" hidden="1">')), (3, "", "hidden_row")),
    wrong("xml: a formula behind a comment", rows(cells(f'<c r="B3" t="str"><!-- x -->{FORMULA}</c>', "")), (3, "id_number", "formula")),
    wrong("xml: a formula behind its value", rows(cells(f'<c r="B3" t="str"><v>{ID}</v><f>1</f></c>', "")), (3, "id_number", "formula")),
    wrong("xml: a formula without text", rows(cells(f'<c r="B3" t="str"><f t="shared" si="0"/><v>{ID}</v></c>', "")), (3, "id_number", "formula")),
]  # fmt: skip
