"""What docs/howto/add-an-edition.md shows, each set into the page's sample at its place."""

import copy
import re

from tests.rules.documents import SAMPLE, blocks, documents, page, plain

DEATH, MEDICAL = "accident_death", "accident_medical"


def sample():
    return plain(documents()[SAMPLE])


def block(start):
    """The one snippet on the page that begins so."""
    (found,) = [text for text in blocks()[1:] if text.startswith(start)]
    return plain(found)


def _clauses(document, *codes):
    document["clauses"] |= dict.fromkeys(codes, "通知原文。")


def _choice(document, code, options):
    """A choice fact that both coverages ask."""
    document["facts"][code] = {"label": code, "type": "choice", "group": "事故", "options": dict(options)}
    for coverage in document["coverages"].values():
        coverage["asks"].append({"fact": code, "required": False})


def _lump_sum(document):
    return document["coverages"][DEATH]["pays"]["lump_sum"]


def _without_death_example(document):
    document["examples"] = [one for one in document["examples"] if one["coverage"] != DEATH]


def _amount_by_option(document, found):
    _clauses(document, "五（五）")
    _choice(document, "structure", {"adobe": "土坯", "brick": "砖混"})
    _lump_sum(document)["amount"] = found["amount"]
    document["examples"][0] |= {"facts": {"structure": "brick"}, "payable": "35000.00"}


def _amount_by_age(document, found):
    facts = document["facts"]
    facts["birth_date"] = {"label": "出生日期", "type": "date", "group": "事故"}
    facts["age"] = {"label": "年龄", "type": "age", "of": "birth_date", "on": "accident_date"}
    document["coverages"][DEATH]["asks"].append("birth_date")
    _lump_sum(document)["amount"] = found["amount"]
    first = document["examples"][0]
    on = {"accident_date": "2024-05-01"}
    document["examples"][:1] = [
        {**first, "facts": {**on, "birth_date": "2006-05-02"}, "payable": "20000.00"},
        {**first, "facts": {**on, "birth_date": "2006-05-01"}, "payable": "50000.00"},
        {**first, "facts": {**on, "birth_date": "1963-05-02"}, "payable": "50000.00"},
        {**first, "facts": {**on, "birth_date": "1963-05-01"}, "payable": "25000.00"},
    ]


def _amount_in_a_table(document, found):
    document["facts"]["wind"] = {"label": "风力", "type": "count", "group": "事故"}
    document["coverages"][DEATH]["asks"].append("wind")
    _choice(document, "kind", {"house": "住房", "shed": "棚"})
    _lump_sum(document)["amount"] = found["amount"]
    first = document["examples"][0]
    document["examples"][:1] = [
        {**first, "facts": {"wind": 10, "kind": "house"}, "payable": "100.00"},
        {**first, "facts": {"wind": 10, "kind": "shed"}, "payable": "50.00"},
        {**first, "facts": {"wind": 11}, "payable": "300.00"},
    ]


def _disability(document):
    document["facts"] |= {
        "disability_items": {"label": "伤残项目", "type": "disability", "group": "伤残"},
        "same_accident": {"label": "同一次事故", "type": "yes_no", "group": "伤残"},
    }
    document["coverages"][DEATH]["asks"] += [
        {"fact": "disability_items", "required": False},
        {"fact": "same_accident", "required": False},
    ]


def _scale(document, found):
    _disability(document)
    document["coverages"][DEATH]["pays"] = found
    document["examples"][0] |= {"facts": {"disability_grade": 7}, "payable": "20000.00"}


def _pays_by_event(document, found):
    _disability(document)
    _choice(document, "event", {"death": "意外身故", "disability": "意外残疾", "illness": "疾病"})
    pays = found["pays"]
    pays["cases"]["death"] = document["coverages"][DEATH]["pays"]
    pays["cases"]["disability"] = block("scale:")
    document["coverages"][DEATH]["pays"] = pays
    first = document["examples"][0]
    document["examples"][:1] = [
        {**first, "facts": {"event": "death"}},
        {**first, "facts": {"event": "disability", "disability_grade": 10}, "payable": "5000.00"},
        {**first, "facts": {"event": "illness"}, "payable": "0.00"},
    ]


def _deductible_once(document, found):
    _clauses(document, "六（三）")
    document["coverages"][MEDICAL]["pays"]["expense"]["steps"][1:2] = found
    document["examples"][-1]["paid_before"][0]["same_accident"] = False
    document["examples"].append(
        {
            "name": "同一次事故的免赔额已扣满",
            "coverage": MEDICAL,
            "facts": {"eligible_expense": "1000.00"},
            "paid_before": [{"coverage": MEDICAL, "amount": "80.00", "same_accident": True, "deducted": "100.00"}],
            "payable": "800.00",
        }
    )


def _limit(document, found):
    document["limits"] |= found["limits"]
    for coverage in document["coverages"].values():
        coverage.setdefault("limits", []).append("per_person")
    document["examples"].append(
        {
            "name": "合用的额度只剩2万元",
            "coverage": DEATH,
            "facts": {},
            "paid_before": [{"coverage": MEDICAL, "amount": "30000.00"}],
            "payable": "20000.00",
        }
    )


def _follow_on(document, found):
    _clauses(document, "六（三）")
    _disability(document)
    coverages = document["coverages"]
    coverages["accident_disability"] = {**copy.deepcopy(coverages[DEATH]), "pays": block("scale:")}
    coverages[DEATH]["follow_on"] = found["follow_on"]
    coverages[DEATH]["asks"] = ["accident_date", "death_date"]
    document["limits"]["follow_on_maximum"] = {
        "label": "追加",
        "per": "person",
        "clause": "六（三）",
        "amount": {"value": "30000.00", "clause": "六（三）"},
    }
    paid = {"coverage": "accident_disability", "amount": "50000.00", "paid_on": "2024-05-20", "same_accident": True}
    document["examples"].append(
        {
            "name": "一个月之内",
            "coverage": DEATH,
            "facts": {"accident_date": "2024-05-01", "death_date": "2024-06-20"},
            "paid_before": [paid],
            "payable": "30000.00",
        }
    )


def _premium(document, found):
    document["premium"] = found["premium"]
    document["insured"]["roster"] = False


def _shares(document, found):
    _clauses(document, "附件")
    document["payers"] = {"province": "省级", "city": "市级", "county": "县级"}
    document["shares"] = found["shares"]


def _pool(document, found):
    _clauses(document, "七", "八")
    document |= found
    document["insurers"][0]["name"] = "甲公司"


SNIPPETS = {
    "amount:                       # 按选项": _amount_by_option,
    "amount:                       # 按大小": _amount_by_age,
    "amount:                       # 表里": _amount_in_a_table,
    "pays:": _pays_by_event,
    "scale:": _scale,
    "- deductible:": _deductible_once,
    "limits:": _limit,
    "follow_on:": _follow_on,
    "premium:": _premium,
    "shares:": _shares,
    "pool:": _pool,
}


def with_snippet(start):
    """The sample with the block that begins so."""
    document = sample()
    SNIPPETS[start](document, block(start))
    return document


CLAUSE = "五（二）"
MEANT = {"label": "名称", "clause": CLAUSE, "amount": {"value": "10.00", "clause": CLAUSE}}
FACTS_SHOWN = {
    "date": ["birth_date", "diagnosed_on", "accident_date", "death_date"],
    "money": ["金额事实", "核定损失", "salvage", "保险金额", "实际价值", "本户", "合计"],
    "count": ["天数事实", "rooms", "units", "members"],
    "number": ["magnitude", "rainfall"],
    "yes_no": ["renewed", "insured_more"],
}


def rows(heading):
    """First and last cell of each row of the table under this heading."""
    part = page().split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    return [(cells[0], cells[-1]) for cells in lines[1:] if not cells[0].startswith("---")]


def shown(cell):
    """The first code of a cell as values; what it abbreviates is filled in."""
    code = re.search(r"`([^`]+)`", cell)[1]
    code = code.replace("clause: ...", f"clause: {CLAUSE}").replace("otherwise: ...", "otherwise: 不赔")
    return _filled(plain(code.replace(", ...}", f", clause: {CLAUSE}}}")))


def _filled(value, unit="10"):
    if isinstance(value, list):
        return [_filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "..." in value:
        return {"value": unit, "clause": CLAUSE}
    units = {"franchise": "10.00", "at_most": "10.00", "at_least": "10.00"}
    return {key: MEANT[key] if inner is None else _filled(inner, units.get(key, "10")) for key, inner in value.items()}


def with_facts(document):
    """Declares the facts that the page's tables speak of, and asks them all."""
    facts = document["facts"]
    for kind, codes in FACTS_SHOWN.items():
        facts |= {code: {"label": code, "type": kind, "group": "事故"} for code in codes}
    facts["event"] = {"label": "类别", "type": "choice", "group": "事故", "options": {}}
    facts["event"]["options"] = {"illness_death": "疾病身故", "death": "身故", "a": "甲", "b": "乙"}
    for coverage in document["coverages"].values():
        coverage["asks"] = list(facts)
    document["examples"] = [{**document["examples"][0], "facts": {"death_date": ""}, "refused": "x"}]
    del document["examples"][0]["payable"]


STEPS = [row[0] for row in rows("步骤")]
CONDITIONS = [row[1] for row in rows("条件") if row[1].startswith("`{")]
BENEFITS = [row for row in rows("给付方式") if row[1].startswith("`{")]


def steps_of(document):
    return document["coverages"][MEDICAL]["pays"]["expense"]["steps"]


def with_step(step):
    """The sample with each step that the cell shows."""
    document = sample()
    with_facts(document)
    steps = steps_of(document)
    for code in (code for code in re.findall(r"`[^`]+`", step) if ":" in code):
        found = shown(code)
        if "times_fact" in found or "divided_by" in found:
            found["clause"] = CLAUSE
        if "less_paid_by" in found:
            del steps[0]
        steps.append(found)
    return document


def with_condition(condition):
    document = sample()
    with_facts(document)
    found = shown(condition.replace("[条件, 条件]", "[{fact: renewed, is: true, otherwise: 不赔, clause: 五（二）}]"))
    document["coverages"][MEDICAL]["covered_when"] = [found]
    return document


def with_benefit(name, shape):
    document = sample()
    with_facts(document)
    expense = document["coverages"][MEDICAL]["pays"]["expense"]
    shape = (
        shape.replace("已付方事实", "paid_by").replace("steps: [...]", "steps: x").replace("pool: 总额", "pool: {...}")
    )
    found = shown(shape)
    if "steps" in found:
        found["steps"] = expense["steps"]
    document["coverages"][DEATH]["pays"] = {re.match(r"`(\w+)`", name)[1]: found}
    document["coverages"][DEATH]["limits"] = ["total"]
    if "paid_by" not in found:  # what others paid is asked only where it is taken off
        document["coverages"][DEATH]["asks"].remove("paid_by")
    document["limits"]["total"] = {"label": "总额", "per": "event", "clause": CLAUSE, "amount": MEANT["amount"]}
    return document
