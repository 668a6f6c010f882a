"""The part of the JSON Schema that describes a coverage: benefit kinds, steps, conditions."""

from collections.abc import Mapping

from schemes.terms.reading_benefits import COMBINATIONS, DAY_CAPS, KINDS
from schemes.terms.reading_conditions import CONDITIONS
from schemes.terms.reading_coverages import FREQUENCY_PER
from schemes.terms.reading_steps import STEPS, WINDOWS
from schemes.terms.schema_forms import (
    CLAUSE,
    COUNT_ONE,
    EDGE_NEEDED,
    EDGES_APART,
    NOTES,
    READING,
    Json,
    amount,
    bounded,
    by_code,
    choice,
    edges,
    figure,
    flag,
    listing,
    mapping,
    one_way,
    ref,
    text,
)

_LABEL = text("显示给人看的名称")
_FORMULA: Json = {
    "paid_by": text("已付方事实（payers）：每个已付方在 steps 里扣一次"),
    "steps": ref("steps", "步骤：按通知算式的次序"),
    "limits": listing(text(), "只管这一种情形的限额"),
}
_QUANTITY = text("个数、测量值或天数事实")
_COMBINATIONS = {
    "worst_raised_once": "取最重，两处同为最重晋一级（JR/T 0083—2013）",
    "worst": "只取最重",
    "added_up": "比例相加，到 100% 为止",
}
_DAY_CAPS = {"stay": "每次住院最多", "accident": "每次事故最多", "period": "整个保险期间最多"}
_WINDOWS = {"accident": "同一次事故", "period": "每人整个保险期间", "household": "全户整个保险期间"}
_FREQUENCY_PER = {"person": "每人", "household": "每户", "accident": "每次事故"}


def coverage() -> Json:
    return mapping("一项保障责任", _required(), _optional())


def coverage_definitions() -> Json:
    return {
        "benefit": mapping("", {}, {kind: _KINDS[kind] for kind in KINDS}, **COUNT_ONE),
        "steps": listing({"oneOf": [_STEPS[name] for name in STEPS]}, "步骤：按通知算式的次序"),
        "condition": _conditions(_WHEN),
        "condition_of_any": _conditions({}),
    }


def _required() -> Json:
    return {
        "label": _LABEL,
        "clause": CLAUSE,
        "words": text("照抄这一条里的原话，省略处写“……”"),
        "decided_by": text("决定日期：这个日期事实落在保险期间内才赔"),
        "route": text("报案方式：routes 里的代码"),
        "asks": _listed("fact", "要填哪些事实；算出来的（age、days）不列，列它的 of 和 on"),
        "pays": {"oneOf": [ref("benefit", "一种给付方式"), _by_choice()], "description": "怎么赔"},
        "papers": _listed("paper", "要交哪些材料：papers 里的代码"),
        "payees": _listed("payee", "付给谁：payees 里的代码"),
    }


def _optional() -> Json:
    return {
        "marks": listing(text(), "words 里起决定作用的字句，页面上会标出"),
        "covered_when": listing(ref("condition", "一个条件"), "都满足才赔"),
        "limits": listing(text(), "限额：limits 里的代码"),
        "interpretations": listing(ref("interpretation", "一条口径"), "整项责任的口径"),
        "deadlines": listing(text(), "时限：deadlines 里的代码"),
        "certified_by": listing(text(), "认定部门：departments 里的代码"),
        "follow_on": _follow_on(),
        "settles": mapping(
            "预付的多退少补",
            {"coverages": listing(text(), "预付的保障责任"), "clause": CLAUSE},
            {"label": text("扣除时写的话，不写就是“已预付赔款”"), "interpretation": READING},
        ),
        "at_most_paid": mapping(
            "最多赔几次",
            {"times": figure("count", "几次"), "per": choice("每人、每户还是每次事故", FREQUENCY_PER, _FREQUENCY_PER)},
        ),
    }


def _listed(key: str, words: str) -> Json:
    entry = mapping(
        "",
        {key: text("代码")},
        {"required": flag("可不填、可不交的写 false"), "when": ref("when", "只在选了这一项时，例如 {event: death}")},
    )
    return listing({"oneOf": [text("代码"), entry]}, words)


def _by_choice() -> Json:
    return mapping(
        "按某个选项分情形",
        {
            "by": text("一个 choice 事实"),
            "cases": by_code(ref("benefit", "这个选项的给付方式"), "每个要赔的选项一种给付方式"),
            "clause": CLAUSE,
        },
        {"otherwise": text("没有列的选项为什么不赔；选项都列了的不写")},
    )


def _follow_on() -> Json:
    return mapping(
        "追加给付：赔满之后一段时间内又发生的，另给",
        {
            "label": _LABEL,
            "clause": CLAUSE,
            "after": listing(text(), "哪些保障责任赔满之后"),
            "reached": figure("money", "赔满多少"),
            "day": text("又发生的那一天：日期事实"),
            "within": ref("term", "自赔满之日起多久之内，例如 {months: {value, clause}}"),
            "amount": amount("money", "另给多少"),
            "limits": listing(text(), "用自己的限额"),
        },
        {"same_accident": flag("是否须由同一次事故引起，不写就是 true"), "interpretation": READING},
    )


def _of_loss(words: str, *, steps_needed: bool) -> Json:
    required: Json = {"label": _LABEL, "of": text("金额事实"), "clause": CLAUSE}
    optional = dict(_FORMULA)
    if steps_needed:
        required["steps"] = optional.pop("steps")
    return mapping(words, required, optional)


def _scale() -> Json:
    return mapping(
        "按等级比例：“按伤残等级给付”",
        {
            "label": _LABEL,
            "items": text("伤残项目事实（disability）"),
            "same_event": text("yes_no 事实：各项出自同一次事故"),
            "sum_insured": amount("money", "保险金额"),
            "ratios": _ratios(),
            "several": choice("多处伤残怎么算", COMBINATIONS, _COMBINATIONS),
        },
        _FORMULA,
    )


def _ratios() -> Json:
    grades: Json = {
        "type": "object",
        "patternProperties": {"^0*[1-9][0-9]?$": ref("ratio", "这一级的比例")},
        "additionalProperties": False,
        "minProperties": 1,
        "description": '各级的比例，由重到轻写全："1": "100%"',
    }
    return mapping("各级给付比例", {"clause": CLAUSE, "grades": grades}, NOTES)


def _daily() -> Json:
    caps = mapping("天数上限", {}, {cap: figure("count", _DAY_CAPS[cap]) for cap in DAY_CAPS}, minProperties=1)
    return mapping(
        "按天津贴：“每天30元”",
        {"label": _LABEL, "days": text("天数事实"), "amount": amount("money", "每天多少")},
        {"waiting_days": figure("count", "头几天不算"), "at_most_days": caps, **_FORMULA},
    )


def _per_unit() -> Json:
    part = {"above": figure("number", "只算超过它的部分"), "at_most": figure("number", "最多算多少")}
    quantity: Json = {"oneOf": [_QUANTITY, mapping("", {"fact": _QUANTITY}, part)]}
    return mapping(
        "按数量：每间、每平方米、每头、每人每月",
        {
            "label": _LABEL,
            "amount": amount("money", "每一个单位多少"),
            "times": listing(quantity, "乘以哪些数量，几个相乘写几个"),
        },
        _FORMULA,
    )


def _pool_share() -> Json:
    return mapping(
        "按份额分一笔钱：总额 × 本户 ÷ 合计",
        {
            "label": _LABEL,
            "pool": amount("money", "总额"),
            "weight": text("本户的数：金额、个数、测量值或天数事实"),
            "of_total": text("合计的数：同样的事实"),
            "clause": CLAUSE,
        },
        _FORMULA,
    )


_KINDS: Mapping[str, Json] = {
    "lump_sum": mapping("定额：“给付1万元”", {"label": _LABEL, "amount": amount("money", "给多少")}, _FORMULA),
    "scale": _scale(),
    "expense": _of_loss("费用补偿：“医疗费用……按80%报销”", steps_needed=True),
    "loss": _of_loss("损失补偿：“按实际损失，最高……”，上限写在 limits", steps_needed=False),
    "daily": _daily(),
    "per_unit": _per_unit(),
    "pool_share": _pool_share(),
}


def _step(name: str, value: Json, beside: Json | None = None, **optional: object) -> Json:
    return mapping(str(value["description"]), {name: value, **(beside or {})}, optional)


def _ladder() -> Json:
    tier = bounded("", {"ratio": ref("ratio", "这一段的比例")}, {}, unit="money")
    return mapping(
        "分段累进：每一段的钱按这一段的比例",
        {"clause": CLAUSE, "tiers": listing(tier, "各段相接：at_most、above 加 ratio")},
        {"accumulates": choice("累计的范围", WINDOWS, _WINDOWS), "interpretation": READING},
    )


def _average() -> Json:
    return mapping(
        "不足额按比例：× 保险金额 ÷ 实际价值",
        {"insured": text("保险金额：金额事实"), "worth": text("实际价值：金额事实"), "clause": CLAUSE},
    )


_STEPS: Mapping[str, Json] = {
    "less_paid_by": _step("less_paid_by", text("扣除某一方已付的"), {"clause": CLAUSE}),
    "less": _step("less", text("扣除一个金额事实，如残值"), {"clause": CLAUSE}),
    "threshold": _step("threshold", amount("money", "起付线：达到（≥）才赔，达到后不扣")),
    "no_threshold": _step("no_threshold", mapping("通知写明“不设起付线”", {"clause": CLAUSE})),
    "franchise": _step("franchise", amount("money", "相对免赔：超过（>）才赔，超过后不扣")),
    "deductible": _step(
        "deductible",
        amount("money", "免赔额：从余额里扣"),
        once_per=choice("只扣一次的范围", WINDOWS, _WINDOWS),
        shared_with=listing(text(), "与哪些保障责任合用一个免赔额"),
    ),
    "less_own_share": _step("less_own_share", amount("ratio", "个人自付：按全部费用的比例扣")),
    "times": _step("times", amount("factor", "余额乘以比例，大于 100% 就是加成")),
    "times_fact": _step("times_fact", text("乘以一个数：投保份数"), {"clause": CLAUSE}),
    "divided_by": _step("divided_by", text("除以一个数：平分家庭保额的人数"), {"clause": CLAUSE}),
    "ladder": _step("ladder", _ladder()),
    "average": _step("average", _average()),
    "at_most": _step("at_most", amount("money", "算到这一步，最多")),
    "at_least": _step("at_least", amount("money", "算到这一步，最少")),
}


_WHEN: Json = {
    "when": ref("when", "只在这时看，例如 {event: death}"),
    "unless": ref("when", "这时不看，例如续保免等待期 {renewed: true}"),
}


def _conditions(when: Json) -> Json:
    """One of the conditions; those inside `any_of` have no `when` of their own."""
    forms = {"fact": _by_fact(when), "age_of": _by_age(when), "day": _by_window(when), "any_of": _any(when)}
    return {"oneOf": [forms[name] for name in CONDITIONS]}


def _condition(words: str, required: Json, optional: Json, **rules: object) -> Json:
    every = {"otherwise": text("不满足时告诉人的话"), "clause": CLAUSE}
    return mapping(words, {**required, **every}, {**optional, "interpretation": READING}, **rules)


def _by_fact(when: Json) -> Json:
    value: Json = {"type": ["string", "boolean"], "description": "选项的代码；yes_no 写 true 或 false"}
    ways = [{"required": ["is"]}, {"required": ["one_of"]}, EDGE_NEEDED]
    return _condition(
        "事实是某一项，或在界限之内",
        {"fact": text("哪个事实")},
        {"is": value, "one_of": listing(value, "几项之一"), **edges("edge"), **when},
        oneOf=ways,
        **EDGES_APART,
    )


def _by_age(when: Json) -> Json:
    return _condition(
        "年龄",
        {"age_of": text("出生日期：日期事实"), "on": text("哪一天的年龄：日期事实")},
        {**edges("age"), **when},
        **EDGE_NEEDED,
        **EDGES_APART,
    )


def _by_window(when: Json) -> Json:
    return _condition(
        "某日起多久之内，或等待期满之后",
        {"day": text("看哪一天：日期事实"), "after": text("从哪一天起：日期事实")},
        {
            "within": ref("term", "之内：首日不算，末日含，例如 {days: {value, clause}}"),
            "beyond": ref("term", "期满之后：等待期"),
            **when,
        },
        **one_way("within", "beyond"),
    )


def _any(when: Json) -> Json:
    inner = ref("condition_of_any", "一个条件；when 写在 any_of 旁边")
    return _condition("满足一个就行", {"any_of": listing(inner, "几个条件")}, when)
