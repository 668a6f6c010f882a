"""参保进度 as a workbook: villages by township with their sums."""

from django.utils import timezone

from enrollment.progress import Measured, Progress, TownProgress, VillageProgress
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import User
from schemes.models import Edition

UNKNOWN = "—"


def progress_sheet(edition: Edition, progress: Progress, by: User) -> bytes:
    """Text, whole numbers and printed rates; what is not known is a dash."""
    columns = (
        Column("乡镇", 14), Column("村（社区）", 18), Column("户籍人口", 12, "count"),
        Column(progress.goal_word, 12, "count"), Column("在册", 12, "count"), Column("还差", 12, "count"),
        Column("完成率", 10), Column("应保未保", 12, "count"), Column("全村统保", 26), Column("村级专干", 16),
        Column("状态", 10),
    )  # fmt: skip
    notice = f"通知总人数 {progress.notice_persons:,}，在册 {progress.enrolled:,}" if progress.notice_persons else ""
    return official_workbook(
        title=f"{edition.place.name}{edition.title}参保进度",
        under=f"截至 {timezone.localtime():%Y-%m-%d %H:%M}　制表人 {by.organization.short_name} {by.name}　{notice}",
        columns=columns,
        parts=[SheetPart([_village(town, one) for one in town.villages], _town(town)) for town in progress.towns],
        total=["合计", "", *_measured(progress, progress.population, progress.unenrolled),
               f"{progress.covered_villages} 个村", f"{progress.unkept_villages} 个村没有", ""],
        below=[],
        sheet_name="参保进度",
    )  # fmt: skip


def _village(town: TownProgress, one: VillageProgress) -> list[str | int]:
    figures = _measured(one, one.population, one.unenrolled)
    return [
        town.name,
        one.name,
        *figures,
        one.covered_text or UNKNOWN,
        "、".join(one.keepers) or "没有",
        one.state_word,
    ]


def _town(town: TownProgress) -> list[str | int]:
    figures = _measured(town, town.population, town.unenrolled)
    return [
        f"{town.name}小计",
        "",
        *figures,
        f"{town.covered_villages} 个村",
        f"{town.unkept_villages} 个村没有",
        town.state_word,
    ]


def _measured(one: Measured, population: int | None, unenrolled: int | None) -> list[str | int]:
    numbers = [_number(population), _number(one.goal), one.enrolled, _number(one.missing)]
    return [*numbers, one.rate or UNKNOWN, _number(unenrolled)]


def _number(value: int | None) -> str | int:
    return UNKNOWN if value is None else value
