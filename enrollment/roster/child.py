"""The throw-away process that parses a roster: file on standard input, frames of `wire.py` on standard output.

Frames hold rows, and at last {"end": true, …} or {"refused": kind, "detail": …}. It puts limits on itself before
the parser is loaded, and it may abort: the parent takes that for an answer.
"""

import csv
import io
import os
import resource
import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from enrollment.roster.wire import encode_message, encode_rows

CHUNK_ROWS = 1000
MAX_FRAME_BYTES = 8 * 2**20
DELIMITER_ROWS = 20
DELIMITERS = ",\t;"
MAX_TEXT = 1000
MAX_ADDRESS_SPACE = 1536 * 2**20
MAX_CPU_SECONDS = 120
MAX_BLANK_LINES = 1_000_000
NICENESS = 5  # behind the parent, which has more to do than this, and behind whoever waits for a page
MAX_COLUMNS = 200  # as in facts.py; a program of its own, this imports nothing of ours

Numbered = tuple[int, list[Any]]


class TooManyBlanks(Exception):
    """More blank lines than a county has people: nothing but work."""


class TooWide(Exception):
    """A line of a CSV has content past the last column that a roster may have."""


def main(kind: str, encoding: str) -> None:
    _limit_self()
    os.nice(NICENESS)
    try:
        total = 0
        for sheet, rows in _sheets(kind, encoding):
            for chunk in _chunks(rows):
                total += len(chunk)
                _send_chunk(sheet, chunk)
        _send({"end": True, "rows": total, "peak_kb": _peak_kb()})
    except MemoryError:
        _send({"refused": "structure", "detail": "memory"})
    except TooManyBlanks:
        _send({"refused": "blanks"})
    except TooWide as error:
        _send({"refused": "too_wide", "detail": str(error)})
    except csv.Error as error:
        _send({"refused": "csv", "detail": str(error)})
    except BaseException as error:  # a panic of the parser is no Exception; the parent words it
        _send({"refused": "structure", "detail": type(error).__name__})


def _peak_kb() -> int:
    """Of this program alone: ru_maxrss begins with what the process that forked had in memory."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def _limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESS_SPACE, MAX_ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _sheets(kind: str, encoding: str) -> Iterator[tuple[str, Iterator[Numbered]]]:
    if kind == "csv":
        yield "CSV", _csv_rows(sys.stdin.buffer, encoding)
        return
    # only here, so that the limits stand before the parser's library is loaded
    from python_calamine_plus import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_path("/proc/self/fd/0")  # a file in memory, which needs no copy of its bytes
    for index, meta in enumerate(workbook.sheets_metadata):
        if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
            yield meta.name, _sheet_rows(workbook.stream_sheet_by_index(index))


def _sheet_rows(sheet: Any) -> Iterator[Numbered]:
    """Rows under the sheet's own numbers, one at a time: the stream starts at row 1, column A."""
    for number, cells in enumerate(sheet, start=1):
        if cells.count("") < len(cells):
            yield number, cells


def _csv_rows(stream: BinaryIO, encoding: str) -> Iterator[Numbered]:
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    first = list(islice(text, DELIMITER_ROWS))
    delimiter = max(DELIMITERS, key=lambda mark: _count(first, mark))
    reader = csv.reader(chain(first, text), delimiter=delimiter, strict=True)  # or a quote without end takes the rest
    blanks = 0
    for number, cells in enumerate(reader, start=1):
        if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
            raise TooWide(number)
        if any(cells):
            blanks = 0
            yield number, cells[:MAX_COLUMNS]
        else:
            blanks += 1
            if blanks > MAX_BLANK_LINES:
                raise TooManyBlanks


def _count(lines: list[str], mark: str) -> tuple[int, int]:
    """In how many lines, then how often: addresses may hold more of another mark, their header does not."""
    return sum(mark in line for line in lines), sum(line.count(mark) for line in lines)


def _chunks(rows: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK_ROWS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _send_chunk(sheet: str, chunk: list[Numbered]) -> None:
    frame = encode_rows(sheet, [number for number, _ in chunk], [cells for _, cells in chunk])
    if len(frame) <= MAX_FRAME_BYTES:
        _write(frame)
        return
    for number, cells in chunk:  # texts far longer than any roster's: cut, which the check refuses anyway
        _write(encode_rows(sheet, [number], [[_clipped(cell) for cell in cells]]))


def _clipped(cell: Any) -> Any:
    return cell[:MAX_TEXT] if isinstance(cell, str) else cell


def _send(message: dict[str, Any]) -> None:
    _write(encode_message(message))


def _write(frame: bytes) -> None:
    sys.stdout.buffer.write(frame)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
