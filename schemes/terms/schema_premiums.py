"""The part of the JSON Schema that describes the premium, who pays it and who insures."""

from schemes.terms.reading_pools import WAYS
from schemes.terms.reading_premiums import BASES, FIGURES, PRO_RATA
from schemes.terms.schema_forms import (
    CLAUSE,
    READING,
    Json,
    amount,
    bounded,
    by_code,
    choice,
    figure,
    labels,
    listing,
    mapping,
    ref,
    text,
)

_LABEL = text("显示给人看的名称")
_WAYS = {"lead_insurer_alone": "首席承保人全权处理", "inform_coinsurers": "告知各共保方", "joint_meeting": "会商"}
_BASES = {"person": "每人", "household": "每户", "unit": "每份", "whole": "一个总价"}
_FIGURES = {"roster": "按名册", "census": "按主管部门录入的人数、户数"}
_PRO_RATA = {"days": "按天折算", "months": "按月折算，不足一月算一月"}


def premium() -> Json:
    part = mapping("", {"label": _LABEL, **_rate()})
    together: Json = {"required": ["basis", "rate"]}
    apart: Json = {"required": ["parts"], "not": {"anyOf": [{"required": ["basis"]}, {"required": ["rate"]}]}}
    return mapping(
        "保费：写 basis 和 rate；几部分相加的写 parts",
        {},
        {
            **_rate(),
            "parts": listing(part, "几部分相加"),
            "figures": choice("人数的来源，不写就按名册", FIGURES, _FIGURES),
            "figures_of": text("人数的口径，例如 上上年度公安户籍人数"),
            "categories": labels("人员类别，代码: 名称；保费或出资按类别不同时写"),
            "pro_rata": choice("中途参保、退保按期折算", PRO_RATA, _PRO_RATA),
            "carry_over": mapping("上年结余转入", {"ratio": figure("ratio", "转入的比例")}),
            "tax_rate": figure("ratio", "税率"),
            "clause": CLAUSE,
            "interpretation": READING,
        },
        oneOf=[together, apart],
    )


def _rate() -> Json:
    return {
        "basis": choice("计费方式", BASES, _BASES),
        "rate": amount("money", "保费；按人员类别不同的写 by: category"),
    }


def insurers() -> Json:
    insurer = mapping(
        "",
        {
            "name": text("全称"),
            "short_name": text("简称"),
            "hotline": text("报案电话，带引号"),
            "townships": _names("all", "乡镇名单，照通知的叫法；全境一家写 all"),
            "clause": CLAUSE,
        },
        {"interpretation": READING},
    )
    return listing(insurer, "承保机构：每个乡镇要么有一家，要么写在 not_taking_part")


def _names(everything: str, words: str) -> Json:
    return {"oneOf": [{"const": everything}, listing(text(), "名单")], "description": words}


def shares() -> Json:
    share = mapping(
        "",
        {
            "label": _LABEL,
            "clause": CLAUSE,
            "parts": by_code(ref("part", "比例或每人金额"), "各方的比例（加起来 100%），或每人金额（加起来等于保费）"),
        },
        {
            "regions": _names("all", "哪些地区；不写就是全境"),
            "category": text("哪一类人员：premium.categories 里的代码"),
            "interpretation": READING,
        },
    )
    return listing(share, "各出资方各出多少")


def pool() -> Json:
    member = mapping(
        "",
        {
            "code": text("代码"),
            "name": text("全称，首席与 insurers 同名"),
            "short_name": text("简称"),
            "share": figure("ratio", "承保份额，加起来 100%"),
        },
        {"hotline": text("电话，带引号")},
    )
    way = {"way": choice("谁来定", WAYS, _WAYS), "clause": CLAUSE}
    fund = mapping(
        "工作经费",
        {"ratio": figure("ratio", "保费（不含税）的比例")},
        {"uses": listing(text(), "用途"), "interpretation": READING},
    )
    return mapping(
        "共保体",
        {"clause": CLAUSE, "members": listing(member, "各成员，第一家是首席承保人")},
        {
            "handling": listing(bounded("", way, {"interpretation": READING}, unit="money"), "按单件赔款金额：谁来定"),
            "vote_above": figure("ratio", "投票超过多少通过"),
            "working_fund": fund,
            "interpretation": READING,
        },
    )


def risk_sharing() -> Json:
    shares = by_code(ref("ratio", "这一方的比例"), "各方比例，加起来 100%")
    layer = bounded("", {"shares": shares}, {"clause": CLAUSE}, unit="factor")
    return mapping(
        "政府和保险公司分担风险：按赔款与保费之比分层",
        {"clause": CLAUSE, "parties": labels("各方，代码: 名称"), "layers": listing(layer, "各层相接")},
        {"interpretation": READING},
    )


def participation() -> Json:
    place = {
        "township": text("乡镇"),
        "population": ref("count", "人口，带引号"),
        "target": ref("count", "任务数，半人进一，带引号"),
    }
    return mapping(
        "参保任务数",
        {
            "ratio": figure("ratio", "参保率"),
            "population_label": text("人口的口径，例如 农村人口"),
            "clause": CLAUSE,
            "places": listing(mapping("", place), "各乡镇"),
        },
        {"interpretation": READING},
    )


def not_taking_part() -> Json:
    return mapping(
        "哪些乡镇不参加",
        {"townships": listing(text(), "乡镇名单"), "clause": CLAUSE, "interpretation": READING},
    )
