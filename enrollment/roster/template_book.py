"""The workbook to fill in: text columns, lists to choose from, and a page that says how."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from enrollment.roster.columns import COLUMNS, KEYS, Column
from enrollment.roster.relations import COMMON_NAMES

ROSTER_SHEET = "参保名册"
HELP_SHEET = "填写说明"
LIST_SHEET = "选项"
HEADER_ROW = 2
FILLABLE_ROWS = 5000

_WIDTHS = {
    "id_number": 22,
    "head_id_number": 22,
    "bank_account": 24,
    "address": 32,
    "phone": 15,
    "village": 20,
    "bank": 20,
}
_HEADER_FILL = PatternFill("solid", start_color="FFE8EEF7", end_color="FFE8EEF7")
_THIN = Side(style="thin", color="FFB8C1CC")
_EXAMPLES = (
    (
        *("周某英", "居民身份证", "500101197001010019", "男", "1970-01-01", "0001"),
        *("周某英", "500101197001010019", "户主", "{township}", "{village}", "1组"),
        *("10000000001", "某某农村商业银行", "6200000000000000001", "{village}1号", "示例，不要抄"),
    ),
    (
        *("李某兰", "居民身份证", "500101197202020029", "女", "1972-02-02", "0001"),
        *("周某英", "500101197001010019", "妻", "{township}", "{village}", "1组"),
        *("", "", "", "{village}1号", "示例，不要抄"),
    ),
)
_HELP = (
    "怎样填写",
    "1. 从第 3 行起每人一行，不要改动第 2 行的列名；“序号”和“备注”可以不填。",
    "2. 带 * 的列必须填写。乡镇和村（社区）写全称，可从下拉列表里选。",
    "3. 身份证号、银行账号、联系电话三列已设为“文本”，请直接输入完整号码；从别处粘贴时选“只粘贴文本”。",
    "4. 不要合并单元格，不要用公式，不要隐藏行；上传前请清除筛选。",
    "5. 与户主关系按 GB/T 4761 填写，户主本人填“户主”。户号、与户主关系可以不填。",
    "6. 日期写成 1980-01-31。性别填“男”或“女”。性别、出生日期也可以不填，以身份证号为准。",
    "7. 同一人只能出现一次。",
    "8. 填好后保存为 .xlsx 上传；超过 300,000 行请另存为 CSV UTF-8。",
    "填写示例（合成数据，不是真人，不要抄进名册）",
)


def write_template(out: Path | BinaryIO, *, township: str, villages: Sequence[str], title: str = "参保名册") -> None:
    """The template of one township ("" for a whole county) as .xlsx; villages are offered in a list."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = ROSTER_SHEET
    _write_heading(sheet, f"{township}{title}", township_needed=not township)
    _format_columns(sheet)
    _write_help(book.create_sheet(HELP_SHEET), township, villages)
    _add_lists(book.create_sheet(LIST_SHEET), sheet, villages)
    book.save(out)


def _write_heading(sheet: Worksheet, title: str, *, township_needed: bool) -> None:
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS) + 1)
    _put(sheet, 1, 1, title).font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    titles = ["序号", *(_marked(column, township_needed=township_needed) for column in COLUMNS)]
    for position, text in enumerate(titles, start=1):
        cell = _put(sheet, HEADER_ROW, position, text)
        cell.font = Font(bold=True)
        cell.fill = _HEADER_FILL
        cell.border = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 3)


def _marked(column: Column, *, township_needed: bool) -> str:
    needed = column.required or (township_needed and column.key == "township")
    return f"{column.title}*" if needed else column.title


def _format_columns(sheet: Worksheet) -> None:
    """Text format for every column: digits stay as they are typed."""
    sheet.column_dimensions["A"].width = 6
    for position, key in enumerate(KEYS, start=2):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width = _WIDTHS.get(key, 12)
        dimension.number_format = "@"


def _write_help(sheet: Worksheet, township: str, villages: Sequence[str]) -> None:
    for row_no, line in enumerate(_HELP, start=1):
        _put(sheet, row_no, 1, line)
    sheet["A1"].font = Font(size=14, bold=True)
    row_no = len(_HELP) + 1
    place = {"township": township or "某某镇", "village": villages[0] if villages else "某某村"}
    for offset, column in enumerate(COLUMNS):  # downwards, so that this page is never taken for a roster
        _put(sheet, row_no + offset, 1, column.title)
        for position, example in enumerate(_EXAMPLES, start=2):
            _put(sheet, row_no + offset, position, example[offset].format(**place))
    for letter, width in (("A", 24), ("B", 26), ("C", 26)):
        sheet.column_dimensions[letter].width = width


def _add_lists(options: Worksheet, sheet: Worksheet, villages: Sequence[str]) -> None:
    """Lists stand on a hidden page: a list written into the rule itself ends at 255 characters."""
    options.sheet_state = "hidden"
    choices = (("village", villages), ("relation", COMMON_NAMES), ("sex", ("男", "女")))
    for column, (key, words) in enumerate(choices, start=1):
        if not words:
            continue
        for row_no, word in enumerate(words, start=1):
            _put(options, row_no, column, word)
        letter = get_column_letter(column)
        rule = DataValidation("list", formula1=f"{LIST_SHEET}!${letter}$1:${letter}${len(words)}", allow_blank=True)
        rule.errorTitle, rule.error = "请从列表里选", "列表里没有这一项。请从下拉列表里选，或核对全称"
        rule.errorStyle = "warning"
        filled = get_column_letter(KEYS.index(key) + 2)
        rule.add(f"{filled}{HEADER_ROW + 1}:{filled}{HEADER_ROW + FILLABLE_ROWS}")
        sheet.add_data_validation(rule)


def _put(sheet: Worksheet, row_no: int, column: int, text: str) -> BookCell:
    """A text cell, never a formula."""
    cell = sheet.cell(row_no, column)
    assert isinstance(cell, BookCell)
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
