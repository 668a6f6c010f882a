"""A long list from memory to a workbook, against openpyxl writing the same cells with the same formats."""

import io
import time
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from config.bench.measured import Measured, Options, own_peak_mb
from office.long_lists import ListColumn, write_long_list

COLUMNS = [ListColumn(f"第{at}列", 18) for at in range(1, 15)]


def run(options: Options) -> list[Measured]:
    """One figure; the baseline writes a tenth of the rows and is taken times ten: it would last minutes."""
    started = time.perf_counter()
    write_long_list(io.BytesIO(), sheet="名册", columns=COLUMNS, rows=_rows(options.rows))
    seconds = time.perf_counter() - started
    peak = own_peak_mb()
    tenth = max(1, options.rows // 10)
    baseline = _openpyxl_seconds(tenth) * options.rows / tenth
    note = (
        f"{options.rows:,} 行 × {len(COLUMNS)} 列；对照为 openpyxl 只写模式写同样的格式，快 {baseline / seconds:.1f} 倍"
    )
    return [Measured("export", seconds, baseline, peak, note)]


def _rows(count: int) -> Iterator[list[str]]:
    for n in range(count):
        yield [f"谭某{n % 97}", f"5001011970{n:08d}", *(f"第{n}行第{at}格" for at in range(12))]


def _openpyxl_seconds(count: int) -> float:
    started = time.perf_counter()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    bold, ground = Font(bold=True), PatternFill("solid", start_color="FFEDF1EE")

    def cell(text: str, *, title: bool = False) -> WriteOnlyCell:
        made = WriteOnlyCell(sheet, value=text)
        made.data_type, made.number_format = "s", "@"
        if title:
            made.font, made.fill = bold, ground
        return made

    sheet.append([cell(column.title, title=True) for column in COLUMNS])
    for row in _rows(count):
        sheet.append([cell(text) for text in row])
    book.save(io.BytesIO())
    return time.perf_counter() - started
