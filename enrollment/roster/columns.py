"""The columns of a roster, the spellings they are known by, and where they stand in a sheet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calc.text import fold
from enrollment.roster.cells import Cell, as_text
from enrollment.roster.refusal import RosterRefused, refused
from office.sheet_writer import column_letter


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column: its key in code, its title in our template, other spellings seen."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        "姓名",
        (
            "被保险人姓名",
            "参保人姓名",
            "参保对象姓名",
            "参保对象",
            "被保险人",
            "被保人姓名",
            "参保人员姓名",
            "参保人",
            "人员姓名",
            "家庭成员姓名",
            "成员姓名",
        ),
        required=True,
    ),
    Column("id_kind", "证件类型", ("证件种类", "证件类别")),
    Column(
        "id_number",
        "身份证号",
        (
            "身份证号码",
            "公民身份号码",
            "公民身份证号码",
            "证件号码",
            "证件号",
            "居民身份证号",
            "居民身份证号码",
            "被保险人身份证号",
            "被保险人身份证号码",
            "身份证",
            "身份号码",
            "身份证件号码",
            "被保险人证件号码",
            "被保人身份证号",
            "被保人身份证号码",
            "参保人身份证号",
            "参保人身份证号码",
            "参保人证件号码",
            "成员身份证号",
            "成员身份证号码",
        ),
        required=True,
    ),
    Column("sex", "性别"),
    Column("birth_date", "出生日期", ("出生时间", "出生年月日", "出生年月")),
    Column("household_no", "户号", ("户编号", "家庭编号", "户编码")),
    Column("head_name", "户主姓名", ("户主",)),
    Column("head_id_number", "户主身份证号", ("户主身份证号码", "户主公民身份号码", "户主证件号码")),
    Column("relation", "与户主关系", ("户主关系", "家庭关系", "与户主的关系")),
    Column(
        "township",
        "乡镇",
        (
            "乡镇、街道名称",
            "乡镇街道名称",
            "乡镇名称",
            "乡镇街道",
            "乡镇、街道",
            "镇乡",
            "镇街",
            "镇",
            "镇乡街道",
            "乡镇(街道)",
            "所属乡镇",
        ),
    ),
    Column(
        "village",
        "村",
        (
            "村别",
            "村、居委会名称",
            "村居委会名称",
            "行政村",
            "村社区",
            "村(社区)",
            "村居",
            "村名",
            "村名称",
            "村、社区",
            "行政村(社区)",
            "所属村",
            "所在村",
            "村(居)",
            "村(居)委会",
            "村(居)委会名称",
            "村(居)名称",
            "村(居委会)",
            "村(社区)名称",
            "村/社区",
            "村/居",
            "村居名称",
            "村委会",
            "行政村名称",
            "所属行政村",
        ),
        required=True,
    ),
    Column("group", "组", ("村民小组", "小组", "组别", "居民小组", "社")),
    Column("phone", "联系电话", ("手机号码", "手机号", "电话", "联系方式", "手机", "电话号码")),
    Column("bank", "开户银行", ("开户行", "银行名称")),
    Column("bank_account", "银行账号", ("银行卡号", "银行账户", "账号", "卡号", "一卡通账号", "银行帐号", "帐号")),
    Column("address", "家庭住址", ("详细地址", "住址", "家庭地址", "地址")),
    Column("remark", "备注", ("说明",)),
)
KEYS: tuple[str, ...] = tuple(column.key for column in COLUMNS)
TITLES: Mapping[str, str] = {column.key: column.title for column in COLUMNS}
IGNORED_TITLES = frozenset({"序号", "编号", "错误原因"})
HEADER_SEARCH_ROWS = 20
_MINIMUM_MATCHES = 2

_DECORATION = re.compile(r"\s+|[*★:：]|[(（](?:必填|选填|可不填|文本格式|1[58]位)[)）]")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of one sheet stand: key → 0-based position; row_no is the sheet's own."""

    row_no: int
    positions: Mapping[str, int]
    unknown: tuple[str, ...]
    renamed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ColumnSet:
    """The columns that one kind of workbook has, and which column each spelling means."""

    columns: tuple[Column, ...]
    titles: Mapping[str, str] = field(init=False)
    keys: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        spelled = {header_text(text): one.key for one in self.columns for text in (one.title, *one.aliases)}
        object.__setattr__(self, "titles", {column.key: column.title for column in self.columns})
        object.__setattr__(self, "keys", spelled)

    def key_of(self, cell: Cell) -> str | None:
        return self.keys.get(header_text(cell)) if isinstance(cell, str) else None

    def required(self, *, township_needed: bool) -> list[Column]:
        return [one for one in self.columns if one.required or (township_needed and one.key == "township")]


def header_text(cell: Cell) -> str:
    """A header as it is compared: folded, without spaces, line breaks and marks such as * or （必填）."""
    return _DECORATION.sub("", fold(as_text(cell)))


ROSTER = ColumnSet(COLUMNS)


def find_header(
    sheet: str, rows: Sequence[tuple[int, list[Cell]]], *, township_needed: bool, known: ColumnSet = ROSTER
) -> Header | None:
    """The header among the first rows of a sheet; None where nothing looks like one.

    Raises RosterRefused when a row looks like a header but lacks a required column or names one twice.
    """
    candidates = [(_matches(cells, known), -number, cells) for number, cells in rows[:HEADER_SEARCH_ROWS]]
    if not candidates:
        return None
    matches, negative_row, cells = max(candidates, key=lambda one: one[:2])
    if matches < _MINIMUM_MATCHES:
        return None
    header = _read_header(sheet, -negative_row, cells, known)
    _demand_required(sheet, header, known.required(township_needed=township_needed))
    return header


def no_header(sheets: Sequence[str], *, township_needed: bool, known: ColumnSet = ROSTER) -> RosterRefused:
    """The error for a file in which no sheet has a header."""
    where = "、".join(f"「{sheet}」" for sheet in sheets) or "文件"
    wanted = "；".join(_accepted(column) for column in known.required(township_needed=township_needed))
    return refused(
        "no_header",
        f"工作表{where}的前 {HEADER_SEARCH_ROWS} 行里找不到表头。必须有的列和可用的写法：{wanted}。"
        "请下载本系统模板，把数据贴到模板里再上传",
    )


def _matches(cells: Sequence[Cell], known: ColumnSet) -> int:
    """How many columns the row names; none unless a person is among them, since 户主 is also a relation."""
    keys = {known.key_of(cell) for cell in cells} - {None}
    return len(keys) if keys & {"name", "id_number"} else 0


def _read_header(sheet: str, row_no: int, cells: Sequence[Cell], known: ColumnSet) -> Header:
    positions: dict[str, int] = {}
    renamed: dict[str, str] = {}
    unknown: list[str] = []
    for position, cell in enumerate(cells):
        title = header_text(cell)
        key = known.key_of(cell)
        if key is None:
            if title and title not in IGNORED_TITLES:
                unknown.append(as_text(cell).strip())
            continue
        if key in positions:
            raise _twice(sheet, row_no, known.titles[key], positions[key], position)
        positions[key] = position
        if title != known.titles[key]:
            renamed[key] = as_text(cell).strip()
    return Header(row_no, positions, tuple(unknown), renamed)


def _twice(sheet: str, row_no: int, title: str, first: int, second: int) -> RosterRefused:
    return refused(
        "column_twice",
        f"工作表「{sheet}」第 {row_no} 行表头里「{title}」出现两次"
        f"（{column_letter(first)} 列和 {column_letter(second)} 列）。请删去其中一列，或改成别的列名",
    )


def _demand_required(sheet: str, header: Header, required: Sequence[Column]) -> None:
    missing = [column for column in required if column.key not in header.positions]
    if missing:
        lacks = "、".join(f"「{column.title}」" for column in missing)
        spellings = "；".join(_accepted(column) for column in missing)
        raise refused(
            "column_missing",
            f"工作表「{sheet}」第 {header.row_no} 行表头缺少{lacks}。可用的写法：{spellings}。"
            "请补上这些列，或下载本系统模板重新填写",
        )


def _accepted(column: Column) -> str:
    return f"{column.title}（也可写 {'、'.join(column.aliases[:5])}）" if column.aliases else column.title
