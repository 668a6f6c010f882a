"""The allocation sheet as workbook and PDF, with capital amounts and places for seals."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from calc.capital import capital_amount
from calc.money import format_yuan, from_fen
from office.check_code import check_code
from office.printing import render_pdf
from office.workbooks import Column, SheetPart, official_workbook
from orgs.models import User
from orgs.services.regions import full_name
from premiums import wording
from premiums.allocation import Allocation, AllocationRow, CarriedForward, InsurerPart
from premiums.wording import clauses_text, columns_of, region_word
from schemes.models import Edition
from schemes.rules.rate_words import rate_text

WIDTHS = {"count": 12, "money": 18}


def sheet_data(edition: Edition, sheet: Allocation, by: User) -> dict[str, Any]:
    """What both forms of the sheet show, with its check code."""
    terms = edition.terms
    columns = columns_of(terms, endorsed=bool(sheet.endorsements))
    content = {
        "title": f"{full_name(edition.place)}{edition.title}保费分配表",
        "edition": edition.title,
        "notice": f"{terms.notice.number} {clauses_text(terms)}",
        "rate": rate_text(terms),
        "parts": [
            {
                "insurer": part.insurer,
                "rows": [
                    {"number": row.number, "township": row.township} | _figures(row, columns) for row in part.rows
                ],
                "townships": part.townships,
                "capital": capital_amount(part.fen),
            }
            | _figures(part, columns)
            for part in sheet.parts
        ],
        "capital": capital_amount(sheet.fen),
    } | _figures(sheet, columns)
    if sheet.carried:
        content["carried"] = carried_text(sheet.carried)
    shown = {
        "printed_at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
        "printed_by": f"{by.organization.short_name} {by.name}",
        "columns": [{"key": one.key, "title": one.title, "kind": one.kind} for one in columns],
        "region_word": region_word(edition),
    }
    return content | {"code": check_code(content)} | shown


def _figures(of: AllocationRow | InsurerPart | Allocation, columns: tuple[wording.Column, ...]) -> dict[str, int]:
    return {one.key: of.shares[one.payer] if one.payer else getattr(of, one.key) for one in columns}


def carried_text(carried: CarriedForward) -> str:
    """One line under the total: what last year's balance takes off."""
    brought, used, due, left = (
        format_yuan(from_fen(fen)) for fen in (carried.brought, carried.used, carried.due, carried.left)
    )
    return f"上年结余 {brought} 元，抵减 {used} 元，应缴 {due} 元，余 {left} 元留待以后"


def allocation_pdf(data: dict[str, Any]) -> bytes:
    """The sheet as PDF, A4, page x of y; figures handed over as printed text."""
    columns = data["columns"]
    parts = [
        _printed(part, columns) | {"rows": [_printed(row, columns) for row in part["rows"]]} for part in data["parts"]
    ]
    return render_pdf("allocation", _printed(data, columns) | {"parts": parts})


def allocation_workbook(data: dict[str, Any]) -> bytes:
    """The sheet as .xlsx: values only, money cells as exact numbers with two decimals."""
    figures = data["columns"]
    columns = [
        Column("序号", 6), Column(data["region_word"], 18), Column("承保机构", 40),
        *(Column(_title(one), WIDTHS[one["kind"]], one["kind"]) for one in figures),
    ]  # fmt: skip
    parts = []
    for part in data["parts"]:
        rows = [[row["number"], row["township"], part["insurer"], *_cells(row, figures)] for row in part["rows"]]
        subtotal = ["", f"小计 {part['townships']} 个", part["insurer"], *_cells(part, figures)]
        parts.append(SheetPart(rows, subtotal, f"小计大写：{part['capital']}"))
    return official_workbook(
        title=data["title"],
        under=f"依据 {data['notice']}　保费标准 {data['rate']}　单位：元",
        columns=columns,
        parts=parts,
        total=["", "合计", "", *_cells(data, figures)],
        below=[
            f"保费合计（大写）：{data['capital']}",
            *([data["carried"]] if "carried" in data else []),
            "制表（盖章）：　　　　　　　复核：　　　　　　　负责人：",
            f"校验码 {data['code']}　制表时间 {data['printed_at']}　制表人 {data['printed_by']}",
        ],
        sheet_name="保费分配表",
    )


def _title(column: dict[str, str]) -> str:
    return f"{column['title']}（元）" if column["kind"] == "money" else column["title"]


def _cells(figures: dict[str, Any], columns: list[dict[str, str]]) -> list[int | Decimal]:
    return [from_fen(figures[one["key"]]) if one["kind"] == "money" else figures[one["key"]] for one in columns]


def _printed(figures: dict[str, Any], columns: list[dict[str, str]]) -> dict[str, Any]:
    """The same values with counts and money as printed text; the premium is named as such."""
    printed = {
        one["key"]: format_yuan(from_fen(figures[one["key"]])) if one["kind"] == "money" else f"{figures[one['key']]:,}"
        for one in columns
    }
    return figures | printed | {"premium": printed["fen"]}
