"""The published JSON Schema of an edition's document, for completion and explanations in editors.

`python -m schemes.terms.schema > docs/edition.schema.json`. It knows every key and every closed set; what hangs
together across the document (declared codes, gaps, sums) is the check's.
"""

import json
import sys
from collections.abc import Mapping

from schemes.rules import past
from schemes.terms.facts import DERIVED, MOST_GRADES, STATED, STATES
from schemes.terms.loader import OPTIONAL, REQUIRED
from schemes.terms.model import EXCLUDING_LISTS
from schemes.terms.reading_catalogue import CLAIM_STEPS, DAY_UNITS, PAYEES
from schemes.terms.reading_limits import LIMITS_PER
from schemes.terms.reading_roster_steps import STEPS as ROSTER_STEPS
from schemes.terms.schema_coverages import coverage, coverage_definitions
from schemes.terms.schema_forms import (
    CLAUSE,
    READING,
    TRIAL,
    Json,
    amount,
    by_code,
    choice,
    definitions,
    figure,
    flag,
    labels,
    listing,
    mapping,
    one_way,
    ref,
    text,
)
from schemes.terms.schema_premiums import insurers, not_taking_part, participation, pool, premium, risk_sharing, shares

_LABEL = text("显示给人看的名称")
_WITH_OPTIONS = ("choice", "payers")
_TYPES = {
    "date": "日期",
    "money": "金额",
    "count": "个数、天数、人数",
    "number": "测量值，可带小数",
    "yes_no": "是否",
    "choice": "选一项，另写 options",
    "text": "文字，不参加计算",
    "payers": "各方已付的金额，另写 options",
    "disability": "伤残项目",
    "age": "算出来的周岁，另写 of、on",
    "days": "算出来的天数，另写 of、on",
}
_CLAIM_STEPS = {"reported": "报案", "accepted": "受理", "paid": "支付"}
_DAY_UNITS = {"working_days": "工作日数", "calendar_days": "自然日数"}
_PAYEES = {"insured": "本人", "heir": "法定继承人", "guardian": "监护人", "head_of_household": "户主"}
_ROSTER_STEPS = {
    "review": "乡镇审核，总是第一步",
    "police": "公安确认户籍",
    "collate": "主管部门汇总",
    "underwrite": "承保机构确认，总是最后一步",
}
_LIMITS_PER = {
    "person": "每人每保险期间",
    "house": "每处房屋",
    "household": "每户",
    "accident": "每人每次事故",
    "claim": "每次",
    "event": "每次灾害（所有人）",
    "county": "每县",
    "edition": "整个方案",
}


def edition_schema() -> Json:
    """JSON Schema, draft 2020-12."""
    required, optional = ({name: _SECTIONS[name] for name in names} for names in (REQUIRED, OPTIONAL))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "年度方案",
        **mapping("一份通知写成的年度方案，写法见 docs/howto/add-an-edition.md", required, optional),
        "$defs": {**definitions(), **coverage_definitions()},
    }


def schema_text() -> str:
    """As it stands in docs/edition.schema.json."""
    return json.dumps(edition_schema(), ensure_ascii=False, indent=1) + "\n"


def _edition() -> Json:
    place: Json = {"type": "string", "pattern": "^[0-9]{12}$", "description": "区划代码，12位，带引号"}
    return mapping(
        "方案的名称和代码",
        {
            "code": text("代码：小写英文、数字、连字符；一个方案一个"),
            "title": text("全称，例如 2024年农村居民意外保险"),
            "short_title": text("简称"),
            "scheme_code": text("险种代码，同一险种各年相同"),
            "scheme_name": text("险种名称"),
            "number_prefix": text("案件号的字头，例如 SL24"),
            "place": place,
        },
    )


def _notice() -> Json:
    return mapping(
        "依据的通知",
        {
            "title": text("标题"),
            "number": text("文号"),
            "issued_on": ref("day", "印发日期"),
            "issuer": text("印发机关"),
        },
    )


def _period() -> Json:
    days = {"first": ref("day", "第一天，这天也算"), "last": ref("day", "最后一天，这天也算")}
    return mapping("保险期间", {**days, "clause": CLAUSE}, {"interpretation": READING, "trial": TRIAL})


def _insured() -> Json:
    return mapping(
        "谁参保",
        {"roster": flag("有没有参保名册"), "who": text("参保对象，照通知"), "clause": CLAUSE},
        {
            "persons": figure("count", "通知写明的总人数，名册要与它核对"),
            "excludes": listing(
                mapping(
                    "一类不参保的人",
                    {"list": choice("名单", tuple(EXCLUDING_LISTS), EXCLUDING_LISTS), "clause": CLAUSE},
                ),
                "在这些名单上的人不参保；死亡、迁出的人不用写",
            ),
            "interpretation": READING,
        },
    )


def _facts() -> Json:
    fact = mapping(
        "",
        {"label": _LABEL, "type": choice("类型", (*STATED, *DERIVED), _TYPES)},
        {
            "group": text("表单上的分组，例如 事故"),
            "options": labels("选项，代码: 名称；要列出会发生的全部情形，不赔的也列"),
            "hint": text("填写提示"),
            "unit": text("单位"),
            "not_before": text("不早于哪个日期事实"),
            "of": text("从哪天：日期事实"),
            "on": text("到哪天：日期事实"),
            "grades": {
                "enum": [str(count) for count in range(1, MOST_GRADES + 1)],
                "description": "伤残等级数，不写是十级",
            },
        },
        allOf=[
            _only_for(_WITH_OPTIONS, "options"),
            _only_for(DERIVED, "of", "on"),
            {"if": _type_is(STATED), "then": {"required": ["group"]}},
        ],
    )
    return by_code(fact, "报案时要填的事实，按表单的次序")


def _type_is(types: tuple[str, ...]) -> Json:
    return {"properties": {"type": {"enum": list(types)}}, "required": ["type"]}


def _only_for(types: tuple[str, ...], *names: str) -> Json:
    """These keys stand with facts of these types, and with no others."""
    none: Json = {"not": {"anyOf": [{"required": [name]} for name in names]}}
    return {"if": _type_is(types), "then": {"required": list(names)}, "else": none}


def _state() -> Json:
    state = mapping(
        "",
        {"label": _LABEL, "type": choice("类型", STATES, _TYPES)},
        {"options": labels("选项，代码: 名称"), "hint": text("填写提示"), "unit": text("单位")},
        allOf=[_only_for(_WITH_OPTIONS, "options")],
    )
    return by_code(state, "整个方案的情况，不随案件填报：保费总额、是否已宣布重大灾害")


def _limits() -> Json:
    limit = mapping(
        "",
        {"label": _LABEL, "per": choice("限额的范围", LIMITS_PER, _LIMITS_PER), "clause": CLAUSE},
        {
            "amount": amount("height", "限额"),
            "by": text("按哪个 choice 事实；与 amounts 同写"),
            "amounts": by_code(ref("height_amount", "这个选项的限额"), "每个选项的限额，各写依据"),
            "times": text("限额 × 这个数量事实：每间房、每头"),
            "divided_by": text("限额 ÷ 这个个数事实：家庭人数"),
            "multiple_of": text("限额是这个 state 的倍数：保费总额"),
            "interpretation": READING,
        },
        oneOf=[
            {"required": ["amount"], "not": {"required": ["by"]}},
            {"required": ["by", "amounts"]},
        ],
    )
    return by_code(limit, "限额：几项责任写同一个，就合用一个额度")


def _deadlines() -> Json:
    days = {unit: figure("count", _DAY_UNITS[unit]) for unit in DAY_UNITS}
    step = {
        name: choice(words, CLAIM_STEPS, _CLAIM_STEPS)
        for name, words in (("after", "从哪一步起"), ("until", "到哪一步"))
    }
    return by_code(mapping("", {"label": _LABEL, **step}, days, **one_way(*DAY_UNITS)), "时限")


def _routes() -> Json:
    optional = {
        "reasons": labels("一站式结算改由人工报案的原因，代码: 名称"),
        "steps": listing(text(), "固定的流程，一步一行"),
        "interpretation": READING,
    }
    return by_code(mapping("", {"label": _LABEL, "clause": CLAUSE}, optional), "怎么报案")


def _listed(words: str) -> Json:
    return mapping(words, {"clause": CLAUSE, "labels": labels("代码: 名称")}, {"interpretation": READING})


def _payees() -> Json:
    payee = {"label": _LABEL, "proof": text("证明身份的材料")}
    known = mapping("领款人", {}, {code: mapping(_PAYEES[code], payee) for code in PAYEES}, minProperties=1)
    return mapping("领款人", {"clause": CLAUSE, "list": known}, {"interpretation": READING})


def _stages() -> Json:
    days = {"first": ref("day", "第一天"), "last": ref("day", "最后一天")}
    stage = mapping("", {"label": _LABEL, **days, "clause": CLAUSE}, {"interpretation": READING})
    return listing(stage, "各阶段的日期")


def _roster_steps() -> Json:
    step = mapping(
        "",
        {"step": choice("哪一步", ROSTER_STEPS, _ROSTER_STEPS), "label": _LABEL, "clause": CLAUSE},
        {
            "department": text("办理单位，例如 县公安局"),
            "due": ref("day", "办完的期限，这天也算；通知没写的不写"),
            "interpretation": READING,
        },
    )
    publicity = mapping("公示", {"days": figure("count", "公示几天"), "clause": CLAUSE}, {"interpretation": READING})
    steps = listing(step, "各步，按先后；村里登记在最前，不用写")
    return mapping("名册从村里登记到生效要走的步骤；不写的，导入确认就生效", {"steps": steps}, {"publicity": publicity})


def _examples() -> Json:
    example = mapping(
        "",
        {
            "name": text("例题的名称"),
            "coverage": text("哪一项保障责任"),
            "facts": {"type": "object", "description": "只写算得着的事实，代码: 值"},
        },
        {
            "paid_before": _paid("同一人（或同一户）此前的赔付"),
            "edition_paid_before": _paid("整个方案此前的赔付"),
            "edition_state": {"type": "object", "description": "整个方案的情况：state 里的代码: 值"},
            "payable": ref("money", "应赔多少"),
            "refused": text("应拒绝：哪个事实填错，例如 paid_by.basic_medical"),
        },
        **one_way("payable", "refused"),
    )
    return listing(example, "自己用笔算过的例题，检查时逐道重算")


def _paid(words: str) -> Json:
    known = {key: _PAID[key] for key in past.KEYS}
    required = {key: known.pop(key) for key in ("coverage", "amount")}
    return {"type": "array", "items": mapping("", required, known), "description": words}


_PAID: Mapping[str, Json] = {
    "coverage": text("哪一项保障责任"),
    "case": text("分情形的：哪一种"),
    "amount": ref("money", "赔了多少"),
    "paid_on": ref("day", "支付日期"),
    "days": {"type": "integer", "minimum": 0, "description": "赔了几天，不带引号"},
    "deducted": ref("money", "免赔额已扣多少"),
    "base": ref("money", "分段累进已累计的费用"),
    "house": text("哪一处房屋"),
    "same_person": flag("是否同一人，不写就是 true"),
    "same_accident": flag("是否同一次事故"),
    "same_event": flag("是否同一次灾害"),
    "same_county": flag("是否同一个县"),
}
_SECTIONS: Mapping[str, Json] = {
    "edition": _edition(),
    "notice": _notice(),
    "clauses": labels("通知原文，一条一段，编号: 原文"),
    "period": _period(),
    "insured": _insured(),
    "premium": premium(),
    "insurers": insurers(),
    "not_taking_part": not_taking_part(),
    "facts": _facts(),
    "state": _state(),
    "limits": _limits(),
    "deadlines": _deadlines(),
    "routes": _routes(),
    "departments": _listed("认定部门"),
    "papers": _listed("材料"),
    "payees": _payees(),
    "payers": labels("出资方，代码: 名称；次序就是分不尽的一分先给谁的次序"),
    "shares": shares(),
    "pool": pool(),
    "risk_sharing": risk_sharing(),
    "participation": participation(),
    "stages": _stages(),
    "roster_steps": _roster_steps(),
    "coverages": by_code(coverage(), "保障责任"),
    "examples": _examples(),
}

if __name__ == "__main__":
    sys.stdout.write(schema_text())
