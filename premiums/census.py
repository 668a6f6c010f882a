"""Persons and households by township out of a census file."""

import csv
import io
from dataclasses import dataclass

from orgs.models import Region
from orgs.services.regions import names_of
from schemes.models import Edition

COLUMNS = ("region", "persons", "households")


@dataclass(frozen=True, slots=True)
class CensusProblem:
    line: int
    message: str


class CensusRefused(Exception):
    """The file can't be used; every problem with its line."""

    def __init__(self, problems: list[CensusProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.message for problem in problems))


def read_census(text: str, edition: Edition) -> dict[int, tuple[int, int]]:
    """Township id → (persons, households); regions by 12-digit code or by name. Raises CensusRefused."""
    reader = csv.DictReader(io.StringIO(text))
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise CensusRefused([CensusProblem(1, f"第1行缺少列 {'、'.join(missing)}，表头应是 {','.join(COLUMNS)}")])
    desk = _Desk(edition)
    for row in reader:
        desk.take(reader.line_num, row)
    if not desk.totals and not desk.problems:
        desk.problem(2, "表头下面没有数据，请每个乡镇写一行")
    if desk.problems:
        raise CensusRefused(desk.problems)
    return desk.totals


class _Desk:
    def __init__(self, edition: Edition) -> None:
        self.totals: dict[int, tuple[int, int]] = {}
        self.problems: list[CensusProblem] = []
        self.edition = edition
        serving = edition.assignments.filter(insurer__isnull=False).values("township_id")
        townships = list(Region.objects.filter(pk__in=serving))
        self.known = {name: pk for pk, names in names_of(townships).items() for name in names}
        self.known |= {one.code: one.pk for one in townships if one.code}

    def problem(self, line: int, message: str) -> None:
        self.problems.append(CensusProblem(line, f"第{line}行{message}"))

    def take(self, line: int, row: dict[str, str]) -> None:
        region = (row["region"] or "").strip()
        township = self.known.get(region)
        if township is None:
            self.problem(line, f"「region」“{region}”不是{self.edition.title}里参加的乡镇，请写 12 位区划代码或名称")
        elif township in self.totals:
            self.problem(line, f"「region」“{region}”重复，每个乡镇只写一行")
        counts = [self._count(line, row, column) for column in ("persons", "households")]
        if township is not None and None not in counts:
            self.totals[township] = (counts[0] or 0, counts[1] or 0)

    def _count(self, line: int, row: dict[str, str], column: str) -> int | None:
        text = (row[column] or "").strip()
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return int(text)
        self.problem(line, f"「{column}」“{text}”应是 0 或正整数，请核对")
        return None
