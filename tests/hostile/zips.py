"""Zips that lie: about sizes, names, where they begin and end, and what is in them."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

from tests.hostile.kinds import Hostile, Size, refused
from tests.roster.books import GOOD, HEADER, book_of, raw_book, text_row, zip_of

BOOK = book_of(HEADER, GOOD)
DIRECTORY, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
MB = 2**20


def honest(rows: str = "") -> bytes:
    """A plain workbook by hand; `rows` follow its one good row."""
    return raw_book(f"<sheetData>{text_row(1, *HEADER)}{text_row(2, *GOOD)}{rows}</sheetData>")


def with_parts(*parts: tuple[str, bytes]) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice: that is the point
        return raw_book(f"<sheetData>{text_row(1, *HEADER)}{text_row(2, *GOOD)}</sheetData>", extra=parts)


def bomb(members: int, megabytes: int) -> Callable[[Size], bytes]:
    """Members of one letter each; a tenth as large in the short run."""

    def make(size: Size) -> bytes:
        out = io.BytesIO(BOOK)
        block = b"a" * MB
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for number in range(members):
                with archive.open(f"xl/big{number}.xml", "w", force_zip64=False) as member:
                    for _ in range(-(-megabytes // size)):
                        member.write(block)
        return out.getvalue()

    return make


def changed(at: bytes, offset: int, form: str, value: int, *, last: bool = True, data: bytes = BOOK) -> bytes:
    """The workbook with one number in a record overwritten."""
    copy = bytearray(data)
    start = copy.rfind(at) if last else copy.find(at)
    struct.pack_into(form, copy, start + offset, value)
    return bytes(copy)


def with_flag(bit: int) -> bytes:
    start = BOOK.find(DIRECTORY)
    return changed(DIRECTORY, 8, "<H", struct.unpack_from("<H", BOOK, start + 8)[0] | bit, last=False)


def broken_data() -> bytes:
    """One bit of the sheet's packed bytes is another."""
    data = bytearray(honest())
    start = data.find(b"xl/worksheets/sheet1.xml") + len(b"xl/worksheets/sheet1.xml")
    data[start + 40] ^= 0x10
    return bytes(data)


def symlink() -> bytes:
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    return out.getvalue()


def with_name(name: bytes) -> bytes:
    """A member whose name could not be written by zipfile; as long as the placeholder."""
    placeholder = b"xl/placeholder.xml"
    return with_parts((placeholder.decode(), b"<x/>")).replace(placeholder, name.ljust(len(placeholder), b"x"))


def many_members(size: Size) -> bytes:
    return zip_of([("[Content_Types].xml", "<Types/>"), *((f"xl/m{n}.xml", "") for n in range(65_000 // size))])


def with_comment() -> bytes:
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"<html>" + b"x" * 65_000
    return out.getvalue()


def zip64() -> bytes:
    """A locator that sends the reader to a directory far outside the file."""
    end = BOOK.rfind(END)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2**40, 2**40, 2**60, 2**60)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    return BOOK[:end] + record + locator + struct.pack("<4s4H2LH", END, 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)


def overlapping() -> bytes:
    data = bytearray(with_parts(("xl/worksheets/sheet2.xml", b"<worksheet/>")))
    struct.pack_into("<L", data, data.rfind(DIRECTORY) + 42, data.find(LOCAL))
    return bytes(data)


def two_ends() -> bytes:
    """Two workbooks in a row: one program reads the first, another the second."""
    return honest() + honest(text_row(3, "李某兰", "500101197202020029", "大周镇", "五土村"))


def padded_member() -> bytes:
    """A sheet whose packed bytes go on behind the end of the deflate stream."""
    data = honest()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    local, entry = info.header_offset, data.rfind(DIRECTORY)
    end = local + 30 + len(info.filename) + info.compress_size
    grown = bytearray(data[:end] + b"<html>junk" + data[end:])
    struct.pack_into("<L", grown, local + 18, info.compress_size + 10)
    struct.pack_into("<L", grown, entry + 10 + 20, info.compress_size + 10)
    at = grown.rfind(END)
    struct.pack_into("<L", grown, at + 16, struct.unpack_from("<L", data, data.rfind(END) + 16)[0] + 10)
    return bytes(grown)


KINDS: list[Hostile] = [
    refused("zip: one member of 450 MB", bomb(1, 450), "解压后过大"),
    refused("zip: 90 members of 10 MB", bomb(90, 10), "解压后过大"),
    refused("zip: a zip in the zip", with_parts(("xl/media/inner.zip", zip_of([("a", "b")]))), "嵌入"),
    refused("zip: a workbook in the workbook", with_parts(("xl/media/inner.xlsx", BOOK)), "嵌入"),
    refused("zip: members that overlap", overlapping(), "文件结构异常"),
    refused("zip: 65,000 members", many_members, "超过 200 个"),
    refused("zip: declares less than it holds", changed(DIRECTORY, 24, "<L", 100, data=honest()), "校验和不符"),
    refused("zip: declares 4 GB", changed(DIRECTORY, 24, "<L", 2**32 - 2, data=honest()), "校验和不符"),
    refused("zip: a wrong checksum", changed(DIRECTORY, 16, "<L", 0xBAD, data=honest()), "校验和不符"),
    refused("zip: a bit of the sheet turned", broken_data(), "文件结构异常"),
    refused("zip: half a file", BOOK[: len(BOOK) // 2], "没有传完"),
    refused("zip: without its last bytes", BOOK[:-40], "没有传完"),
    refused("zip: only its first four bytes", BOOK[:4], "没有传完"),
    refused("zip: a directory far away (zip64)", zip64(), "文件结构异常"),
    refused("zip: a member beyond the end", changed(DIRECTORY, 42, "<L", 2**31, data=honest()), "文件结构异常"),
    refused("zip: encrypted members", with_flag(0x1), "密码"),
    refused("zip: strongly encrypted members", with_flag(0x40), "密码"),
    refused("zip: a name twice", with_parts(("xl/worksheets/sheet1.xml", b"<worksheet/>")), "重名"),
    refused("zip: a name twice but for its case", with_parts(("XL/Workbook.XML", b"<x/>")), "重名"),
    refused("zip: path upwards", with_parts(("../../evil.xml", b"<x/>")), "路径"),
    refused("zip: absolute path", with_parts(("/etc/evil.xml", b"<x/>")), "路径"),
    refused("zip: path on a drive", with_parts(("C:\\evil.xml", b"<x/>")), "路径"),
    refused("zip: path upwards with backslashes", with_parts(("xl\\..\\..\\evil.xml", b"<x/>")), "路径"),
    refused("zip: a symbolic link", symlink(), "路径"),
    refused("zip: NUL in a name", with_name(b"xl/a\x00.exe"), "路径"),
    refused("zip: line break in a name", with_name(b"xl/a\n.xml"), "路径"),
    refused("zip: other names in the local headers", BOOK.replace(b"xl/workbook.xml", b"xl/warkbook.xml", 1), "文件结构异常"),
    refused("zip: a program before it", b"MZ" + bytes(100) + BOOK, "不是"),
    refused("zip: bytes behind it", BOOK + b"<?php system($_GET['x']); ?>", "多余"),
    refused("zip: a comment of 64 KB", with_comment(), "多余"),
    refused("zip: two workbooks in a row", two_ends(), "文件结构异常"),
    refused("zip: packed bytes that go on", padded_member(), "文件结构异常"),
    refused("zip: packed with bzip2", raw_book(compress=zipfile.ZIP_BZIP2), "压缩方式"),
    refused("zip: packed with lzma", raw_book(compress=zipfile.ZIP_LZMA), "压缩方式"),
]  # fmt: skip
