"""The uploader's own workbook back, with a last column 错误原因; or only its wrong rows where it is long."""

# mypy: disable-error-code="import-untyped"
import io
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell as BookCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from enrollment.roster.cells import as_text
from enrollment.roster.columns import ROW_TITLE, TITLES
from enrollment.roster.facts import Looked
from enrollment.roster.headers import Header
from enrollment.roster.problems import RowProblem
from enrollment.roster.reading import read_rows
from enrollment.roster.source import Source, opened
from enrollment.roster.whole_rows import WholeRows
from enrollment.roster.wrong_rows import WrongRows
from office.sheet_writer import BAD_COLOUR, SheetWriter

REASON_TITLE = "错误原因"
MAX_KEPT_ROWS = 20_000
MAX_KEPT_BYTES = 40 * 2**20
_BAD = PatternFill("solid", start_color=BAD_COLOUR, end_color=BAD_COLOUR)
_REASON_FONT = Font(color="FFB42318")
_WRAPPED = Alignment(wrap_text=True, vertical="top")

Wrong = Mapping[tuple[str, int], Sequence[RowProblem]]


def write_error_book(
    source: Source,
    looked: Looked,
    *,
    headers: Mapping[str, Header],
    wrong: Wrong,
    out: Path | BinaryIO,
    kept: WrongRows | None = None,
) -> None:
    """Write the workbook to `out` (.xlsx).

    headers are those of CheckReport; wrong maps (sheet, row number) to that row's problems; kept are their cells.
    Up to 20,000 rows the file itself comes back with its formats, else (and for a CSV) a new one with the wrong rows
    alone and their row numbers. Every cell is a value: formulas become text.
    """
    own = _own_book(source, headers, wrong) if _may_be_kept(looked) else None
    if own is not None:
        _put(own, out)
        return
    if kept is None or not kept.has_all(wrong):
        kept = _read_again(source, looked, headers, wrong)
    _write_wrong_rows(kept, headers, wrong, out)


def _put(content: bytes, out: Path | BinaryIO) -> None:
    if isinstance(out, Path):
        out.write_bytes(content)
    else:
        out.write(content)


def _may_be_kept(looked: Looked) -> bool:
    """openpyxl holds every cell that has as much as a format, at some fifty times its size."""
    rows, size = sum(one.rows for one in looked.sheets), sum(one.size for one in looked.sheets)
    return looked.kind == "xlsx" and rows <= MAX_KEPT_ROWS and size <= MAX_KEPT_BYTES


def _own_book(source: Source, headers: Mapping[str, Header], wrong: Wrong) -> bytes | None:
    """The marked copy; None where openpyxl stumbles over what other programs wrote and calamine passes by."""
    made = io.BytesIO()
    try:
        with opened(source) as stream, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that it drops
            book = load_workbook(stream, keep_links=False)
        _mark_book(book, headers, wrong)
        book.save(made)
        return made.getvalue()
    except Exception:  # its parts raise what they like, OSError among them; the wrong rows alone do as well
        return None


def reason_text(problems: Iterable[RowProblem]) -> str:
    """「身份证号」校验位不符，请核对；… for one row."""
    return "；".join(f"{_title(problem.column)}{problem.message}，{problem.mend}" for problem in problems)


def _title(column: str) -> str:
    return f"「{TITLES[column]}」" if column else "本行"


def _mark_book(book: Workbook, headers: Mapping[str, Header], wrong: Wrong) -> None:
    for sheet in book.worksheets:
        _still_formulas(sheet)
        header = headers.get(sheet.title)
        if header is not None:
            rows = {row_no: problems for (name, row_no), problems in wrong.items() if name == sheet.title}
            _mark_sheet(sheet, header, rows)


def _still_formulas(sheet: Worksheet) -> None:
    """Every formula as the text of it: nothing in what we hand out computes or fetches."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, BookCell) and cell.data_type == "f":
                _set_text(cell, str(getattr(cell.value, "text", cell.value) or ""))


def _mark_sheet(sheet: Worksheet, header: Header, rows: Mapping[int, Sequence[RowProblem]]) -> None:
    column = _reason_column(sheet, header)
    _set_text(sheet.cell(header.row_no, column), REASON_TITLE)
    sheet.column_dimensions[get_column_letter(column)].width = 60
    for row_no, problems in rows.items():
        reason = sheet.cell(row_no, column)
        _set_text(reason, reason_text(problems))
        reason.font = _REASON_FONT
        reason.alignment = _WRAPPED
        sheet.row_dimensions[row_no].hidden = False
        for problem in problems:
            if problem.column in header.positions:
                sheet.cell(row_no, header.positions[problem.column] + 1).fill = _BAD


def _reason_column(sheet: Worksheet, header: Header) -> int:
    """The column 错误原因 of a book that was marked before, emptied; else the one behind the last."""
    for cell in sheet[header.row_no]:
        if cell.value == REASON_TITLE:
            _empty(sheet, header.row_no, cell.column)
            return int(cell.column)
    return int(sheet.max_column) + 1


def _empty(sheet: Worksheet, header_row: int, column: int) -> None:
    for (cell,) in sheet.iter_rows(min_row=header_row + 1, min_col=column, max_col=column):
        if not isinstance(cell, MergedCell):
            cell.value = None


def _set_text(cell: BookCell | MergedCell, text: str) -> None:
    """As a string whatever it starts with: openpyxl takes a leading = for a formula."""
    if isinstance(cell, BookCell):
        cell.value = text
        cell.data_type = "s"


def _write_wrong_rows(kept: WrongRows, headers: Mapping[str, Header], wrong: Wrong, out: Path | BinaryIO) -> None:
    by_sheet: dict[str, list[int]] = {name: [] for name in headers}
    for name, row_no in wrong:
        by_sheet[name].append(row_no)
    first, *others = [*by_sheet] or [REASON_TITLE]
    with SheetWriter(out, sheet=first, more_sheets=others, widths=(8, 60)) as book:
        for name, numbers in by_sheet.items():
            if name != first:
                book.next_sheet()
            village = [headers[name].village] if headers[name].village else []  # whose the sheet was as a whole
            book.titles([ROW_TITLE, REASON_TITLE, *[TITLES["village"]] * len(village), *kept.titles[name]])
            for row_no in numbers:
                problems = wrong[name, row_no]
                cells = [str(row_no), reason_text(problems), *village, *map(as_text, kept.cells(name, row_no))]
                book.row(cells, bad=_bad_places(headers[name], problems, behind=2 + len(village)))


def _bad_places(header: Header, problems: Sequence[RowProblem], *, behind: int) -> set[int]:
    """`behind` so many columns of ours, as the row number and the reason."""
    return {header.positions[problem.column] + behind for problem in problems if problem.column in header.positions}


def _read_again(source: Source, looked: Looked, headers: Mapping[str, Header], wrong: Wrong) -> WrongRows:
    """The cells of wrong rows from a second reading: too many to keep, or refused only by the database.

    In the workbook of wrong rows alone each stands below somebody else's: nothing may stand for the row above.
    """
    titles = {sheet: list(header.titles) for sheet, header in headers.items()}
    kept = WrongRows(most=len(wrong), titles=titles)
    whole = {sheet: WholeRows(header, looked.sheet(sheet)) for sheet, header in headers.items()}
    for chunk in read_rows(source, looked):
        if chunk.sheet in whole:
            whole[chunk.sheet].complete(chunk.numbers, chunk.rows)
        for row_no, cells in zip(chunk.numbers, chunk.rows, strict=True):
            if (chunk.sheet, row_no) in wrong:
                kept.keep(chunk.sheet, row_no, cells)
    return kept
