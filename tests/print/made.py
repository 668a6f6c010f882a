"""Synthetic documents, each as its caller hands it over."""

from typing import Any

PRINTED = {"code": "A81D-3F06", "printed_at": "2022-02-18 14:06", "printed_by": "某区财政局 李某"}


def statement() -> dict[str, Any]:
    """The hospital claim of the mock-up."""
    return {
        "number": "WZ21-00033",
        "edition": "2021年巩固脱贫保",
        "notice": "某区府办〔2021〕00号",
        "insurer": "某某财产保险股份有限公司万州分公司",
        "person": "谭某华",
        "id_number": "5001************2X",
        "place": "大周镇 铺垭村",
        "coverage": "大病补充医疗（住院）",
        "event_date": "2021-08-11",
        "payee": "谭某华",
        "account": "6217 **** **** 0245",
        "steps": [
            step("", "单次住院合规医疗费用", "30,000.00", "30,000.00"),
            step("减", "基本医保报销", "−18,000.00", "12,000.00"),
            step("减", "大病保险报销", "−3,000.00", "9,000.00"),
            step("减", "民政医疗救助", "−2,000.00", "7,000.00"),
            step("判", "自己承担 7,000.00 ≥ 起付线 1,000.00，达到", "", "继续", "只看是否达到，不扣"),
            step("减", "贫困人口医疗救助基金", "−1,000.00", "6,000.00"),
            step("减", "个人自己承担 10% × 30,000.00", "−3,000.00", "3,000.00"),
            step("得", "应赔金额", "3,000.00", "3,000.00"),
        ],
        "formula": "30,000.00 − 18,000.00 − 3,000.00 − 2,000.00 − 1,000.00 − 10% × 30,000.00 ＝ 3,000.00",
        "reason": "",
        "interpretations": [
            "五（二）“自己承担部分”按合规费用计算，与公式一致；原文也可理解为全部费用。",
            "五（二）单次住院单独计算，条款未设最高额。",
        ],
        "payable": "3,000.00",
        "capital": "人民币叁仟元整",
        "adjusted_by": "彭某",
        "approved_by": "唐某",
    } | PRINTED


def step(op: str, label: str, value: str, balance: str, note: str = "") -> dict[str, str]:
    return {"op": op, "label": label, "value": value, "clause": "五（二）", "note": note, "balance": balance}


def allocation(townships: int = 49) -> dict[str, Any]:
    """Two insurers that serve about half of the townships each."""
    rows = [
        {
            "number": at,
            "township": f"某某{at}镇",
            "persons": f"{2000 + at:,}",
            "premium": f"{300000 + at * 150:,}.00",
        }
        for at in range(1, townships + 1)
    ]
    middle = townships // 2
    return {
        "title": "重庆市万州区2021年巩固脱贫保保费分配表",
        "edition": "2021年巩固脱贫保",
        "notice": "某区府办〔2021〕00号 三、四",
        "rate": "每人每年 150 元",
        "parts": [
            part("某某财产保险股份有限公司万州分公司", rows[:middle]),
            part("另某某人寿保险股份有限公司万州中心支公司", rows[middle:]),
        ],
        "persons": "92,689",
        "premium": "13,903,370.00",
        "fen": 1390337000,
        "capital": "人民币壹仟叁佰玖拾万叁仟叁佰柒拾元整",
    } | PRINTED


def part(insurer: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "insurer": insurer,
        "townships": len(rows),
        "rows": rows,
        "persons": "46,000",
        "premium": "6,900,000.00",
        "capital": "人民币陆佰玖拾万元整",
    }


def roster(rows: int = 400) -> dict[str, Any]:
    """A list as the generic table takes it."""
    return {
        "title": "大周镇铺垭村参保名册",
        "under": "年度方案 2021年巩固脱贫保　单位：人",
        "columns": [
            {"title": "序号", "width": 14, "align": "center"},
            {"title": "姓名", "width": 26},
            {"title": "身份证号", "width": "auto"},
            {"title": "村、组", "width": "1fr"},
            {"title": "保费（元）", "width": 28, "align": "right"},
        ],
        "rows": [
            [at, "谭某华", "5001************2X", f"铺垭村 {at % 9 + 1} 组", "150.00"] for at in range(1, rows + 1)
        ],
        "total": ["", "合计", f"{rows} 人", "", f"{rows * 150:,}.00"],
        "below": ["保费合计（大写）：人民币陆万元整"],
        "seals": ["制表（盖章）", "村委会（盖章）", "负责人"],
    } | PRINTED
