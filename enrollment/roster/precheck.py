"""Look a file over before any parser touches it.

calamine aborts its process on hostile sheets and tells nothing of hidden rows or formulas, so both are found
here, from the zip and the XML themselves, in constant memory beside the file.
"""

import codecs
import io
from pathlib import PurePath
from typing import BinaryIO
from xml.etree import ElementTree

from enrollment.roster.facts import Looked
from enrollment.roster.package import Package, open_package
from enrollment.roster.refusal import Refusal, RosterRefused, broken_structure, refused
from enrollment.roster.sheet_scan import scan_sheet
from enrollment.roster.source import Source, opened

MAX_XLSX_BYTES = 60 * 2**20
MAX_CSV_BYTES = 500 * 2**20
MAX_SMALL_XML = 4 * 2**20
MAX_DEPTH = 64
WORKBOOK_PART = "xl/workbook.xml"
CSV_BLOCK = 2**20

_SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx（Excel 工作簿）再上传"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<head", b"<style", b"<body")
_KIND_BY_SUFFIX = {
    ".xls": ("xls", f"这是旧版 .xls 文件，本系统只收 .xlsx 和 .csv。{_SAVE_AS}"),
    ".et": ("et", f"这是 WPS 表格的 .et 文件，本系统只收 .xlsx 和 .csv。{_SAVE_AS}"),
    ".xlsm": ("macro", f"这是带宏的 .xlsm 文件，本系统不收带宏的文件。{_SAVE_AS}"),
    ".xlsb": ("xlsb", f"这是二进制 .xlsb 文件，本系统只收 .xlsx 和 .csv。{_SAVE_AS}"),
    ".ods": ("ods", f"这是 .ods 文件，本系统只收 .xlsx 和 .csv。{_SAVE_AS}"),
}


def look_over(source: Source, *, name: str = "") -> Looked:
    """What the file holds, or why it is refused; name is the uploader's file name, used for wording only."""
    try:
        with opened(source) as stream:
            return _look(stream, PurePath(name).suffix.lower())
    except RosterRefused as refusal:
        return Looked(refusal=refusal.refusal)


def _look(stream: BinaryIO, suffix: str) -> Looked:
    start = stream.read(512)
    if not start.strip():
        raise refused("empty", "文件是空的，没有任何内容。请检查后重新上传")
    if suffix in _KIND_BY_SUFFIX:
        raise refused(*_KIND_BY_SUFFIX[suffix])
    if start.startswith(b"PK"):
        return _look_at_workbook(stream, start, suffix)
    if foreign := _foreign_kind(start, suffix):
        raise RosterRefused(foreign)
    return Looked(kind="csv", encoding=_csv_encoding(stream, start))


def _foreign_kind(start: bytes, suffix: str) -> Refusal | None:
    """A file that is neither a zip nor plain text; text under an .xlsx name counts as such."""
    if start.startswith(_OLE):
        return Refusal("ole", f"这是加了打开密码的工作簿，或改了扩展名的旧版 .xls 文件。请去掉密码；{_SAVE_AS}")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return Refusal("markup", f"这是网页（或 XML）文件，只是扩展名像表格。{_SAVE_AS}")
    if suffix == ".xlsx":
        return Refusal(
            "not_workbook",
            f"文件名是 .xlsx，内容却不是 Excel 工作簿（可能是改了扩展名的 CSV 或别的文件）。{_SAVE_AS}",
        )
    if start.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x1f\x8b")):
        return Refusal("not_workbook", "这不是表格文件。请上传 .xlsx 工作簿或 .csv 文件")
    return None


def _look_at_workbook(stream: BinaryIO, start: bytes, suffix: str) -> Looked:
    if suffix == ".csv":
        raise refused("not_csv", "文件名是 .csv，内容却是 Excel 工作簿。请把扩展名改为 .xlsx 再上传")
    data = start + stream.read(MAX_XLSX_BYTES - len(start) + 1)
    if len(data) > MAX_XLSX_BYTES:
        raise refused("too_big", "工作簿超过 60 MB。请分成几个文件上传，或另存为 .csv（CSV UTF-8）")
    package = open_package(data)
    parts = _sheet_parts(package)
    package.inflate_others(except_for={part for _, _, part in parts})
    sheets = tuple(scan_sheet(package, part, name=name, visible=visible) for name, visible, part in parts)
    if not any(sheet.visible for sheet in sheets):
        raise refused("no_sheet", "工作簿里没有可见的工作表。请取消隐藏名册所在的工作表，保存后再上传")
    return Looked(kind="xlsx", sheets=sheets)


def _sheet_parts(package: Package) -> list[tuple[str, bool, str]]:
    """(name, visible, zip member) of each worksheet, in the workbook's order."""
    workbook_part = _workbook_part(package)
    folder, _, base = workbook_part.rpartition("/")
    targets = _targets(package, f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels", folder)
    found: list[tuple[str, bool, str]] = []
    for element in _parse(package, workbook_part).iter():
        if _local(element.tag) != "sheet":
            continue
        links = [value for key, value in element.attrib.items() if _local(key) == "id"] or [""]
        if len(links) > 1 or element.attrib.get("name") in {name for name, _, _ in found}:
            raise RosterRefused(broken_structure("工作簿里有两个同名的工作表"))
        link = links[0]
        kind, part = targets.get(link, ("", ""))
        if kind == "worksheet" and package.has(part):
            if any(part == other for _, _, other in found):
                raise RosterRefused(broken_structure(f"几个工作表用的是同一份内容 {part}"))
            visible = element.attrib.get("state", "visible") == "visible"
            found.append((element.attrib.get("name", ""), visible, part))
    if not found:
        raise RosterRefused(broken_structure("工作簿里没有工作表"))
    return found


def _workbook_part(package: Package) -> str:
    """The parser looks nowhere else, so one that stands elsewhere, or is one of two, is none."""
    parts = [part for kind, part in _targets(package, "_rels/.rels", "").values() if kind == "officeDocument"]
    if parts == [WORKBOOK_PART] and package.has(WORKBOOK_PART):
        return WORKBOOK_PART
    raise refused("not_workbook", f"文件是压缩包，但里面没有 Excel 工作簿。{_SAVE_AS}")


def _targets(package: Package, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Relationship id → (kind, zip member) of a .rels part; external targets are refused."""
    if not package.has(part):
        return {}
    found = {}
    for element in _parse(package, part):
        target = element.attrib.get("Target", "")
        kind = element.attrib.get("Type", "").rpartition("/")[2]
        if element.attrib.get("TargetMode") == "External" and kind != "hyperlink":
            raise refused("external_link", "工作簿链接了外部文件。请断开全部外部链接，保存后再上传")
        if element.attrib.get("Id", "") in found:
            raise RosterRefused(broken_structure(f"{part} 里有重复的编号"))
        full = target.lstrip("/") if target.startswith("/") or not folder else f"{folder}/{target}"
        found[element.attrib.get("Id", "")] = (kind, full)
    return found


def _parse(package: Package, part: str) -> ElementTree.Element:
    text = b"".join(package.inflate(part, limit=MAX_SMALL_XML))
    try:
        _refuse_depth(text, part)
        return ElementTree.fromstring(text)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise RosterRefused(broken_structure(part)) from error


def _refuse_depth(text: bytes, part: str) -> None:
    depth = 0
    for event, _ in ElementTree.iterparse(io.BytesIO(text), events=("start", "end")):  # noqa: S314
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise RosterRefused(broken_structure(f"{part} 的层次太深"))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _csv_encoding(stream: BinaryIO, start: bytes) -> str:
    """utf-8-sig or gb18030, whichever decodes all of the file; utf-16 where it begins with its mark."""
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    names = ("utf-16",) if marked else ("utf-8-sig", "gb18030")
    decoders = {name: codecs.getincrementaldecoder(name)() for name in names}
    block, size = start, 0
    while block:
        size += len(block)
        _refuse_too_big(size)
        if not marked:
            _refuse_nul(b"\x00" in block)
        for name in list(decoders):
            if not _decodes(decoders[name], block, final=False):
                del decoders[name]
        block = stream.read(CSV_BLOCK)
    for name, decoder in decoders.items():
        if _decodes(decoder, b"", final=True):
            return name
    raise refused("csv_encoding", "CSV 文件的文字编码不是 UTF-8、GB18030 或 UTF-16。请另存为“CSV UTF-8”再上传")


def _refuse_nul(found: bool) -> None:
    if found:
        raise refused("csv_nul", "文件含有空字符（NUL），不是正常的 CSV 文本。请另存为“CSV UTF-8”再上传")


def _refuse_too_big(size: int) -> None:
    if size > MAX_CSV_BYTES:
        raise refused("too_big", "CSV 文件超过 500 MB。请分成几个文件上传")


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bool:
    try:
        text = decoder.decode(block, final)
    except UnicodeError:
        return False
    _refuse_nul("\x00" in text)
    return True
