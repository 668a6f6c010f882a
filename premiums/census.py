"""Persons, households and units by region out of a census file: CSV text or the rows of a workbook."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from calc.text import fold
from orgs.models import Region
from orgs.services.regions import names_of
from premiums.figures import added
from schemes.models import Edition
from schemes.rules.premium import Heads
from schemes.terms.model import EditionTerms

COLUMNS = ("region", "persons", "households")
TITLES: Mapping[str, str] = {
    "region": "区划", "persons": "人数", "households": "户数", "category": "人员类别", "units": "份数",
}  # fmt: skip
_KEYS = {title: key for key, title in TITLES.items()} | {key: key for key in TITLES} | {"区划代码": "region"}
_COUNT = re.compile(r"\d{1,9}|\d{1,3}(?:,\d{3}){1,2}", re.ASCII)
_HEADINGS = 5  # rows that may stand above the header, as in the template
_LONGEST = 30  # characters of a wrong cell that a sentence repeats

Line = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CensusProblem:
    line: int
    message: str


class CensusRefused(Exception):
    """The figures can't be used; every problem with its line (0: the file as a whole)."""

    def __init__(self, problems: Sequence[CensusProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.message for problem in problems))


@dataclass(frozen=True, slots=True)
class CensusRow:
    region_id: int
    category: str
    persons: int
    households: int
    units: int


def read_census(text: str, edition: Edition) -> tuple[CensusRow, ...]:
    """The rows of a CSV text; regions by 12-digit code or by any of their names. Raises CensusRefused."""
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise CensusRefused([CensusProblem(1, f"不是 CSV 表格（{error}），请从模板另存为 CSV")]) from error
    return read_rows(enumerate(table, start=1), edition)


def read_rows(rows: Iterable[tuple[int, Sequence[str]]], edition: Edition) -> tuple[CensusRow, ...]:
    """The same from numbered rows, the first of which is the header."""
    filled = [(number, cells) for number, cells in rows if any(fold(cell) for cell in cells)]
    if not filled:
        raise CensusRefused([CensusProblem(1, f"文件是空的，表头应是 {','.join(COLUMNS)}")])
    at = next((at for at, (_, cells) in enumerate(filled[:_HEADINGS]) if "region" in map(_key, cells)), 0)
    header = _header(*filled[at], edition.terms)
    desk = _Desk(edition)
    for number, cells in filled[at + 1 :]:
        desk.take(number, dict(zip(header, (fold(cell) for cell in cells), strict=False)))
    if not desk.rows and not desk.problems:
        desk.problem(filled[at][0] + 1, "表头下面没有数据，请每个地区写一行")
    if desk.problems:
        raise CensusRefused(desk.problems)
    return tuple(desk.rows)


def heads_by_region(rows: Iterable[CensusRow]) -> dict[int, Heads]:
    found: dict[int, Heads] = {}
    for row in rows:
        found[row.region_id] = added(found.get(row.region_id), row.category, row.persons, row.households, row.units)
    return found


def wanted_columns(terms: EditionTerms) -> tuple[str, ...]:
    """What a census of this edition has to tell."""
    more = ("category",) if terms.premium.categories else ()
    by_unit = any(part.basis == "unit" for part in terms.premium.parts)
    return (*COLUMNS[:1], *more, *COLUMNS[1:], *(("units",) if by_unit else ()))


def _header(number: int, cells: Sequence[str], terms: EditionTerms) -> list[str]:
    """The key of each column; CensusRefused where one is missing or there twice."""
    header = [_key(cell) for cell in cells]
    wanted = wanted_columns(terms)
    known = "、".join(f"{TITLES[key]}（{key}）" for key in wanted)
    missing = [f"{TITLES[key]}（{key}）" for key in wanted if key not in header]
    if missing:
        raise CensusRefused([CensusProblem(number, f"第{number}行缺少列 {'、'.join(missing)}，表头应有 {known}")])
    if twice := [TITLES[key] for key in TITLES if header.count(key) > 1]:
        raise CensusRefused([CensusProblem(number, f"第{number}行的列 {'、'.join(twice)} 写了两遍，请只留一列")])
    return header


def _key(cell: str) -> str:
    return _KEYS.get(fold(cell).lower(), "")


class _Desk:
    def __init__(self, edition: Edition) -> None:
        self.rows: list[CensusRow] = []
        self.problems: list[CensusProblem] = []
        self.edition, self.categories = edition, edition.terms.premium.categories
        self.wanted = wanted_columns(edition.terms)
        self.seen: set[tuple[int, str]] = set()
        serving = edition.assignments.filter(insurer__isnull=False).values("township_id")
        regions = list(Region.objects.filter(pk__in=serving))
        self.known: dict[str, set[int]] = {}
        for pk, names in names_of(regions).items():
            for name in names:
                self.known.setdefault(name, set()).add(pk)
        for region in regions:
            if region.code:
                self.known[region.code] = {region.pk}

    def problem(self, line: int, message: str) -> None:
        self.problems.append(CensusProblem(line, f"第{line}行{message}"))

    def take(self, line: int, cells: Mapping[str, str]) -> None:
        before = len(self.problems)
        region = self._region(line, cells.get("region", ""))
        category = self._category(line, cells.get("category", ""))
        if region is not None and (region, category) in self.seen:
            what = "和人员类别" if self.categories else ""
            self.problem(line, f"「区划」“{_clipped(cells.get('region', ''))}”{what}重复，请只写一行")
        counts = {key: self._count(line, key, cells.get(key, "")) for key in ("persons", "households", "units")}
        if region is not None:
            self.seen.add((region, category))
        if len(self.problems) == before and region is not None:
            self.rows.append(CensusRow(region, category, **counts))

    def _region(self, line: int, text: str) -> int | None:
        found = self.known.get(text, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            self.problem(line, f"「区划」“{_clipped(text)}”有几个同名，请写 12 位区划代码")
        else:
            self.problem(
                line, f"「区划」“{_clipped(text)}”不在{self.edition.title}的参保范围，请写 12 位区划代码或名称"
            )
        return None

    def _category(self, line: int, text: str) -> str:
        if not self.categories:
            return ""
        code = next((code for code, label in self.categories.items() if text in (code, label)), "")
        if not code:
            labels = "、".join(self.categories.values())
            self.problem(line, f"「人员类别」“{_clipped(text)}”不在本方案内，应是 {labels}")
        return code

    def _count(self, line: int, key: str, text: str) -> int:
        if key not in self.wanted and not text:
            return 0
        if _COUNT.fullmatch(text):
            return int(text.replace(",", ""))
        self.problem(line, f"「{TITLES[key]}」“{_clipped(text)}”应是 0 或正整数（最多 9 位），请核对")
        return 0


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
