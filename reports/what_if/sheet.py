"""A what-if as workbook: each coverage in each township, its sums, and what was read into it."""

from typing import Any

from django.utils import timezone

from calc.money import format_yuan, from_fen
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import User
from reports.models import WhatIf
from reports.what_if.readings import readings_of
from reports.what_if.result import Line, Result, Sums

COLUMNS = (
    Column("保障责任", 22), Column("乡镇（街道）", 14), Column("件数", 8, "count"), Column("原赔付（元）", 16, "money"),
    Column("可比原赔付（元）", 16, "money"), Column("新条款应赔（元）", 16, "money"), Column("差额（元）", 16, "money"),
    Column("增加", 8, "count"), Column("减少", 8, "count"), Column("不变", 8, "count"), Column("不再赔付", 8, "count"),
    Column("未能测算", 8, "count"), Column("原拒赔可赔", 8, "count"), Column("原拒赔可赔金额（元）", 16, "money"),
)  # fmt: skip


def what_if_workbook(what_if: WhatIf, result: Result, by: User) -> bytes:
    """One part for each coverage, one for all coverages together; values only."""
    parts = [_coverage_part(position, line, result) for position, line in enumerate(result.coverages)]
    together = [_row("全部责任", row.line.label, row.line.sums) for row in result.townships]
    return official_workbook(
        title=f"{what_if.proposed_title}政策测算表",
        under=f"案件取自 {what_if.past.title}　条款校验码 {what_if.proposed_sha256[:8].upper()}　单位：元",
        columns=COLUMNS,
        parts=[*(part for part in parts if part.rows), SheetPart(together)],
        total=_row("合计", "", result.total),
        below=[*_premium_lines(result), *_reason_lines(result), *_reading_lines(result), _made_by(by)],
        sheet_name="政策测算",
    )


def _coverage_part(position: int, line: Line, result: Result) -> SheetPart:
    cells = [(row.line.label, row.cells[position]) for row in result.townships]
    rows = [_row(line.label, township, sums) for township, sums in cells if sums.claims or sums.denied]
    return SheetPart(rows, _row(f"{line.label}小计", "", line.sums))


def _row(coverage: str, township: str, sums: Sums) -> list[Any]:
    return [
        coverage, township, sums.claims, from_fen(sums.old_fen), from_fen(sums.compared_fen), from_fen(sums.new_fen),
        from_fen(sums.difference_fen), sums.more, sums.less, sums.same, sums.none, sums.uncomputed, sums.reopened,
        from_fen(sums.reopened_fen),
    ]  # fmt: skip


def _premium_lines(result: Result) -> list[str]:
    premium = result.premium
    if premium is None:
        return []
    amounts = [format_yuan(from_fen(fen)) for fen in (premium.old_fen, premium.new_fen, premium.difference_fen)]
    return [f"保费：{premium.persons:,} 人，原 {amounts[0]} 元，新 {amounts[1]} 元，差 {amounts[2]} 元"]


def _reason_lines(result: Result) -> list[str]:
    unchecked = [f"没有核对的限额：{label}，按不设限处理" for label in result.unchecked]
    unpaid = [f"不再赔付：{one.coverage}　{one.text}　{one.n:,} 件" for one in result.unpaid]
    return [*unchecked, *unpaid, *(f"未能测算：{one.coverage}　{one.text}　{one.n:,} 件" for one in result.uncomputed)]


def _reading_lines(result: Result) -> list[str]:
    return [f"口径　{title}：{text}" for title, text in readings_of(result.period)]


def _made_by(by: User) -> str:
    return f"制表时间 {timezone.localtime():%Y-%m-%d %H:%M}　制表人 {by.organization.short_name} {by.name}"
