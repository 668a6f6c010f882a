"""The allocation sheet as workbook and PDF, with capital amounts and places for seals."""

from typing import Any

from django.utils import timezone

from calc.capital import capital_amount
from calc.money import format_yuan, from_fen
from office.check_code import check_code
from office.printing import render_pdf
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import User
from orgs.services.regions import full_name
from premiums.allocation import Allocation
from schemes.models import Edition


def sheet_data(edition: Edition, sheet: Allocation, by: User) -> dict[str, Any]:
    """What both forms of the sheet show, with its check code."""
    terms = edition.terms
    content = {
        "title": f"{full_name(edition.place)}{edition.title}保费分配表",
        "edition": edition.title,
        "notice": f"{terms.notice.number} 三、四",
        "rate": f"每人每年 {terms.premium.rate.text} 元",
        "parts": [
            {
                "insurer": part.insurer,
                "rows": [
                    {"number": row.number, "township": row.township, "persons": row.persons, "fen": row.fen}
                    for row in part.rows
                ],
                "persons": part.persons,
                "fen": part.fen,
                "townships": part.townships,
                "capital": capital_amount(part.fen),
            }
            for part in sheet.parts
        ],
        "persons": sheet.persons,
        "fen": sheet.fen,
        "capital": capital_amount(sheet.fen),
    }
    printed = {
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "printed_by": f"{by.organization.short_name} {by.name}",
    }
    return content | {"code": check_code(content)} | printed


def allocation_pdf(data: dict[str, Any]) -> bytes:
    """The sheet as PDF, A4, page x of y; figures handed over as printed text."""
    parts = [_printed(part) | {"rows": [_printed(row) for row in part["rows"]]} for part in data["parts"]]
    return render_pdf("allocation", _printed(data) | {"parts": parts})


def allocation_workbook(data: dict[str, Any]) -> bytes:
    """The sheet as .xlsx: values only, money cells as exact numbers with two decimals."""
    columns = [
        Column("序号", 6), Column("乡镇（街道）", 18), Column("承保机构", 40), Column("参保人数", 12, "count"),
        Column("保费（元）", 18, "money"),
    ]  # fmt: skip
    parts = []
    for part in data["parts"]:
        rows = [
            [row["number"], row["township"], part["insurer"], row["persons"], from_fen(row["fen"])]
            for row in part["rows"]
        ]
        subtotal = [
            "",
            f"小计 {part['townships']} 个",
            part["insurer"],
            part["persons"],
            from_fen(part["fen"]),
        ]
        parts.append(SheetPart(rows, subtotal, f"小计大写：{part['capital']}"))
    return official_workbook(
        title=data["title"],
        under=f"依据 {data['notice']}　保费标准 {data['rate']}　单位：元",
        columns=columns,
        parts=parts,
        total=["", "合计", "", data["persons"], from_fen(data["fen"])],
        below=[
            f"保费合计（大写）：{data['capital']}",
            "制表（盖章）：　　　　　　　复核：　　　　　　　负责人：",
            f"校验码 {data['code']}　制表时间 {data['printed_at']}　制表人 {data['printed_by']}",
        ],
        sheet_name="保费分配表",
    )


def _printed(figures: dict[str, Any]) -> dict[str, Any]:
    """The same values with persons and premium as printed text."""
    return figures | {"persons": f"{figures['persons']:,}", "premium": format_yuan(from_fen(figures["fen"]))}
