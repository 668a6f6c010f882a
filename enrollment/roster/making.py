"""Write a synthetic roster with planted defects, and a list that names each of them."""

import csv
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import astuple
from pathlib import Path
from typing import Self

from enrollment.roster.columns import COLUMNS
from enrollment.roster.defects import CSV_DEFECTS, DEFECTS, Base, plant
from enrollment.roster.people_maker import MADE_ORDERS, make_households
from office.sheet_writer import Formula, OutCell, SheetWriter

TownshipToFill = tuple[str, str, Sequence[str]]
SHEET = "名册"
_TITLE = "参保名册（合成数据，不是真人）"


def make_roster(
    path: Path,
    *,
    rows: int,
    seed: int,
    defects: float,
    townships: Sequence[TownshipToFill],
    out_of_scope: Sequence[str] = (),
    not_taking_part: Sequence[str] = (),
    orders: tuple[int, int] = MADE_ORDERS,
) -> dict[str, int]:
    """Write `rows` good people, and rows × defects wrong rows among them, to path (.xlsx or .csv).

    townships are (name, code, village names). `out_of_scope` and `not_taking_part` name townships to plant
    those two defects with. Beside it `path.truth.csv` names each wrong row: sheet, row, column, kind. Gives
    {"rows", "good", "defects"}; the same seed writes the same bytes.
    """
    rng = random.Random(seed)
    wrong = round(rows * defects)
    kinds = [kind for kind, needed in _kinds(path, out_of_scope, not_taking_part) if needed]
    turns = _turns(rng, rows, wrong)
    people = (person for household in make_households(rng, townships, orders) for person in household)
    base = Base(out_of_scope=tuple(out_of_scope), not_taking_part=tuple(not_taking_part))
    with ExitStack() as stack:
        out: SheetWriter | _CsvWriter = _writer(path)
        stack.enter_context(out)
        truth = csv.writer(stack.enter_context(_truth_path(path).open("w", encoding="utf-8-sig", newline="")))
        truth.writerow(["sheet", "row", "column", "kind"])
        out.row([_TITLE])
        out.row(["序号", *(column.title for column in COLUMNS)])
        planted_count = 0
        for serial, is_wrong in enumerate(turns, start=1):
            person = next(people)
            if not is_wrong:
                base.keep(rng, person)
                out.row([str(serial), *astuple(person)])
                continue
            planted = plant(kinds[planted_count % len(kinds)], person, rng, base)
            planted_count += 1
            row_no = out.row([str(serial), *planted.cells], hidden=planted.hidden)
            truth.writerow([SHEET if path.suffix != ".csv" else "CSV", row_no, planted.column, planted.kind])
    return {"rows": rows + wrong, "good": rows, "defects": wrong}


def _kinds(path: Path, out_of_scope: Sequence[str], not_taking_part: Sequence[str]) -> Iterator[tuple[str, bool]]:
    for name in CSV_DEFECTS if path.suffix == ".csv" else DEFECTS:
        yield (
            name,
            {"out_of_scope": bool(out_of_scope), "not_taking_part": bool(not_taking_part)}.get(name, True),
        )


def _turns(rng: random.Random, good: int, wrong: int) -> Iterator[bool]:
    """Good and wrong rows mixed; a good one comes first, for duplicates to repeat."""
    chosen = set(rng.sample(range(1, good + wrong), wrong)) if wrong else set()
    return (position in chosen for position in range(good + wrong))


def _truth_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.truth.csv")


def _writer(path: Path) -> "SheetWriter | _CsvWriter":
    if path.suffix == ".csv":
        return _CsvWriter(path)
    return SheetWriter(path, sheet=SHEET)


class _CsvWriter:
    """The same face as SheetWriter; a CSV has neither hidden rows nor formulas."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._stream)
        self.row_no = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stream.close()

    def row(self, cells: Sequence[OutCell], *, hidden: bool = False) -> int:
        assert not hidden
        self.row_no += 1
        self._csv.writerow([cell.cached if isinstance(cell, Formula) else cell for cell in cells])
        return self.row_no
