"""A further place for the region tree: the rows of its codes, its other names, its zones. Nothing there is changed."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from calc.text import fold
from orgs.audit import record
from orgs.models import Region, RegionName, User
from orgs.services.regions import LEVELS, load_level, load_zones, names_of, village_short_name

DIGITS: Mapping[str, int] = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
REGION_COLUMNS = ("code", "name", "level", "parent_code")
NAME_COLUMNS = ("code", "name", "kind", "valid_from", "valid_to", "source")
ZONE_COLUMNS = ("parent_code", "name", "alias", "source")
SOURCE = "导入的区划代码"
_AT_ONCE = 5_000  # codes that one question names
MOST = {"name": 60, "alias": 60, "source": 200}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class RegionProblem:
    """`file`: regions, names or zones."""

    file: str
    line: int
    message: str


class RegionsRefused(Exception):
    """The files can't be taken; every problem, nothing was written."""

    def __init__(self, problems: list[RegionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.message for problem in problems))


@dataclass(frozen=True)
class Added:
    """`known`: rows that were there already."""

    regions: int
    names: int
    zones: int
    known: int


@transaction.atomic
def add_regions(*, regions: str, names: str = "", zones: str = "", by: User | None = None) -> Added:
    """Add what is missing of a place from the texts of its CSV files; the same files again add nothing.

    Raises RegionsRefused: all problems of all files at once.
    """
    desk = _Desk()
    rows = desk.read_regions(regions)
    new_names = desk.read_names(names) if names else []
    new_zones = desk.read_zones(zones) if zones else []
    if desk.problems:
        raise RegionsRefused(desk.problems)
    made = dict(desk.there)
    for level in LEVELS:
        made |= load_level([row for row in rows if row["level"] == level], level, made, SOURCE)
    load_zones(new_zones, made)
    kept = _keep_names(new_names, made)
    if rows or kept or new_zones:
        top = made[rows[0]["code"] if rows else new_zones[0]["parent_code"] if new_zones else new_names[0]["code"]]
        record("region.add", by=by, target=top, region_path=top.path,
               regions=len(rows), names=kept, zones=len(new_zones))  # fmt: skip
    return Added(len(rows), kept, len(new_zones), desk.known)


def _keep_names(rows: list[Row], made: Mapping[str, Region]) -> int:
    """A region's own present name may be kept already, by the rows themselves."""
    regions = {made[row["code"]].pk for row in rows}
    kept = set(RegionName.objects.filter(region__in=regions).values_list("region_id", "name"))
    new = [row for row in rows if (made[row["code"]].pk, row["name"]) not in kept]
    RegionName.objects.bulk_create(
        RegionName(
            region=made[row["code"]],
            name=row["name"],
            kind=row["kind"],
            valid_from=row["valid_from"] or None,
            valid_to=row["valid_to"] or None,
            source=row["source"],
        )
        for row in new
    )
    return len(new)


@dataclass
class _Desk:
    """What is there, what the files bring, and what is wrong with it."""

    problems: list[RegionProblem] = field(default_factory=list)
    there: dict[str, Region] = field(default_factory=dict)
    brought: dict[str, Row] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    known: int = 0

    def problem(self, file: str, line: int, message: str) -> None:
        self.problems.append(RegionProblem(file, line, f"第{line}行{message}"))

    # --- codes ------------------------------------------------------------------------------------------------
    def read_regions(self, text: str) -> list[Row]:
        """The rows that are not there yet, in the order of the file."""
        lines = list(self._lines("regions", text, REGION_COLUMNS))
        codes = {row["code"] for _, row in lines} | {row["parent_code"] for _, row in lines}
        self._look_up(codes)
        self.told = {row["code"] for _, row in lines}
        for line, row in lines:
            if row["code"] in self.brought:
                self.problem("regions", line, f"代码 {row['code']} 重复，请只留一行")
            elif self._is_code(line, row):
                self.brought[row["code"]] = row
        for line, row in lines:
            if self.brought.get(row["code"]) is row:
                self._check_place(line, row)
        self._refuse_namesakes(lines)
        new = [row for row in self.brought.values() if row["code"] not in self.there]
        self.known += len(self.brought) - len(new)
        return new

    def _look_up(self, codes: set[str]) -> None:
        wanted = sorted(code for code in codes if code and code not in self.there)
        for at in range(0, len(wanted), _AT_ONCE):
            found = Region.objects.filter(code__in=wanted[at : at + _AT_ONCE]).select_related("parent")
            self.there |= {one.code: one for one in found if one.code}

    def _is_code(self, line: int, row: Row) -> bool:
        code, level, before = row["code"], row["level"], len(self.problems)
        if level not in DIGITS:
            self.problem("regions", line, f"层级“{level[:20]}”应是 {'、'.join(DIGITS)} 之一")
        for sentence in code_problems(code, level):
            self.problem("regions", line, sentence)
        return len(self.problems) == before

    def _check_place(self, line: int, row: Row) -> None:
        """A parent of a higher level whose code begins the row's own; the same place where it is there already."""
        parent = row["parent_code"]
        if row["level"] == "province":
            if parent:
                self.problem("regions", line, f"省级“{row['name']}”没有上级，parent_code 请留空")
        elif not parent:
            self.problem("regions", line, f"“{row['name']}”没有写上级代码（parent_code），请补上")
        elif (level := self._level_of(parent)) is None:
            if parent not in self.told:  # a parent that is wrong itself has been told
                self.problem("regions", line, f"上级 {parent[:20]} 既不在文件里，也没有登记，请把上级一并写入文件")
        else:
            for sentence in parent_problems(row["code"], row["level"], parent, level):
                self.problem("regions", line, sentence)
        if row["code"] in self.there:
            self._check_same(line, row, self.there[row["code"]])

    def _level_of(self, code: str) -> str | None:
        if code in self.brought:
            return self.brought[code]["level"]
        return self.there[code].level if code in self.there else None

    def _check_same(self, line: int, row: Row, region: Region) -> None:
        names = {row["name"], village_short_name(row["name"])}
        if region.name not in names and not names & set(names_of([region])[region.pk]):
            found = f"代码 {row['code']} 已登记为“{region.name}”，文件写“{row['name']}”"
            self.problem("regions", line, f"{found}；改了名的请在“区划名称”里加新名称")
        if region.level != row["level"]:
            self.problem("regions", line, f"“{region.name}”已登记为{region.get_level_display()}，文件写 {row['level']}")
        if (region.parent.code if region.parent else "") != row["parent_code"]:
            self.problem(
                "regions",
                line,
                f"“{region.name}”已登记在“{region.parent}”下，与文件的上级 {row['parent_code'] or '（空）'} 不符",
            )

    def _refuse_namesakes(self, lines: list[tuple[int, Row]]) -> None:
        """Two townships of one name under one parent couldn't be told apart in a document or on a roster."""
        parents = {self.there[row["parent_code"]].pk for _, row in lines if row["parent_code"] in self.there}
        names = Region.objects.filter(parent__in=parents).values_list("parent__code", "name", "code")
        taken = {(parent, name): code for parent, name, code in names}
        for line, row in lines:
            if self.brought.get(row["code"]) is not row or row["level"] == "village":
                continue
            other = taken.setdefault((row["parent_code"], row["name"]), row["code"])
            if other != row["code"]:
                self.problem(
                    "regions", line, f"“{row['name']}”与 {other or '功能区'} 同名、同一上级，名册和方案里分不开，请核对"
                )

    # --- names and zones --------------------------------------------------------------------------------------
    def read_names(self, text: str) -> list[Row]:
        lines = list(self._lines("names", text, NAME_COLUMNS, optional=("valid_from", "valid_to", "source")))
        self._look_up({row["code"] for _, row in lines})
        seen: set[tuple[str, str]] = set()
        for line, row in lines:
            if row["code"] not in self.brought and row["code"] not in self.there:
                self.problem("names", line, f"代码“{row['code'][:20]}”既不在区划文件里，也没有登记，请核对")
            if row["kind"] not in RegionName.Kind.values:
                self.problem("names", line, f"类别“{row['kind'][:20]}”应是 {'、'.join(RegionName.Kind.values)} 之一")
            if (row["code"], row["name"]) in seen:
                self.problem("names", line, f"“{row['name']}”重复，请只留一行")
            seen.add((row["code"], row["name"]))
            self._check_days(line, row)
        return [row for _, row in lines]

    def _check_days(self, line: int, row: Row) -> None:
        days = []
        for key in ("valid_from", "valid_to"):
            try:
                days.append(date.fromisoformat(row[key]) if row[key] else None)
            except ValueError:
                self.problem("names", line, f"{key}“{row[key][:20]}”应是日期，如 2021-01-01；不知道的留空")
                return
        if days[0] and days[1] and days[1] < days[0]:
            self.problem("names", line, f"停用日期 {days[1]} 早于启用日期 {days[0]}，请核对")

    def read_zones(self, text: str) -> list[Row]:
        """Zones that are not there yet; they have no code and go by their name under a city or county."""
        lines = list(self._lines("zones", text, ZONE_COLUMNS, optional=("alias", "source")))
        self._look_up({row["parent_code"] for _, row in lines})
        new: dict[tuple[str, str], Row] = {}
        for line, row in lines:
            parent = self.there.get(row["parent_code"])
            if self._level_of(row["parent_code"]) not in ("city", "county"):
                self.problem("zones", line, f"上级“{row['parent_code'][:20]}”应是已登记或在区划文件里的市、县代码")
            elif parent and Region.objects.filter(parent=parent, name=row["name"], zone=True).exists():
                self.known += 1
            else:
                new[row["parent_code"], row["name"]] = row
        return list(new.values())

    # --- lines ------------------------------------------------------------------------------------------------
    def _lines(
        self, file: str, text: str, columns: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Iterator[tuple[int, Row]]:
        """Tidied rows with the line on which each ends; one whose name is missing or too long is told and left out."""
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            missing = [name for name in columns if name not in (reader.fieldnames or ()) and name not in optional]
            if missing:
                self.problem(file, 1, f"缺少列 {'、'.join(missing)}，表头应是 {','.join(columns)}")
                return
            empty = True
            for raw in reader:
                empty = False
                row = {name: fold(raw.get(name) or "") for name in columns}
                if self._is_named(file, reader.line_num, row):
                    yield reader.line_num, row
            if empty:
                self.problem(file, 2, "表头下面没有数据，请每个地区写一行")
        except csv.Error as error:
            self.problem(file, reader.line_num, f"不是 CSV 表格（{error}），请另存为 CSV UTF-8")

    def _is_named(self, file: str, line: int, row: Row) -> bool:
        before = len(self.problems)
        if not row["name"]:
            self.problem(file, line, "没有写名称（name），请补上")
        for key, most in MOST.items():
            if len(row.get(key, "")) > most:
                self.problem(file, line, f"{key} 有 {len(row[key])} 个字，最多 {most} 个，请缩短")
        return len(self.problems) == before


def place_problems(code: str, level: str, parent: str, parent_level: str) -> list[str]:
    """What is wrong with a code at its level below its parent, in sentences."""
    return code_problems(code, level) or parent_problems(code, level, parent, parent_level)


def code_problems(code: str, level: str) -> list[str]:
    if len(code) != 12 or not (code.isascii() and code.isdigit()):
        return [f"代码“{code[:20]}”应是 12 位数字；数字少了的，请把这一列设成文本再填"]
    if level in DIGITS and not _fits(code, level):
        return [f"代码 {code} 不是{level}的代码：应是前 {DIGITS[level]} 位有数，后面都是 0，请核对代码或层级"]
    return []


def parent_problems(code: str, level: str, parent: str, parent_level: str) -> list[str]:
    """The parent has a higher level, and its digits begin the code."""
    if LEVELS.index(parent_level) >= LEVELS.index(level):
        return [f"上级 {parent} 的层级（{parent_level}）应高于本行的层级（{level}）"]
    digits = DIGITS[parent_level]
    if not code.startswith(parent[:digits]):
        return [f"代码 {code} 与上级 {parent} 的前 {digits} 位不一致，请核对"]
    return []


def _fits(code: str, level: str) -> bool:
    """The digits of the level say something, those below it nothing."""
    digits = DIGITS[level]
    above = DIGITS[LEVELS[LEVELS.index(level) - 1]] if level != "province" else 0
    return int(code[above:digits]) > 0 and not code[digits:].strip("0")
