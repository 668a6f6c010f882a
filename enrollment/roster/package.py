"""The zip around a workbook, read without trusting what it says of itself."""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from enrollment.roster.refusal import RosterRefused, broken_structure, refused

MAX_MEMBERS = 200
MAX_MEMBER_BYTES = 400 * 2**20
MAX_TOTAL_BYTES = 800 * 2**20
MAX_SHARED_TEXTS = 6_000_000  # the parser keeps each of them, at some fifty bytes even where it is empty
BLOCK = 2**20

_MACRO = "工作簿带有宏、控件或嵌入对象（{part}）。请另存为不带宏的 .xlsx，删去控件和嵌入对象后再上传"
_FORBIDDEN_PARTS = re.compile(r"vbaproject|activex|/embeddings/|customui|ctrlprops|macrosheets", re.I)
_FORBIDDEN_TYPES = re.compile(rb"macroEnabled|vbaProject|sheet\.binary|activeX|oleObject|intlmacrosheet", re.I)
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["'](?!utf-?8["'])""", re.I)
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_END_BYTES = 22


@dataclass(slots=True)
class Package:
    """Members of a checked zip. Inflating counts real bytes over all members, whatever sizes are declared."""

    data: bytes
    members: dict[str, zipfile.ZipInfo]
    inflated: dict[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.members

    def inflate(self, name: str, *, limit: int | None = None) -> Iterator[bytes]:
        """The member's bytes in blocks; raises RosterRefused past the limits, on bad data or a DTD."""
        info = self.members[name]
        size, checksum, tail = 0, 0, b""
        for block in self._blocks(info):
            size += len(block)
            self._count(name, size, MAX_MEMBER_BYTES if limit is None else limit)
            checksum = zlib.crc32(block, checksum)
            if _DTD.search(tail + block):
                raise refused(
                    "dtd",
                    f"工作簿的 {name} 里带有 DTD 声明，有安全风险。请用 Excel 或 WPS 另存为 .xlsx 再上传",
                )
            if not tail:
                _demand_utf8(name, block)
            tail = block[-16:]
            yield block
        if size != info.file_size or checksum != info.CRC:
            raise RosterRefused(broken_structure(f"{name} 的校验和不符，文件可能没有传完"))

    def inflate_others(self, *, except_for: Collection[str]) -> None:
        """Count and check every member that nobody else reads."""
        for name in self.members:
            if name not in except_for and name not in self.inflated:
                texts = 0
                for block in self.inflate(name):
                    texts += block.count(b"<si>") if "sharedStrings" in name else 0
                    if texts > MAX_SHARED_TEXTS:
                        raise _too_many_texts(name)

    def _count(self, name: str, size: int, limit: int) -> None:
        self.inflated[name] = size
        if size > limit or sum(self.inflated.values()) > MAX_TOTAL_BYTES:
            raise refused(
                "zip_bomb",
                f"工作簿解压后过大（{name}）。请删去多余的工作表、图片和空白区域的格式，或另存为 .csv",
            )

    def _blocks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        start = self._data_start(info)
        packed = memoryview(self.data)[start : start + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(packed[at : at + BLOCK]) for at in range(0, len(packed), BLOCK))
            return
        yield from _inflated(packed, info.filename)

    def _data_start(self, info: zipfile.ZipInfo) -> int:
        """Where the packed bytes begin; the local header must agree with the directory on the name."""
        at = info.header_offset
        fixed = self.data[at : at + _LOCAL_HEADER.size]
        if len(fixed) < _LOCAL_HEADER.size or fixed[:4] != b"PK\x03\x04":
            raise RosterRefused(broken_structure(info.filename))
        *_, name_length, extra_length = _LOCAL_HEADER.unpack(fixed)
        name_at = at + _LOCAL_HEADER.size
        name = self.data[name_at : name_at + name_length]
        if name.decode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace") != info.orig_filename:
            raise RosterRefused(broken_structure(info.filename))
        return int(name_at + name_length + extra_length)


def open_package(data: bytes) -> Package:
    """The zip's members after every check that needs no inflating, and of the content types."""
    if not data.startswith(b"PK\x03\x04"):
        raise RosterRefused(broken_structure("不是从文件开头开始的压缩包"))
    if data.count(b"PK\x01\x02") > 2 * MAX_MEMBERS:
        raise _too_many()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            comment = archive.comment
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError) as error:
        raise RosterRefused(broken_structure("压缩包不完整，文件可能没有传完")) from error
    if comment or data.rfind(b"PK\x05\x06") + _END_BYTES != len(data):
        raise RosterRefused(broken_structure("文件末尾有多余的内容"))
    _check_members(infos)
    package = Package(data, {info.filename: info for info in infos})
    _check_content_types(package)
    return package


def _check_members(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_MEMBERS:
        raise _too_many()
    if len({info.filename.lower() for info in infos}) != len(infos):
        raise RosterRefused(broken_structure("压缩包里有重名的文件"))
    for info in infos:
        _check_member(info)
    in_order = sorted(infos, key=lambda info: info.header_offset)
    if in_order and in_order[0].header_offset:
        raise RosterRefused(broken_structure("文件开头有多余的内容"))
    for one, following in pairwise(in_order):
        if one.header_offset + _LOCAL_HEADER.size + one.compress_size > following.header_offset:
            raise RosterRefused(broken_structure("压缩包里的文件互相重叠"))


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if info.flag_bits & 0x41:
        raise refused("encrypted", "工作簿加了密码。请去掉打开密码，另存为 .xlsx 再上传")
    if _is_strange_path(name) or stat.S_ISLNK(info.external_attr >> 16):
        raise RosterRefused(broken_structure("压缩包里有不正常的路径"))
    if _FORBIDDEN_PARTS.search(name):
        raise refused("macro", _MACRO.format(part=name))
    if "externallinks/" in name.lower():
        raise refused("external_link", "工作簿链接了外部文件。请断开全部外部链接，保存后再上传")
    if name.lower().endswith((".zip", ".xlsx", ".xls", ".docx", ".exe", ".dll")):
        raise refused("embedded", _MACRO.format(part=name))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RosterRefused(broken_structure("压缩方式不常见"))


def _is_strange_path(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name or not name.isprintable()


def _check_content_types(package: Package) -> None:
    if not package.has("[Content_Types].xml"):
        raise refused("not_workbook", "文件是压缩包，但不是 Excel 工作簿。请上传 .xlsx 工作簿，不要压缩成 zip")
    text = b"".join(package.inflate("[Content_Types].xml", limit=BLOCK))
    if found := _FORBIDDEN_TYPES.search(text):
        raise refused("macro", _MACRO.format(part=found.group().decode("ascii")))


def _inflated(packed: memoryview, name: str) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    at = 0
    try:
        while not machine.eof:
            feed = machine.unconsumed_tail or packed[at : at + BLOCK]
            if not machine.unconsumed_tail:
                at += len(feed)
            block = machine.decompress(feed, BLOCK)
            if not block and not feed:
                break
            if block:
                yield block
    except zlib.error as error:
        raise RosterRefused(broken_structure(f"{name} 已损坏")) from error
    if machine.unused_data or (machine.eof and at < len(packed)):
        raise RosterRefused(broken_structure(f"{name} 后面有多余的内容"))
    if not machine.eof:
        raise RosterRefused(broken_structure(f"{name} 不完整，文件可能没有传完"))


def _demand_utf8(name: str, block: bytes) -> None:
    """Scanning for rows, formulas and DTDs looks at bytes, so another encoding would hide them."""
    if not name.endswith((".xml", ".rels")):
        return
    if block.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in block[:64] or _OTHER_ENCODING.search(block[:512]):
        raise RosterRefused(broken_structure(f"{name} 不是 UTF-8 编码"))


def _too_many_texts(name: str) -> RosterRefused:
    return refused(
        "too_many_texts",
        f"工作簿的文字表（{name}）超过 {MAX_SHARED_TEXTS:,} 条。请把名册复制到新下载的模板里，分成几个文件上传",
    )


def _too_many() -> RosterRefused:
    return RosterRefused(broken_structure(f"压缩包里的文件超过 {MAX_MEMBERS} 个"))
