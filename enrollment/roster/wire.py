"""What the reading child sends its parent: plain text that can name values and do nothing else.

A frame is one line of JSON and, where that names `bytes`, so many bytes of UTF-8: rows between RS, cells between US.
A cell that is no plain text (a number, a truth value, text with one of these marks) stands as GS and its JSON.
"""

import json
from collections.abc import Sequence
from typing import Any

Cell = str | float | int | bool | None

GS, RS, US = "\x1d", "\x1e", "\x1f"


class BadFrame(ValueError):
    """The other side says what nobody sends."""


def encode_rows(sheet: str, numbers: Sequence[int], rows: Sequence[Sequence[Any]]) -> bytes:
    """One frame of rows under their own numbers."""
    text = _joined(rows)
    if text is None:
        text = RS.join(US.join(map(_coded, cells)) for cells in rows)
    payload = text.encode("utf-8", "replace")
    where = numbers if numbers[-1] - numbers[0] >= len(numbers) else [numbers[0]]
    return encode_message({"sheet": sheet, "numbers": where, "n": len(numbers), "bytes": len(payload)}) + payload


def encode_message(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _joined(rows: Sequence[Sequence[Any]]) -> str | None:
    """The short way, for rows in which only cells that are no text need a mark; None where texts hold marks."""
    lines, coded, cells_between = [], 0, 0
    for cells in rows:
        try:
            lines.append(US.join(cells))
        except TypeError:
            written = [cell if isinstance(cell, str) else _coded(cell) for cell in cells]
            coded += sum(not isinstance(cell, str) for cell in cells)
            lines.append(US.join(written))
        cells_between += len(cells) - 1
    text = RS.join(lines)
    clean = (text.count(US), text.count(RS), text.count(GS)) == (cells_between, len(lines) - 1, coded)
    return text if clean else None


def _coded(cell: Any) -> str:
    if isinstance(cell, str) and not (GS in cell or RS in cell or US in cell):
        return cell
    return GS + json.dumps(cell, ensure_ascii=True, default=_iso)


def _iso(value: Any) -> str:
    """A date, time or duration as text; midnight is left off."""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return str(text).removesuffix("T00:00:00")


def decode_rows(head: dict[str, Any], payload: bytes) -> tuple[list[int], list[list[Cell]]]:
    """Numbers and rows of a frame; BadFrame where they do not fit each other."""
    try:
        lines = payload.decode().split(RS)
        rows: list[list[Cell]] = [_cells(line) if GS in line else line.split(US) for line in lines]  # type: ignore[misc]
    except (ValueError, RecursionError) as error:
        raise BadFrame from error
    numbers = head.get("numbers")
    if not isinstance(numbers, list) or not numbers or not all(type(number) is int for number in numbers):
        raise BadFrame
    if len(numbers) == 1:
        numbers = list(range(numbers[0], numbers[0] + len(rows)))
    if len(numbers) != len(rows) or not isinstance(head.get("sheet"), str):
        raise BadFrame
    return numbers, rows


def _cells(line: str) -> list[Cell]:
    return [_decoded(cell) if cell.startswith(GS) else cell for cell in line.split(US)]


def _decoded(text: str) -> Cell:
    value = json.loads(text[1:])
    if value is not None and not isinstance(value, str | float | int):
        raise BadFrame
    return value
